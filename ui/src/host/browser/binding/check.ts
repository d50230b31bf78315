/**
 * The checks that the page's controller has made while a session is agreed on. They take time, so each is asked for as an
 * effect and comes back as an event.
 * Invariant: what cannot even be read does not hold.
 */
import type { Ask, Grant, Nonce, Reveal, Signature, SignedAsk, SignedReady, SessionId, Tampered, TicketId } from "../../../generated/protocol";
import { isAskFor } from "./ask";
import type { Asking } from "./code";
import type { Device } from "../device";
import { bind, isRevealed, revealTo, transcriptOf, type Bound, type Transcript } from "./transcript";

export type Check =
  /** Is this our question? */
  | { readonly check: "ask"; readonly ask: SignedAsk; readonly session: SessionId; readonly ticket: TicketId }
  /** Does this answer our question, and know the code when it was put with one? `revealed`: what an earlier run said to it. */
  | { readonly check: "ready"; readonly ask: Ask; readonly ready: SignedReady; readonly nonce: Nonce; readonly asking: Asking | null; readonly revealed: Reveal | null }
  /** Did the user allow this? */
  | { readonly check: "allowance"; readonly transcript: Transcript; readonly grant: Grant; readonly allowance: Signature };

export type Verdict =
  | { readonly found: "ask" }
  /** And what is to be said to it. */
  | { readonly found: "transcript"; readonly transcript: Transcript; readonly reveal: Reveal }
  /** The user's machine does not know the code that was typed here. */
  | { readonly found: "wrong_code" }
  | { readonly found: "bound"; readonly bound: Bound }
  | { readonly found: "tampered"; readonly what: Tampered };

export async function verdictOf(check: Check, device: Promise<Device>): Promise<Verdict> {
  try {
    return await found(check, device);
  } catch {
    return { found: "tampered", what: check.check };
  }
}

async function found(check: Check, device: Promise<Device>): Promise<Verdict> {
  switch (check.check) {
    case "ask":
      return (await isAskFor(check.ask, check.session, check.ticket)) ? { found: "ask" } : { found: "tampered", what: "ask" };
    case "ready": {
      const transcript = await transcriptOf(check.ask, check.ready, check.nonce);
      if (typeof transcript === "string") return { found: "tampered", what: transcript };
      const { ask, asking, nonce, revealed } = check;
      if (revealed) return (await isRevealed(ask, transcript, nonce, revealed)) ? { found: "transcript", transcript, reveal: revealed } : { found: "tampered", what: "reveal" };
      const confirmation = asking && (await asking.confirm(check.ready.ready, transcript.hash));
      if (asking && confirmation === null) return { found: "wrong_code" };
      return { found: "transcript", transcript, reveal: await revealTo(await device, transcript, ask.session, nonce, confirmation) };
    }
    case "allowance": {
      const bound = await bind(check.transcript, check.grant, check.allowance);
      return bound ? { found: "bound", bound } : { found: "tampered", what: "allowance" };
    }
  }
}
