/**
 * Frames of video, out of a connection's track.
 *
 * Flow: track -> frames, as the browser decodes them, or from a video element where it gives none.
 * Invariant: whoever is given a frame gives it back: decoders stand still without.
 */

/** A frame of video, with its size in pixels. */
export interface Frame {
  readonly image: CanvasImageSource;
  readonly width: number;
  readonly height: number;
  /** Its RTP timestamp (RFC 3550 section 5.1); null where the browser does not tell. */
  readonly timestamp: number | null;
  /** Is it still the same later, until it is given back? Otherwise it is to be used before the call that brings it returns. */
  readonly lasts: boolean;
  /** Its pixels, as a `Picture` has them, until those of the next frame are read. Rejects where the browser gives none. */
  pixels(): Promise<Uint32Array>;
  release(): void;
}

/** A way from a track to frames; returns what ends it. */
export type FrameSource = (track: MediaStreamTrack, onFrame: (frame: Frame) => void) => () => void;

/** What WebCodecs' registry of metadata adds, which is not in every browser. */
interface DecodedFrame extends VideoFrame {
  metadata?(): { readonly rtpTimestamp?: number };
}
interface Processor {
  readonly readable: ReadableStream<DecodedFrame>;
}
type ProcessorMaker = new (init: { track: MediaStreamTrack; maxBufferSize: number }) => Processor;

/** Each frame as it is decoded (Chromium). */
function decoded(Processor: ProcessorMaker): FrameSource {
  return (track, onFrame) => {
    const reader = new Processor({ track, maxBufferSize: 1 }).readable.getReader();
    let room = new Uint32Array(0);
    const pixels = async (frame: VideoFrame): Promise<Uint32Array> => {
      const needed = frame.displayWidth * frame.displayHeight;
      if (frame.allocationSize({ format: "RGBA" }) !== 4 * needed) throw new Error("a frame has other pixels than those that are shown");
      if (room.length !== needed) room = new Uint32Array(needed);
      await frame.copyTo(room, { format: "RGBA" });
      return room;
    };
    const next = async (): Promise<void> => {
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        const frame = read.value;
        onFrame({
          image: frame,
          width: frame.displayWidth,
          height: frame.displayHeight,
          timestamp: frame.metadata?.().rtpTimestamp ?? null,
          lasts: true,
          pixels: () => pixels(frame),
          release: () => frame.close(),
        });
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
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  const pixels = (): Uint32Array => {
    if (context === null) throw new Error("there is no canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    context.drawImage(video, 0, 0);
    return new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  };
  let stopped = false;
  const next = (_: number, { rtpTimestamp }: VideoFrameCallbackMetadata): void => {
    if (stopped) return;
    onFrame({
      image: video,
      width: video.videoWidth,
      height: video.videoHeight,
      timestamp: rtpTimestamp ?? null,
      lasts: false,
      pixels: async () => pixels(),
      release: () => undefined,
    });
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

/** An element shows frames a moment later, but tells more than frames without metadata. */
export function frameSource(): FrameSource {
  const { MediaStreamTrackProcessor: Processor, VideoFrame: Decoded } = globalThis as { MediaStreamTrackProcessor?: ProcessorMaker; VideoFrame?: { prototype: object } };
  return Processor && Decoded && "metadata" in Decoded.prototype ? decoded(Processor) : shown;
}
