/** What binds a session does what the shared vectors say, as the programs in Rust do. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Ask, CardFault, CodeSecret, Confirmation, DeviceKey, Grant, Nonce, Reveal, Sdp, SessionId, Sha256, Signature, SignedAsk, SignedCard, SignedReady, SignedRevocations, Tampered, TicketId, Words } from "../../../generated/protocol";
import type { Device } from "../device";
import { isAskFor, putAsk, signAsk, type Wish } from "./ask";
import * as canonical from "./canonical";
import { cardFault } from "./card";
import { verdictOf } from "./check";
import { begin } from "./code";
import { bytesOf, hexadecimal } from "./hexadecimal";
import { isSigned, sign } from "./signing";
import { bind, isOffer, sealAnswer, transcriptOf, type Bound, type Transcript } from "./transcript";

type Verdict = "ok" | { readonly tampered: Tampered } | { readonly card: CardFault };
interface Vectors {
  readonly technician_seed: Nonce;
  readonly user_seed: Nonce;
  readonly organisation: DeviceKey;
  readonly technician: DeviceKey;
  readonly user: DeviceKey;
  readonly now: number;
  readonly revocations: SignedRevocations;
  readonly cards: readonly { name: string; card: SignedCard; verdict: Verdict }[];
  readonly asks: readonly { name: string; session: SessionId; ticket: TicketId; ask: SignedAsk; verdict: Verdict }[];
  readonly bindings: readonly { name: string; ask: SignedAsk; ready: SignedReady; nonce: Nonce; verdict: Verdict; transcript: Sha256 | null; words: Words | null }[];
  readonly reveals: readonly { name: string; ready: SignedReady; reveal: Reveal; verdict: Verdict }[];
  readonly allowances: readonly { name: string; grant: Grant; allowance: Signature; verdict: Verdict }[];
  readonly offers: readonly { name: string; attempt: number; offer: Sdp; seal: Signature; verdict: Verdict }[];
  readonly answers: readonly { name: string; attempt: number; offer: Sdp; answer: Sdp; seal: Signature; verdict: Verdict }[];
  /** As a technician's end sees them; `random` is what its scalar is made of. */
  readonly codes: readonly { name: string; secret: CodeSecret; random: string; ask: Ask; ready: SignedReady; nonce: Nonce; confirmation: Confirmation | null }[];
}

const vectors = JSON.parse(readFileSync("../relay/protocol/vectors/binding.json", "utf8")) as Vectors;

/** PKCS #8 of an Ed25519 seed (RFC 8410, 7). */
async function fromSeed(seed: Nonce, key: DeviceKey): Promise<Device> {
  const pkcs8 = Uint8Array.from([...bytesOf("302e020100300506032b657004220420", 16), ...bytesOf(seed, 32)]);
  const secret = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  return { key, sign: async (bytes) => hexadecimal(await crypto.subtle.sign("Ed25519", secret, bytes)) };
}

async function transcript(): Promise<Transcript> {
  const [first] = vectors.bindings;
  const found = first && (await transcriptOf(first.ask.ask, first.ready, first.nonce));
  if (!found || typeof found === "string") throw new Error("the first binding holds");
  return found;
}

async function bound(): Promise<Bound> {
  const [first] = vectors.allowances;
  const found = first && (await bind(await transcript(), first.grant, first.allowance));
  if (!found) throw new Error("the first allowance holds");
  return found;
}

const technician = (): Promise<Device> => fromSeed(vectors.technician_seed, vectors.technician);

const named = <Case extends { name: string }>(cases: readonly Case[]): [string, Case][] => cases.map((each) => [each.name, each]);

describe("cards", () => {
  test.each(named(vectors.cards))("%s", async (_, { card, verdict }) => {
    // The page has no key to hold a card against; that what it would hold is the same is shown here.
    const genuine = await isSigned(vectors.organisation, "card", canonical.card(card.card), card.signature);
    const foreign = typeof verdict === "object" && "card" in verdict && verdict.card === "foreign";
    if (card.card.version === 1) expect(genuine).toBe(!foreign);
    if (foreign) return;
    const holder = { person: 7, device: vectors.technician };
    const fault = cardFault(card, holder, vectors.revocations.revocations, vectors.now);
    expect(fault === null ? "ok" : { card: fault }).toEqual(verdict);
  });

  test("there must be one, and it is good for its holder only", () => {
    const card = vectors.cards[0]?.card ?? null;
    expect(cardFault(null, { person: 7, device: vectors.technician }, null, vectors.now)).toBe("missing");
    expect(cardFault(card, { person: 8, device: vectors.technician }, null, vectors.now)).toBe("stolen");
    expect(cardFault(card, { person: 7, device: vectors.user }, null, vectors.now)).toBe("stolen");
  });
});

describe("questions", () => {
  test.each(named(vectors.asks))("%s", async (_, { ask, session, ticket, verdict }) => {
    // What is wrong with a card in it is the user's machine's to find.
    const tampered = typeof verdict === "object" && "tampered" in verdict;
    expect(await isAskFor(ask, session, ticket)).toBe(!tampered);
    expect(await verdictOf({ check: "ask", ask, session, ticket }, technician())).toEqual(tampered ? { found: "tampered", what: "ask" } : { found: "ask" });
  });

  test("are signed here as there", async () => {
    const device = await fromSeed(vectors.technician_seed, vectors.technician);
    const [first] = vectors.asks;
    expect(first && (await signAsk(device, first.ask.ask))).toEqual(first?.ask);
  });
});

describe("readiness", () => {
  test.each(named(vectors.bindings))("%s", async (_, { ask, ready, nonce, verdict, transcript: hash, words }) => {
    const found = await transcriptOf(ask.ask, ready, nonce);
    if (typeof found === "string") return expect({ tampered: found }).toEqual(verdict);
    expect(verdict).toBe("ok");
    expect([found.hash, found.words, found.user]).toEqual([hash, words, ready.ready.device]);
  });

  test("what cannot be read does not hold", async () => {
    const [first] = vectors.bindings;
    if (!first) throw new Error("there is one");
    const check = { check: "ready", ask: first.ask.ask, nonce: first.nonce, asking: null, revealed: null } as const;
    for (const ready of [{}, null, { ready: null }, { ready: { user: {} }, signature: 7 }]) {
      expect(await verdictOf({ ...check, ready: ready as unknown as SignedReady }, technician())).toEqual({ found: "tampered", what: "ready" });
    }
    expect(await transcriptOf(first.ask.ask, first.ready, first.nonce.toUpperCase()).catch(() => "thrown")).toBe("thrown");
  });
});

describe("reveals", () => {
  const [question] = vectors.bindings;
  if (!question) throw new Error("there is one");
  const check = { check: "ready", ask: question.ask.ask, asking: null } as const;

  test.each(named(vectors.reveals))("%s", async (_, { ready, reveal, verdict }) => {
    const found = await verdictOf({ ...check, ready, nonce: reveal.nonce, revealed: reveal }, technician());
    expect(found.found === "transcript" ? "ok" : found).toEqual(verdict === "ok" ? "ok" : { found: "tampered", what: "reveal" });
  });

  test("are made here as there", async () => {
    const [first] = vectors.reveals;
    const found = first && (await verdictOf({ ...check, ready: first.ready, nonce: first.reveal.nonce, revealed: null }, technician()));
    expect(found).toMatchObject({ found: "transcript", reveal: first?.reveal });
  });
});

describe("the user's yes", () => {
  test.each(named(vectors.allowances))("%s", async (_, { grant, allowance, verdict }) => {
    const found = await bind(await transcript(), grant, allowance);
    expect(found ? "ok" : { tampered: "allowance" }).toEqual(verdict);
  });
});

describe("offers", () => {
  test.each(named(vectors.offers))("%s", async (_, { attempt, offer, seal, verdict }) => {
    expect((await isOffer(await bound(), attempt, offer, seal)) ? "ok" : { tampered: "offer" }).toEqual(verdict);
  });
});

describe("answers", () => {
  test.each(named(vectors.answers))("%s", async (_, { attempt, offer, answer, seal, verdict }) => {
    // Ed25519 signs the same each time, so a seal is good when it is the one that this device would make.
    const device = await fromSeed(vectors.technician_seed, vectors.technician);
    const own = await sealAnswer(device, await bound(), attempt, offer, answer);
    expect(own === seal ? "ok" : { tampered: "answer" }).toEqual(verdict);
  });
});

describe("codes", () => {
  test.each(named(vectors.codes))("%s", async (_, { secret, random, ask, ready, nonce, confirmation }) => {
    const { asking, element } = await begin(ask.ticket, secret, bytesOf(random, 64));
    expect(ask.credential).toMatchObject({ by: "code", device: vectors.technician, element });
    const found = await transcriptOf(ask, ready, nonce);
    if (typeof found === "string") return expect(confirmation).toBeNull();
    expect(await asking.confirm(ready.ready, found.hash)).toBe(confirmation);
    expect(await asking.confirm(ready.ready, found.hash), "a second guess").toBeNull();
  });

  const [right, wrong] = vectors.codes;
  if (!right || !wrong) throw new Error("there are some");
  const begun = async (): Promise<Awaited<ReturnType<typeof begin>>> => begin(right.ask.ticket, right.secret, bytesOf(right.random, 64));

  test("both kinds are among them", () => {
    expect([right.confirmation !== null, wrong.confirmation]).toEqual([true, null]);
  });

  test("the check tells a wrong code from what was tampered with", async () => {
    const verdict = async ({ ask, ready, nonce }: typeof right): Promise<unknown> => verdictOf({ check: "ready", ask, ready, nonce, asking: (await begun()).asking, revealed: null }, technician());
    expect(await verdict(right)).toMatchObject({ found: "transcript", reveal: { session: right.ask.session, nonce: right.nonce, confirmation: right.confirmation } });
    expect(await verdict(wrong)).toEqual({ found: "wrong_code" });
    for (const each of vectors.codes.filter(({ ready }) => !ready.ready.code)) expect(await verdict(each), each.name).toEqual({ found: "tampered", what: "ready" });
  });

  test("what is no element is not believed, nor thrown", async () => {
    const answer = right.ready.ready.code;
    if (!answer) throw new Error("it has one");
    // y = 2 is on no point of the curve; y = 1 is its neutral point, y = p - 1 of order 2, y = p + 1 the neutral one again.
    const small = ["01" + "00".repeat(31), "ec" + "ff".repeat(30) + "7f", "ee" + "ff".repeat(30) + "7f"];
    for (const element of ["02" + "00".repeat(31), ...small, "", "61", answer.element.toUpperCase(), "zz".repeat(32)]) {
      const { asking } = await begun();
      expect(await asking.confirm({ ...right.ready.ready, code: { ...answer, element } }, "00".repeat(32)), element).toBeNull();
    }
  });

  test("a question by code is ours, and its secret in none of what is sent or shown", async () => {
    const device = await fromSeed(vectors.technician_seed, vectors.technician);
    const technician = { id: 7, name: "Zoé", level: 2 } as const;
    const wish: Wish = { ticket: "T-1042", capabilities: ["view"], at: 1, means: { by: "code", technician, secret: right.secret } };
    const [first, second] = [await putAsk(device, wish), await putAsk(device, wish)];
    expect(first.ask.ask.credential).toMatchObject({ by: "code", technician, device: vectors.technician });
    expect(await isAskFor(first.ask, first.ask.ask.session, "T-1042")).toBe(true);
    const foreign = { ...first.ask.ask, credential: { ...first.ask.ask.credential, device: vectors.user } } as Ask;
    expect(await isAskFor({ ...first.ask, ask: foreign }, foreign.session, "T-1042")).toBe(false);
    expect(first.ask.ask.credential, "fresh each time").not.toEqual(second.ask.ask.credential);
    expect(JSON.stringify([first, second])).not.toContain(right.secret);
  });
});

test("the order of members and of capabilities is the protocol's, whatever order they came in", async () => {
  const [first] = vectors.allowances;
  const user = await fromSeed(vectors.user_seed, vectors.user);
  const shuffled = Object.fromEntries(Object.entries(first?.grant ?? {}).reverse()) as unknown as Grant;
  const signature = await sign(user, "allowance", canonical.allowance({ transcript: (await transcript()).hash, grant: shuffled }));
  expect(signature).toBe(first?.allowance);
  expect(canonical.allowance({ transcript: "", grant: { ...shuffled, capabilities: ["clipboard", "view", "control"] } })).toContain('"capabilities":["view","control","clipboard"]');
});
