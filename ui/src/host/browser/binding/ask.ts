/** The technician's question: signed by this device, with a commitment to a nonce that is revealed once the user's machine answered. */
import type { Ask, Capability, CodeSecret, Credential, DeviceKey, Nonce, SessionId, Sha256, SignedAsk, SignedCard, Technician, TicketId } from "../../../generated/protocol";
import type { Device } from "../device";
import { VERSION } from "../session/limits";
import * as canonical from "./canonical";
import type { Asking } from "./code";
import { hexadecimal } from "./hexadecimal";
import { hash, hashTogether, isSigned, sign } from "./signing";

const [SESSION_BYTES, NONCE_BYTES] = [16, 32];

/** By what it is shown who asks: this device's card, or the code that the user read out. */
export type Means =
  | { readonly by: "card"; readonly card: SignedCard }
  | { readonly by: "code"; readonly technician: Technician; readonly secret: CodeSecret };

/** What is to be asked. */
export interface Wish {
  readonly ticket: TicketId;
  readonly capabilities: Capability[];
  /** On this machine's clock. */
  readonly at: number;
  readonly means: Means;
}

/** A question that was put, and what this page alone knows until it reveals it. */
export interface Asked {
  readonly ask: SignedAsk;
  readonly nonce: Nonce;
  /** Our end of the exchange over the code, when it was put with one. */
  readonly asking: Asking | null;
}

const random = (length: number): string => hexadecimal(crypto.getRandomValues(new Uint8Array(length)));

export const commitmentTo = (nonce: Nonce): Promise<Sha256> => hashTogether("commitment", nonce);

/** What a readiness names it by. */
export const hashOfAsk = (ask: Ask): Promise<Sha256> => hash("ask", canonical.ask(ask));

/** Which device signs. */
export const deviceOf = (credential: Credential): DeviceKey => (credential.by === "card" ? credential.card.card.device : credential.device);

/** Makes a question for a session and with a nonce that are new. */
export async function putAsk(device: Device, { ticket, capabilities, at, means }: Wish): Promise<Asked> {
  const nonce = random(NONCE_BYTES);
  const { credential, asking } = await shown(device, ticket, means);
  const ask: Ask = { version: VERSION, session: random(SESSION_BYTES), ticket, capabilities, asked_at: at, commitment: await commitmentTo(nonce), credential };
  return { ask: await signAsk(device, ask), nonce, asking };
}

async function shown({ key }: Device, ticket: TicketId, means: Means): Promise<{ credential: Credential; asking: Asking | null }> {
  if (means.by === "card") return { credential: means, asking: null };
  // The arithmetic of the curve is fetched by those only who type a code.
  const { begin } = await import("./code");
  const { asking, element } = await begin(ticket, means.secret);
  return { credential: { by: "code", technician: means.technician, device: key, element }, asking };
}

export async function signAsk(device: Device, ask: Ask): Promise<SignedAsk> {
  return { ask, signature: await sign(device, "ask", canonical.ask(ask)) };
}

/** Is it a question for this session and ticket, by the device that its credential names? */
export async function isAskFor({ ask, signature }: SignedAsk, session: SessionId, ticket: TicketId): Promise<boolean> {
  const same = ask.version === VERSION && ask.session === session && ask.ticket === ticket;
  return same && (await isSigned(deviceOf(ask.credential), "ask", canonical.ask(ask), signature));
}

/** Are they the same, signature included? */
export const sameAsk = (a: SignedAsk, b: SignedAsk): boolean => a.signature === b.signature && canonical.ask(a.ask) === canonical.ask(b.ask);
