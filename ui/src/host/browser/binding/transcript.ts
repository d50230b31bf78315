/**
 * What both ends of a session know of each other, and what follows from it: the two words, the user's yes, offers and answers.
 * Invariant: nothing is taken as said by the user's machine that its key did not sign over this very transcript.
 */
import type { Ask, Confirmation, Described, DeviceKey, Grant, Nonce, Reveal, Sdp, SessionId, Sha256, Signature, SignedReady, Words } from "../../../generated/protocol";
import type { Device } from "../device";
import { commitmentTo, deviceOf, hashOfAsk } from "./ask";
import * as canonical from "./canonical";
import { hash, hashOfText, hashTogether, isSigned, sign } from "./signing";
import { wordsOf } from "./words";

export interface Transcript {
  readonly hash: Sha256;
  /** The user's machine. */
  readonly user: DeviceKey;
  readonly words: Words;
}

/** A session that is allowed. */
export interface Bound {
  readonly transcript: Transcript;
  /** Of the allowance. */
  readonly allowance: Sha256;
}

/** Of an ask, its answer and the technician's nonce; else what does not fit. */
export async function transcriptOf(ask: Ask, { ready, signature }: SignedReady, nonce: Nonce): Promise<Transcript | "ready" | "reveal"> {
  const asked = await hashOfAsk(ask);
  const json = canonical.ready(ready);
  const answers = ready.session === ask.session && ready.ask === asked && !ready.code === (ask.credential.by === "card");
  if (!answers || !(await isSigned(ready.device, "ready", json, signature))) return "ready";
  if ((await commitmentTo(nonce)) !== ask.commitment) return "reveal";
  const whole = await hashTogether("transcript", asked, await hash("ready", json), nonce);
  return { hash: whole, user: ready.device, words: wordsOf(whole) };
}

/** What this device says to a readiness: its nonce and, with a code, that it knows it; for this readiness and no other. */
export async function revealTo(device: Device, transcript: Transcript, session: SessionId, nonce: Nonce, confirmation: Confirmation | null): Promise<Reveal> {
  const signature = await sign(device, "opened", canonical.opened({ transcript: transcript.hash }));
  return { session, nonce, ...(confirmation === null ? {} : { confirmation }), signature };
}

/** Did this question's device say so to this readiness? */
export const isRevealed = async (ask: Ask, transcript: Transcript, own: Nonce, { session, nonce, signature }: Reveal): Promise<boolean> =>
  session === ask.session && nonce === own && isSigned(deviceOf(ask.credential), "opened", canonical.opened({ transcript: transcript.hash }), signature);

/** Goes on to the connections of a session that was allowed; null when the user's machine did not sign this grant. */
export async function bind(transcript: Transcript, grant: Grant, allowance: Signature): Promise<Bound | null> {
  const json = canonical.allowance({ transcript: transcript.hash, grant });
  if (!(await isSigned(transcript.user, "allowance", json, allowance))) return null;
  return { transcript, allowance: await hash("allowance", json) };
}

/** Is this the user's machine's offer? */
export async function isOffer(bound: Bound, attempt: number, offer: Sdp, seal: Signature): Promise<boolean> {
  const offered = described(bound, "sharer", attempt, await hashOfText(offer), null);
  return isSigned(bound.transcript.user, "described", offered, seal);
}

/** Signs the answer to an offer, over the very text that is sent. */
export async function sealAnswer(device: Device, bound: Bound, attempt: number, offer: Sdp, answer: Sdp): Promise<Signature> {
  return sign(device, "described", described(bound, "viewer", attempt, await hashOfText(answer), await hashOfText(offer)));
}

const described = ({ transcript, allowance }: Bound, end: Described["end"], attempt: number, sdp: Sha256, offer: Sha256 | null): string =>
  canonical.described({ transcript: transcript.hash, allowance, end, attempt, sdp, offer });
