/**
 * The picture of a connection that has updates, out of messages and frames of video.
 *
 * Flow: a message -> the composer -> what changed is painted -> it is said that it was carried out. A frame waits until an
 * update announces it, its pixels are read, and painted where they may be.
 * Invariant: nothing of an older picture is shown once another has begun, and a frame that nothing announced never is.
 */
import { Composer, type Composed } from "../../picture/composition/composer";
import type { Picture } from "../../picture/composition/picture";
import { Refused } from "../../picture/composition/refused";
import type { Rect } from "../../picture/composition/wire";
import type { Frame } from "./frames";

export interface ComposedEvents {
  /** This is to be painted. */
  onChanged(picture: Picture, changed: readonly Rect[]): void;
  /** This is to be sent back. */
  onAcknowledgement(message: Uint8Array<ArrayBuffer>): void;
  /** What came is none that an honest sharer sends. */
  onMalformed(reason: string): void;
  /** This browser cannot do it: there can only be video. */
  onUnfit(): void;
}

/** Frames that wait for their announcement. With more, the oldest is given back: what it showed comes as pixels, a moment later. */
const FRAMES = 3;

/** Does the first of two pictures come after the other? They are counted modulo 256. */
function isNewer(picture: number, than: number): boolean {
  const ahead = (picture - than) & 0xff;
  return ahead > 0 && ahead < 128;
}

export class ComposedPicture {
  #composer = new Composer();
  /** Which picture it is, by the sharer's count, which begins with 1. */
  #current = 0;
  #begun = false;
  #told = 0;
  #waiting: Frame[] = [];
  #reading = false;
  #over = false;

  constructor(private readonly events: ComposedEvents) {}

  /** Has anything come? Before that, video is all there is. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Takes a message of the sharer's. */
  message(message: Uint8Array): void {
    this.#guarded(() => this.#take(message));
  }

  /** Takes a frame, which is given back when it is not needed any more. */
  frame(frame: Frame): void {
    if (this.#over) return frame.release();
    if (frame.timestamp === null) {
      frame.release();
      return this.events.onUnfit();
    }
    if (!frame.lasts) {
      if (!this.#reading && this.#composer.wants(frame.timestamp)) void this.#paint(frame, frame.timestamp);
      else frame.release();
      return;
    }
    this.#waiting.push(frame);
    if (this.#waiting.length > FRAMES) this.#waiting.shift()?.release();
    this.#look();
  }

  /** Nothing is told any more. */
  close(): void {
    this.#over = true;
    this.#drop(this.#waiting.length);
  }

  #take(message: Uint8Array): void {
    const [picture] = message;
    if (picture === undefined) throw new Refused("update", "cut_off");
    if (isNewer(picture, this.#current)) {
      this.#current = picture;
      this.#begun = true;
      this.#told = 0;
      this.#composer = new Composer();
      this.#drop(this.#waiting.length);
    }
    // Of an older one, it is late.
    if (!this.#begun || picture !== this.#current) return;
    this.#show(this.#composer.take(message.subarray(1)));
    this.#acknowledge();
    this.#look();
  }

  #show({ changed, began }: Composed): void {
    const { picture } = this.#composer;
    const { width, height } = picture;
    if (began) this.events.onChanged(picture, [{ x: 0, y: 0, width, height }]);
    else if (changed.length > 0) this.events.onChanged(picture, changed);
  }

  #acknowledge(): void {
    const { complete } = this.#composer;
    if (complete === this.#told) return;
    this.#told = complete;
    const message = new Uint8Array(5);
    message[0] = this.#current;
    new DataView(message.buffer).setUint32(1, complete);
    this.events.onAcknowledgement(message);
  }

  /** Paints the newest frame that waits and is announced. Those before it are late. */
  #look(): void {
    if (this.#reading) return;
    const at = this.#waiting.findLastIndex(({ timestamp }) => timestamp !== null && this.#composer.wants(timestamp));
    if (at < 0) return;
    this.#drop(at);
    const frame = this.#waiting.shift();
    if (frame?.timestamp != null) void this.#paint(frame, frame.timestamp);
  }

  async #paint(frame: Frame, timestamp: number): Promise<void> {
    const composer = this.#composer;
    this.#reading = true;
    try {
      const pixels = await frame.pixels();
      // Another picture may have begun meanwhile.
      if (!this.#over && composer === this.#composer) this.#guarded(() => this.#show(composer.frame(timestamp, { width: frame.width, height: frame.height, pixels })));
    } catch {
      if (!this.#over) this.events.onUnfit();
    } finally {
      frame.release();
      this.#reading = false;
    }
    if (!this.#over) this.#look();
  }

  #drop(count: number): void {
    for (const frame of this.#waiting.splice(0, count)) frame.release();
  }

  #guarded(act: () => void): void {
    if (this.#over) return;
    try {
      act();
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      if (thrown.reason === "memory") this.events.onUnfit();
      else this.events.onMalformed(thrown.message);
    }
  }
}
