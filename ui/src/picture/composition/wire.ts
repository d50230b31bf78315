/**
 * Updates as bytes; the layout stands in the protocol's README. The engine's own reader is `src-tauri/picture/src/wire.rs`.
 *
 * Invariant: what is read is inside its limits, whatever the bytes; and every number is in its shortest form.
 */
import { Refused, type Reason } from "./refused";

/** Bytes of the largest update. */
const MAX_UPDATE_BYTES = 256 * 1024;
/** Operations of an update. */
const MAX_OPERATIONS = 512;
/** Rectangles of one frame of video. */
const MAX_VIDEO_RECTS = 32;
/** Pixels of one exact rectangle, so that memory and time to decode it are small and known. */
export const EXACT_PIXELS = 1 << 16;
/** Side of a tile that can be kept, in pixels. */
export const TILE = 64;
/** Tiles that can be kept. */
const SLOTS = 4096;
/** Longest side of a screen, in pixels. */
const MAX_SIDE = 16_384;
/** Pixels of the largest screen. */
const MAX_SCREEN = 1 << 25;
/** Bytes of the longest number. */
const NUMBER_BYTES = 5;

/** In pixels, from the upper left corner of the screen. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Operation =
  /** The picture begins anew, black, with this size, and nothing is kept; first of an update that waits for all before it. */
  | { readonly do: "begin"; readonly width: number; readonly height: number }
  /** The pixels of `to` are those that stand at `x`, `y` now. */
  | { readonly do: "copy"; readonly to: Rect; readonly x: number; readonly y: number }
  /** The tile at `x`, `y` is kept under this number. */
  | { readonly do: "keep"; readonly slot: number; readonly x: number; readonly y: number }
  /** The tile that was kept under this number is put to `x`, `y`. */
  | { readonly do: "recall"; readonly slot: number; readonly x: number; readonly y: number }
  /** These pixels; `coded` is a view on the update's bytes. */
  | { readonly do: "exact"; readonly rect: Rect; readonly coded: Uint8Array }
  /** These rectangles, out of the frame of video with this RTP timestamp (RFC 3550 section 5.1), once it is there. */
  | { readonly do: "video"; readonly timestamp: number; readonly rects: readonly Rect[] };

/** One step from a picture to the next. All of it is shown at once. */
export interface Update {
  /** Its place in the order: 1, 2, 3 and so on. */
  readonly sequence: number;
  /** Every update up to this one must have been carried out before; 0 when it needs none. */
  readonly after: number;
  /** In this order. */
  readonly operations: readonly Operation[];
}

/** Takes bytes from the front. */
export class Reader {
  at = 0;

  /** `reason` is that of whatever is wrong with the bytes. */
  constructor(
    readonly source: Uint8Array,
    readonly reason: Reason,
  ) {}

  get left(): number {
    return this.source.length - this.at;
  }

  byte(): number {
    const byte = this.source[this.at];
    if (byte === undefined) throw new Refused(this.reason, "cut_off");
    this.at += 1;
    return byte;
  }

  bytes(length: number): Uint8Array {
    if (length > this.left) throw new Refused(this.reason, "cut_off");
    this.at += length;
    return this.source.subarray(this.at - length, this.at);
  }

  /** Seven bits a byte, lowest first; the highest bit says that another follows (LEB128). At most 32 bits. */
  number(): number {
    let number = 0;
    for (let place = 0; place < NUMBER_BYTES; place += 1) {
      const byte = this.byte();
      if (place === NUMBER_BYTES - 1 && byte > 0xf) break;
      number += (byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80) {
        if (byte === 0 && place > 0) break;
        return number;
      }
    }
    throw new Refused(this.reason, "number");
  }

  side(): number {
    const side = this.number();
    if (side > MAX_SIDE) throw new Refused(this.reason, "rectangle");
    return side;
  }

  rect(): Rect {
    const rect = { x: this.side(), y: this.side(), width: this.side(), height: this.side() };
    if (area(rect) === 0) throw new Refused(this.reason, "rectangle");
    return rect;
  }

  slot(): number {
    const slot = this.number();
    if (slot >= SLOTS) throw new Refused(this.reason, "number");
    return slot;
  }
}

export const area = ({ width, height }: { readonly width: number; readonly height: number }): number => width * height;

/** Pixels that carrying out an update takes at most; those of video count when its frame is there. */
export function pixelsOf({ operations }: Update): number {
  return operations.reduce((sum, operation) => {
    switch (operation.do) {
      case "begin":
        return sum + area(operation);
      case "copy":
        return sum + area(operation.to);
      case "keep":
      case "recall":
        return sum + TILE * TILE;
      case "exact":
        return sum + area(operation.rect);
      case "video":
        return operation.rects.reduce((all, rect) => all + area(rect), sum);
    }
  }, 0);
}

/** Reads an update. Throws `Refused` when the bytes are none, or above a limit. */
export function read(bytes: Uint8Array): Update {
  if (bytes.length > MAX_UPDATE_BYTES) throw new Refused("update", "too_large");
  const input = new Reader(bytes, "update");
  const sequence = input.number();
  const distance = input.number();
  if (sequence === 0 || distance === 0 || distance > sequence) throw new Refused("update", "order");
  const operations: Operation[] = [];
  while (input.left > 0) {
    if (operations.length === MAX_OPERATIONS) throw new Refused("update", "too_large");
    const next = operation(input);
    if (next.do === "begin" && (operations.length > 0 || distance !== 1)) throw new Refused("update", "order");
    operations.push(next);
  }
  return { sequence, after: sequence - distance, operations };
}

function operation(input: Reader): Operation {
  switch (input.byte()) {
    case 1: {
      const size = { width: input.side(), height: input.side() };
      if (area(size) === 0 || area(size) > MAX_SCREEN) throw new Refused("update", "rectangle");
      return { do: "begin", ...size };
    }
    case 2:
      return { do: "copy", to: input.rect(), x: input.side(), y: input.side() };
    case 3:
      return { do: "keep", slot: input.slot(), x: input.side(), y: input.side() };
    case 4:
      return { do: "recall", slot: input.slot(), x: input.side(), y: input.side() };
    case 5: {
      const rect = input.rect();
      if (area(rect) > EXACT_PIXELS) throw new Refused("update", "too_large");
      return { do: "exact", rect, coded: input.bytes(input.number()) };
    }
    case 6: {
      const timestamp = input.bytes(4).reduce((number, byte) => number * 256 + byte, 0);
      const count = input.number();
      if (count === 0 || count > MAX_VIDEO_RECTS) throw new Refused("update", "too_large");
      return { do: "video", timestamp, rects: Array.from({ length: count }, () => input.rect()) };
    }
    default:
      throw new Refused("update", "operation");
  }
}
