/** Why an update cannot be carried out, by the names of the shared vectors. After this the picture is of no further use. */
export type Reason =
  /** The bytes are no update. */
  | "update"
  /** Its pixels are none. */
  | "pixels"
  /** Something lies outside the picture. */
  | "outside"
  /** A tile is recalled that was not kept. */
  | "not_kept"
  /** One update takes more than twice the picture's pixels, those of its video included; also any, when no picture has begun. */
  | "too_much"
  /** One update announces more than 128 rectangles of frames, or some that overlap. */
  | "announced"
  /** It is further ahead, or more wait, than a sharer may let happen. */
  | "too_far_ahead"
  /** It was carried out without waiting for the picture that begins before it. */
  | "early"
  /** There is no memory for a picture of that size; only here. */
  | "memory";

/** What is wrong with the bytes of an update, or of its pixels. */
export type Flaw =
  /** They end too early. */
  | "cut_off"
  /** A number is too large, or written longer than needed. */
  | "number"
  /** It has no number, waits for itself, or begins a picture elsewhere than at its start or without all before it. */
  | "order"
  /** An operation that is not known. */
  | "operation"
  /** More bytes, operations, rectangles or pixels than may be. */
  | "too_large"
  /** A rectangle without pixels, or a side above what a screen may have. */
  | "rectangle"
  /** Pixels that are coded in an unknown way. */
  | "kind"
  /** A part of a stream that is not its next one. */
  | "missing"
  /** They cannot be unpacked, or hold another number of bytes than they say. */
  | "packed"
  /** A colour that is not in the palette, or a palette of too many. */
  | "palette"
  /** Pixels of another length than their cells need. */
  | "length";

/** Ends the reading or carrying out of an update. */
export class Refused extends Error {
  constructor(
    readonly reason: Reason,
    readonly flaw: Flaw | null = null,
  ) {
    super(`an update of the picture is refused: ${flaw === null ? reason : `${reason}, ${flaw}`}`);
    this.name = "Refused";
  }
}
