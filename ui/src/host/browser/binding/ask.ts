/** The technician's question: signed by this device, with a commitment to a nonce that is revealed once the user's machine answered. */
import type { Ask, Capability, Nonce, SessionId, Sha256, SignedAsk, SignedCard, TicketId } from "../../../generated/protocol";
import type { Device } from "../device";
import { VERSION } from "../session/limits";
import * as canonical from "./canonical";
import { hexadecimal } from "./hexadecimal";
import { hash, hashTogether, isSigned, sign } from "./signing";

const [SESSION_BYTES, NONCE_BYTES] = [16, 32];

/** What is to be asked. */
export interface Wish {
  readonly ticket: TicketId;
  readonly capabilities: Capability[];
  /** On this machine's clock. */
  readonly at: number;
  readonly card: SignedCard;
}

/** A question that was put, and what this page alone knows until it reveals it. */
export interface Asked {
  readonly ask: SignedAsk;
  readonly nonce: Nonce;
}

const random = (length: number): string => hexadecimal(crypto.getRandomValues(new Uint8Array(length)));

export const commitmentTo = (nonce: Nonce): Promise<Sha256> => hashTogether("commitment", nonce);

/** What a readiness names it by. */
export const hashOfAsk = (ask: Ask): Promise<Sha256> => hash("ask", canonical.ask(ask));

/** Makes a question for a session and with a nonce that are new. */
export async function putAsk(device: Device, { ticket, capabilities, at, card }: Wish): Promise<Asked> {
  const nonce = random(NONCE_BYTES);
  const ask: Ask = { version: VERSION, session: random(SESSION_BYTES), ticket, capabilities, asked_at: at, commitment: await commitmentTo(nonce), card };
  return { ask: await signAsk(device, ask), nonce };
}

export async function signAsk(device: Device, ask: Ask): Promise<SignedAsk> {
  return { ask, signature: await sign(device, "ask", canonical.ask(ask)) };
}

/** Is it a question for this session and ticket, by the device that its card names? */
export async function isAskFor({ ask, signature }: SignedAsk, session: SessionId, ticket: TicketId): Promise<boolean> {
  const same = ask.version === VERSION && ask.session === session && ask.ticket === ticket;
  return same && (await isSigned(ask.card.card.device, "ask", canonical.ask(ask), signature));
}

/** Are they the same, signature included? */
export const sameAsk = (a: SignedAsk, b: SignedAsk): boolean => a.signature === b.signature && canonical.ask(a.ask) === canonical.ask(b.ask);
