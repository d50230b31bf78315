/**
 * What the technician wished of the user's machine and has no answer to yet, so that a wish outlives the connection it was
 * made over. Flow: a wish is noted, said, and said again over every later connection until the sharer's word settles it.
 * Invariant: at most one wish a capability, and that the newest; a wish that was settled is never said again.
 */
import type { Capability, FromViewer } from "../../../generated/protocol";

/** In the order of the wire. */
export const CAPABILITIES: readonly Capability[] = ["view", "control", "clipboard"];

/** When it was asked for; null: to give it back. */
type Wish = number | null;

const message = (capability: Capability, wish: Wish): FromViewer =>
  wish === null ? { type: "give_back", capability } : { type: "request", capability, asked_at: wish };

export class Wishes {
  readonly #wishes = new Map<Capability, Wish>();

  /** Wishes to have it. Asking again while no answer came is the same question. */
  have(capability: Capability, now: number): FromViewer {
    return this.#note(capability, this.#wishes.get(capability) ?? now);
  }

  giveBack(capability: Capability): FromViewer {
    return this.#note(capability, null);
  }

  /** The sharer told what is allowed. */
  granted(capabilities: readonly Capability[]): void {
    for (const [capability, wish] of this.#wishes) {
      if (capabilities.includes(capability) === (wish !== null)) this.#wishes.delete(capability);
    }
  }

  /** The sharer said no. */
  refused(capability: Capability): void {
    if (typeof this.#wishes.get(capability) === "number") this.#wishes.delete(capability);
  }

  /** The sharer took it. Whoever asked for it after giving it up still waits for an answer. */
  withdrawn(capability: Capability): void {
    if (this.#wishes.get(capability) === null) this.#wishes.delete(capability);
  }

  /** Everything that is still wished, to be said over a new connection. */
  messages(): FromViewer[] {
    return CAPABILITIES.flatMap((capability) => {
      const wish = this.#wishes.get(capability);
      return wish === undefined ? [] : [message(capability, wish)];
    });
  }

  #note(capability: Capability, wish: Wish): FromViewer {
    this.#wishes.set(capability, wish);
    return message(capability, wish);
  }
}
