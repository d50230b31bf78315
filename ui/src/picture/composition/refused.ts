/** Why an update cannot be carried out. After this the picture is of no further use. */
export type Reason =
  /** It ends too early. */
  | "cut_off"
  /** A number is too large, or written longer than needed. */
  | "number"
  /** It has no number, or waits for itself. */
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
  /** It cannot be unpacked, or holds another number of bytes than it says. */
  | "packed"
  /** A colour that is not in the palette, or a palette of too many. */
  | "palette"
  /** Pixels of another length than their cells need. */
  | "length"
  /** Something lies outside the picture, or no picture has begun. */
  | "outside"
  /** A tile is recalled that was not kept. */
  | "not_kept"
  /** One update writes the same pixels over and over. */
  | "too_much"
  /** It is further ahead, or more wait, than a sharer may let happen. */
  | "too_far_ahead"
  /** There is no memory for a picture of that size. */
  | "memory";

/** Ends the reading or carrying out of an update. */
export class Refused extends Error {
  constructor(readonly reason: Reason) {
    super(`an update of the picture is refused: ${reason}`);
    this.name = "Refused";
  }
}
