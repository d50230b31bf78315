/**
 * The picture of a session on one canvas: video alone, or what is composed of updates and video.
 *
 * Flow: frames of the connection's track, and messages of its updates -> what changed is painted, and the whole kept, so that a
 * canvas that comes later, while the screen rests, is not empty.
 * Invariant: at most one frame is kept here, and every other is given back at once; once updates have come, no frame is painted that
 * they did not announce.
 */
import type { CursorShape } from "../../generated/protocol";
import type { Picture } from "../../picture/composition/picture";
import type { Rect } from "../../picture/composition/wire";
import { unpacked, type Cursor } from "../../picture/cursor/shape";
import type { PictureEvents } from "../index";
import { afterwards, ComposedPicture, type ComposedEvents, type Later } from "./composed";
import { frameSource, type Frame, type FrameSource } from "./frames";
import type { UpdateChannel } from "./peer";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is shown, whole, so that it can be painted on another canvas. */
interface Shown extends Size {
  /** May it have a line or a column too many? */
  readonly isPadded: boolean;
  /** Paints these parts of it; all of it when there are none. */
  paint(context: CanvasRenderingContext2D, parts: readonly Rect[]): void;
  release(): void;
}

interface Canvas {
  readonly element: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D | null;
  readonly events: PictureEvents;
}

/** Parts that are painted one by one; of more, what holds them all is painted once. */
const PARTS = 16;

/** A picture that is composed: what of it is painted is read where it lies. */
class ComposedShown implements Shown {
  readonly isPadded = false;
  readonly width: number;
  readonly height: number;
  readonly #image: ImageData;

  constructor(readonly picture: Picture) {
    this.width = picture.width;
    this.height = picture.height;
    this.#image = new ImageData(picture.bytes, picture.width, picture.height);
  }

  paint(context: CanvasRenderingContext2D, parts: readonly Rect[]): void {
    if (parts.length === 0) context.putImageData(this.#image, 0, 0);
    else for (const { x, y, width, height } of parts.length > PARTS ? [around(parts)] : parts) context.putImageData(this.#image, 0, 0, x, y, width, height);
  }

  release(): void {}
}

function around(parts: readonly Rect[]): Rect {
  const x = Math.min(...parts.map((part) => part.x));
  const y = Math.min(...parts.map((part) => part.y));
  return {
    x,
    y,
    width: Math.max(...parts.map((part) => part.x + part.width)) - x,
    height: Math.max(...parts.map((part) => part.y + part.height)) - y,
  };
}

export class ScreenPainter {
  #stop: (() => void) | null = null;
  #updates: { readonly channel: UpdateChannel; readonly picture: ComposedPicture } | null = null;
  /** A browser that was seen to be unable to show updates is not asked again. */
  #fit = true;
  #shown: Shown | null = null;
  #screen: Size | null = null;
  #canvas: Canvas | null = null;
  #pointer: { x: number; y: number } | null = null;
  #cursor: Cursor | null = null;
  #told: Size | null = null;

  constructor(
    /** A picture was painted. */
    private readonly onPainted: () => void,
    /** What came of the picture is none that an honest sharer sends. */
    private readonly onMalformed: (reason: string) => void,
    private readonly source: FrameSource = frameSource(),
    private readonly later: Later = afterwards,
  ) {}

  /** The picture comes from this connection now, as video alone until updates come. */
  follow(track: MediaStreamTrack): void {
    this.#stop?.();
    this.#leaveUpdates();
    this.#stop = this.source(track, (frame) => this.#take(frame));
  }

  /** Updates of the connection of the moment come through this channel. */
  compose(channel: UpdateChannel): void {
    if (!this.#fit) return channel.close();
    this.#leaveUpdates();
    const events: ComposedEvents = {
      onChanged: (now, changed) => this.#changed(now, changed),
      onAcknowledgement: (message) => channel.send(message),
      onMalformed: this.onMalformed,
      onUnfit: () => {
        this.#fit = false;
        this.#leaveUpdates();
        channel.close();
      },
    };
    const picture = new ComposedPicture(events, this.later);
    this.#updates = { channel, picture };
    channel.onMessage = (message) => picture.message(message);
    channel.onClose = () => {
      if (this.#updates?.channel === channel) this.#leaveUpdates();
    };
  }

  /** The size of the user's screen; a codec can only say even ones, so a frame may have one line or column too many. */
  resize(width: number, height: number): void {
    this.#screen = { width, height };
    this.#paint([]);
  }

  point(x: number, y: number): void {
    this.#pointer = { x, y };
    this.#canvas?.events.onPointer({ x, y });
  }

  /** What the user's pointer looks like; null: it is hidden. */
  look(shape: CursorShape | null): void {
    this.#cursor = shape === null ? "hidden" : unpacked(shape);
    if (this.#cursor) this.#canvas?.events.onCursor(this.#cursor);
  }

  /** Paints on this canvas from now on, what is there already first. */
  attach(element: HTMLCanvasElement, events: PictureEvents): void {
    // Opaque and unsynchronised: the least work between a frame and the screen.
    this.#canvas = { element, events, context: element.getContext("2d", { alpha: false, desynchronized: true }) };
    this.#told = null;
    events.onState("open");
    this.#paint([]);
    if (this.#cursor) events.onCursor(this.#cursor);
    if (this.#pointer) events.onPointer(this.#pointer);
  }

  detach(element: HTMLCanvasElement): void {
    if (this.#canvas?.element === element) this.#canvas = null;
  }

  close(): void {
    this.#stop?.();
    this.#stop = null;
    this.#leaveUpdates();
    this.#shown?.release();
    this.#shown = null;
    this.#canvas = null;
  }

  /** What is shown remains until there is something else. */
  #leaveUpdates(): void {
    this.#updates?.picture.close();
    this.#updates = null;
  }

  #take(frame: Frame): void {
    if (this.#stop === null) return frame.release();
    if (this.#updates?.picture.begun) return this.#updates.picture.frame(frame);
    const { image, width, height } = frame;
    this.#show({ width, height, isPadded: true, paint: (context) => context.drawImage(image, 0, 0), release: () => frame.release() });
  }

  #changed(picture: Picture, changed: readonly Rect[]): void {
    if (this.#shown instanceof ComposedShown && this.#shown.picture === picture) this.#paint(changed);
    else this.#show(new ComposedShown(picture));
  }

  #show(shown: Shown): void {
    this.#shown?.release();
    this.#shown = shown;
    this.#paint([]);
  }

  #paint(parts: readonly Rect[]): void {
    const [canvas, shown] = [this.#canvas, this.#shown];
    if (!canvas || !shown || shown.width === 0 || shown.height === 0) return;
    const { width, height } = this.#trimmed(shown);
    const { element, context, events } = canvas;
    const resized = element.width !== width || element.height !== height;
    if (resized) {
      element.width = width;
      element.height = height;
    }
    if (context) shown.paint(context, resized ? [] : parts);
    if (this.#told?.width !== width || this.#told.height !== height) {
      this.#told = { width, height };
      events.onSize({ width, height });
    }
    this.onPainted();
  }

  #trimmed({ width, height, isPadded }: Shown): Size {
    const even = (length: number): number => length + (length % 2);
    const screen = this.#screen;
    return isPadded && screen && width === even(screen.width) && height === even(screen.height) ? screen : { width, height };
  }
}
