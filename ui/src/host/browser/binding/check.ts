/**
 * The checks that the page's controller has made while a session is agreed on. They take time, so each is asked for as an
 * effect and comes back as an event.
 * Invariant: what cannot even be read does not hold.
 */
import type { Ask, Confirmation, Grant, Nonce, Signature, SignedAsk, SignedReady, SessionId, Tampered, TicketId } from "../../../generated/protocol";
import { isAskFor } from "./ask";
import type { Asking } from "./code";
import { bind, transcriptOf, type Bound, type Transcript } from "./transcript";

export type Check =
  /** Is this our question? */
  | { readonly check: "ask"; readonly ask: SignedAsk; readonly session: SessionId; readonly ticket: TicketId }
  /** Does this answer our question, and know the code when it was put with one? */
  | { readonly check: "ready"; readonly ask: Ask; readonly ready: SignedReady; readonly nonce: Nonce; readonly asking: Asking | null }
  /** Did the user allow this? */
  | { readonly check: "allowance"; readonly transcript: Transcript; readonly grant: Grant; readonly allowance: Signature };

export type Verdict =
  | { readonly found: "ask" }
  /** With a code, our proof that we know it too. */
  | { readonly found: "transcript"; readonly transcript: Transcript; readonly confirmation: Confirmation | null }
  /** The user's machine does not know the code that was typed here. */
  | { readonly found: "wrong_code" }
  | { readonly found: "bound"; readonly bound: Bound }
  | { readonly found: "tampered"; readonly what: Tampered };

export async function verdictOf(check: Check): Promise<Verdict> {
  try {
    return await found(check);
  } catch {
    return { found: "tampered", what: check.check };
  }
}

async function found(check: Check): Promise<Verdict> {
  switch (check.check) {
    case "ask":
      return (await isAskFor(check.ask, check.session, check.ticket)) ? { found: "ask" } : { found: "tampered", what: "ask" };
    case "ready": {
      const transcript = await transcriptOf(check.ask, check.ready, check.nonce);
      if (typeof transcript === "string") return { found: "tampered", what: transcript };
      if (!check.asking) return { found: "transcript", transcript, confirmation: null };
      const confirmation = await check.asking.confirm(check.ready.ready, transcript.hash);
      return confirmation === null ? { found: "wrong_code" } : { found: "transcript", transcript, confirmation };
    }
    case "allowance": {
      const bound = await bind(check.transcript, check.grant, check.allowance);
      return bound ? { found: "bound", bound } : { found: "tampered", what: "allowance" };
    }
  }
}
