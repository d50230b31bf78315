/**
 * A text that the technician has the user's machine type.
 * Invariant: one at a time, and each ends with a state that is not `going`.
 */
import type { InputDenied, Typing } from "../../../generated/protocol";

export class TypedText {
  #typing: Typing | null = null;

  /** Is one being typed? */
  get going(): boolean {
    return this.#typing !== null;
  }

  begin(characters: number): Typing {
    this.#typing = { typed: 0, of: characters, state: "going" };
    return this.#typing;
  }

  /** The sharer says how far it is; null when nothing is typed. The length is this side's to say. */
  progress(told: Typing): Typing | null {
    if (!this.#typing) return null;
    const { of } = this.#typing;
    const typing: Typing = { ...told, typed: Math.min(told.typed, of), of };
    this.#typing = typing.state === "going" ? typing : null;
    return typing;
  }

  /** Ends it where it is; null when nothing is typed. */
  cancel(): Typing | null {
    return this.#end((typing) => ({ typed: typing.typed, of: typing.of, state: "cancelled" }));
  }

  deny(reason: InputDenied): Typing | null {
    return this.#end((typing) => ({ typed: typing.typed, of: typing.of, state: "denied", reason }));
  }

  #end(as: (typing: Typing) => Typing): Typing | null {
    const typing = this.#typing;
    this.#typing = null;
    return typing && as(typing);
  }
}
