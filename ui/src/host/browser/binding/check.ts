/**
 * The checks that the page's controller has made while a session is agreed on. They take time, so each is asked for as an
 * effect and comes back as an event.
 * Invariant: what cannot even be read does not hold.
 */
import type { Ask, Grant, Nonce, Signature, SignedAsk, SignedReady, SessionId, Tampered, TicketId } from "../../../generated/protocol";
import { isAskFor } from "./ask";
import { bind, transcriptOf, type Bound, type Transcript } from "./transcript";

export type Check =
  /** Is this our question? */
  | { readonly check: "ask"; readonly ask: SignedAsk; readonly session: SessionId; readonly ticket: TicketId }
  /** Does this answer our question? */
  | { readonly check: "ready"; readonly ask: Ask; readonly ready: SignedReady; readonly nonce: Nonce }
  /** Did the user allow this? */
  | { readonly check: "allowance"; readonly transcript: Transcript; readonly grant: Grant; readonly allowance: Signature };

export type Verdict =
  | { readonly found: "ask" }
  | { readonly found: "transcript"; readonly transcript: Transcript }
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
      return typeof transcript === "string" ? { found: "tampered", what: transcript } : { found: "transcript", transcript };
    }
    case "allowance": {
      const bound = await bind(check.transcript, check.grant, check.allowance);
      return bound ? { found: "bound", bound } : { found: "tampered", what: "allowance" };
    }
  }
}
