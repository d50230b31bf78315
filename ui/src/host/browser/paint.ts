/**
 * The picture, from the connection's video track to one canvas.
 *
 * Flow: track -> frames (as the browser decodes them, or from a video element where it gives none) -> the newest is painted
 * and kept, so that a canvas that comes later, while the screen rests, is not empty.
 * Invariant: at most one frame is kept, and every other is given back at once: decoders stand still without.
 */
import type { PictureEvents } from "../index";

/** What can be painted, with its size in pixels. */
interface Frame {
  readonly image: CanvasImageSource;
  readonly width: number;
  readonly height: number;
  release(): void;
}

/** A way from a track to frames; returns what ends it. */
export type FrameSource = (track: MediaStreamTrack, onFrame: (frame: Frame) => void) => () => void;

interface Processor {
  readonly readable: ReadableStream<VideoFrame>;
}
type ProcessorMaker = new (init: { track: MediaStreamTrack; maxBufferSize: number }) => Processor;

/** Each frame as it is decoded (Chromium). */
function decoded(Processor: ProcessorMaker): FrameSource {
  return (track, onFrame) => {
    const reader = new Processor({ track, maxBufferSize: 1 }).readable.getReader();
    const next = async (): Promise<void> => {
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        const frame = read.value;
        onFrame({ image: frame, width: frame.displayWidth, height: frame.displayHeight, release: () => frame.close() });
      }
    };
    // A track that ends takes its frames with it; the connection tells of that.
    next().catch(() => undefined);
    return () => void reader.cancel().catch(() => undefined);
  };
}

/** Each frame as an element that nobody sees would show it. */
export const shown: FrameSource = (track, onFrame) => {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  let stopped = false;
  const next = (): void => {
    if (stopped) return;
    onFrame({ image: video, width: video.videoWidth, height: video.videoHeight, release: () => undefined });
    video.requestVideoFrameCallback(next);
  };
  video.requestVideoFrameCallback(next);
  // Muted pictures may play without a click; a browser that refuses shows nothing, and the page says that it waits.
  video.play().catch(() => undefined);
  return () => {
    stopped = true;
    video.srcObject = null;
  };
};

export function frameSource(): FrameSource {
  const Processor = (globalThis as { MediaStreamTrackProcessor?: ProcessorMaker }).MediaStreamTrackProcessor;
  return Processor ? decoded(Processor) : shown;
}

interface Canvas {
  readonly element: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D | null;
  readonly events: PictureEvents;
}

export class ScreenPainter {
  #stop: (() => void) | null = null;
  #frame: Frame | null = null;
  #screen: { width: number; height: number } | null = null;
  #canvas: Canvas | null = null;
  #pointer: { x: number; y: number } | null = null;
  #told: { width: number; height: number } | null = null;

  constructor(
    /** A picture was painted. */
    private readonly onPainted: () => void,
    private readonly source: FrameSource = frameSource(),
  ) {}

  /** The picture comes from this connection now. */
  follow(track: MediaStreamTrack): void {
    this.#stop?.();
    this.#stop = this.source(track, (frame) => this.#take(frame));
  }

  /** The size of the user's screen; a codec can only say even ones, so a picture may have one line or column too many. */
  resize(width: number, height: number): void {
    this.#screen = { width, height };
    this.#paint();
  }

  point(x: number, y: number): void {
    this.#pointer = { x, y };
    this.#canvas?.events.onPointer({ x, y });
  }

  /** Paints on this canvas from now on, what is there already first. */
  attach(element: HTMLCanvasElement, events: PictureEvents): void {
    // Opaque and unsynchronised: the least work between a frame and the screen.
    this.#canvas = { element, events, context: element.getContext("2d", { alpha: false, desynchronized: true }) };
    this.#told = null;
    events.onState("open");
    this.#paint();
    if (this.#pointer) events.onPointer(this.#pointer);
  }

  detach(element: HTMLCanvasElement): void {
    if (this.#canvas?.element === element) this.#canvas = null;
  }

  close(): void {
    this.#stop?.();
    this.#stop = null;
    this.#frame?.release();
    this.#frame = null;
    this.#canvas = null;
  }

  #take(frame: Frame): void {
    if (this.#stop === null) return frame.release();
    this.#frame?.release();
    this.#frame = frame;
    this.#paint();
  }

  #paint(): void {
    const [canvas, frame] = [this.#canvas, this.#frame];
    if (!canvas || !frame || frame.width === 0 || frame.height === 0) return;
    const { width, height } = this.#trimmed(frame);
    const { element, context, events } = canvas;
    if (element.width !== width || element.height !== height) {
      element.width = width;
      element.height = height;
    }
    context?.drawImage(frame.image, 0, 0);
    if (this.#told?.width !== width || this.#told.height !== height) {
      this.#told = { width, height };
      events.onSize({ width, height });
    }
    this.onPainted();
  }

  #trimmed(frame: { width: number; height: number }): { width: number; height: number } {
    const even = (length: number): number => length + (length % 2);
    const screen = this.#screen;
    const padded = screen && frame.width === even(screen.width) && frame.height === even(screen.height);
    return padded ? screen : { width: frame.width, height: frame.height };
  }
}
