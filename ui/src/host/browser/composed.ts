/**
 * The picture of a connection that has updates, out of messages and frames of video.
 *
 * Flow: a message waits until those that came with it are there -> it is said that they came -> the composer -> what changed is painted
 * -> it is said that they were carried out. A frame waits until an update announces it, its pixels are read, and painted where they may be.
 * Invariant: nothing of an older picture is shown once another has begun, and a frame that nothing announced never is; what waits is
 * bounded.
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

/** Messages, and bytes of them, that wait to be composed. No sharer has as many on the way. */
const WAITING = 1_024;
const WAITING_BYTES = 8 << 20;
/** What was composed for this long, in milliseconds, is painted before more is: a page appears in parts, and what comes meanwhile is heard of. */
const TURN_MS = 8;

/** Does something later. */
export type Later = (act: () => void) => void;

const acts: (() => void)[] = [];
/** One for the page, as soon as there is need of it. */
let knock: MessagePort | null = null;

/** Once what has happened already was told of, which a promise would not wait for. */
export const afterwards: Later = (act) => {
  acts.push(act);
  if (knock === null) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => acts.shift()?.();
    knock = port2;
  }
  knock.postMessage(null);
};

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
  /** How many of its messages have come, and how many of these are composed. */
  #arrived = 0;
  #composed = 0;
  /** What was said last: both of these, and up to which update all were carried out. */
  #told = [0, 0, 0];
  /** Messages of the picture that wait to be composed. */
  #updates: Uint8Array[] = [];
  #updatesBytes = 0;
  #scheduled = false;
  #waiting: Frame[] = [];
  #reading = false;
  #over = false;

  constructor(
    private readonly events: ComposedEvents,
    private readonly later: Later,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Has anything come? Before that, video is all there is. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Takes a message of the sharer's. */
  message(message: Uint8Array): void {
    this.#guarded(() => this.#queue(message));
  }

  /** Takes a frame, which is given back when it is not needed any more. */
  frame(frame: Frame): void {
    if (this.#over) return frame.release();
    if (frame.timestamp === null) {
      frame.release();
      return this.events.onUnfit();
    }
    if (!frame.lasts) {
      // What announces it may be here.
      this.#compose();
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
    this.#forgetUpdates();
    this.#drop(this.#waiting.length);
  }

  #queue(message: Uint8Array): void {
    const [picture] = message;
    if (picture === undefined) throw new Refused("update", "cut_off");
    if (isNewer(picture, this.#current)) {
      this.#current = picture;
      this.#begun = true;
      this.#arrived = this.#composed = 0;
      this.#told = [0, 0, 0];
      this.#composer = new Composer();
      this.#forgetUpdates();
      this.#drop(this.#waiting.length);
    }
    // Of an older one, it is late.
    if (!this.#begun || picture !== this.#current) return;
    if (this.#updates.length >= WAITING || this.#updatesBytes + message.length > WAITING_BYTES) throw new Refused("too_far_ahead");
    this.#arrived += 1;
    this.#updates.push(message.subarray(1));
    this.#updatesBytes += message.length;
    this.#schedule();
  }

  #forgetUpdates(): void {
    this.#updates = [];
    this.#updatesBytes = 0;
  }

  #schedule(): void {
    if (this.#over || this.#scheduled || this.#updates.length === 0) return;
    this.#scheduled = true;
    this.later(() => {
      this.#scheduled = false;
      this.#compose();
    });
  }

  /** Composes and paints what waits, for a turn; the rest is done in the next one. */
  #compose(): void {
    if (this.#updates.length === 0) return;
    try {
      this.#guarded(() => {
        // The sharer sees how fast messages come before composing takes its time.
        this.#acknowledge();
        this.#show(this.#take());
        this.#acknowledge();
        this.#look();
      });
    } finally {
      this.#schedule();
    }
  }

  #take(): Composed {
    const until = this.now() + TURN_MS;
    const all: Composed = { changed: [], began: false };
    do {
      const [update, before] = [this.#updates.shift() as Uint8Array, this.#composer.picture];
      this.#updatesBytes -= update.length + 1;
      this.#composed += 1;
      const { changed, began } = this.#composer.take(update);
      // Of a picture that another took the place of, nothing more is shown.
      if (this.#composer.picture !== before) [all.changed.length, all.began] = [0, began];
      all.began ||= began;
      for (const rect of changed) all.changed.push(rect);
    } while (this.#updates.length > 0 && this.now() < until);
    return all;
  }

  #show({ changed, began }: Composed): void {
    const { picture } = this.#composer;
    const { width, height } = picture;
    if (began) this.events.onChanged(picture, [{ x: 0, y: 0, width, height }]);
    else if (changed.length > 0) this.events.onChanged(picture, changed);
  }

  #acknowledge(): void {
    const counts = [this.#arrived, this.#composed, this.#composer.complete];
    if (this.#over || counts.every((count, at) => count === this.#told[at])) return;
    this.#told = counts;
    const message = new Uint8Array(13);
    message[0] = this.#current;
    for (const [at, count] of counts.entries()) new DataView(message.buffer).setUint32(1 + 4 * at, count);
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
