import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Signal } from "../../generated/protocol";
import { grant } from "../samples";
import { hexadecimal } from "./binding/hexadecimal";
import { hashOfText, isSigned } from "./binding/signing";
import * as canonical from "./binding/canonical";
import type { Bound } from "./binding/transcript";
import type { PageClipboard } from "./clipboard";
import type { Device } from "./device";
import type { ScreenPainter } from "./paint";
import type { Peer, PeerEvents, UpdateChannel } from "./peer";
import type { ViewerEvent } from "./session/events";
import { Viewer } from "./viewer";

const [OFFER, ANSWER] = ["v=0\r\noffer", "v=0\r\nanswer"];
let user: Device;
let technician: Device;
let bound: Bound;
let offered: string[];
let candidates: number;
let told: ViewerEvent[];
let malformed: (reason: string) => void;
let events: PeerEvents | null;
let channels: UpdateChannel[];
let viewer: Viewer;

async function someDevice(): Promise<Device> {
  const pair = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
  const key = hexadecimal(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { key, sign: async (bytes) => hexadecimal(await crypto.subtle.sign("Ed25519", pair.privateKey, bytes)) };
}

/** What is signed with an offer or an answer. */
async function described(end: "sharer" | "viewer", attempt: number, sdp: string, offer: string | null): Promise<string> {
  return canonical.described({
    transcript: bound.transcript.hash, allowance: bound.allowance, end, attempt,
    sdp: await hashOfText(sdp), offer: offer === null ? null : await hashOfText(offer),
  });
}

async function offer(attempt: number, by = user): Promise<Signal> {
  const seal = await by.sign(new TextEncoder().encode(`renfort description v1\0${await described("sharer", attempt, OFFER, null)}`));
  return { signal: "offer", attempt, sdp: OFFER, seal };
}

beforeEach(async () => {
  [user, technician] = [await someDevice(), await someDevice()];
  bound = { transcript: { hash: "7e".repeat(32), user: user.key, words: ["zoo", "zoom"] }, allowance: "a1".repeat(32) };
  [offered, candidates, told, events, channels] = [[], 0, [], null, []];
  const peer = {
    answer: (sdp: string) => Promise.resolve(offered.push(sdp)).then(() => ANSWER),
    answered: () => undefined,
    addCandidate: () => (candidates += 1),
    close: () => undefined,
  } as unknown as Peer;
  viewer = new Viewer("ab".repeat(16), grant("view"), { bound, device: Promise.resolve(technician) }, (event) => told.push(event), {
    now: Date.now,
    makePeer: (of) => {
      events = of;
      return { ...peer } as Peer;
    },
    makePainter: (_, onMalformed) => {
      malformed = onMalformed;
      return { close: () => undefined, compose: (channel: UpdateChannel) => channels.push(channel) } as unknown as ScreenPainter;
    },
    makeClipboard: () => ({ close: () => undefined }) as unknown as PageClipboard,
  });
});
afterEach(() => viewer.drop());

test("an offer that the user's machine signed is answered, and the answer signed over the very text that is sent", async () => {
  viewer.command({ command: "signal", signal: await offer(1) });
  // It came after its offer, and must not overtake it while that is checked.
  viewer.command({ command: "signal", signal: { signal: "candidate", attempt: 1, candidate: "candidate:1", mid: "0", index: 0 } });
  await vi.waitFor(() => expect(told).toHaveLength(1));
  expect([offered, candidates]).toEqual([[OFFER], 1]);
  const [event] = told;
  if (event?.event !== "signal" || event.signal.signal !== "answer") throw new Error(`no answer but ${event?.event}`);
  expect([event.signal.attempt, event.signal.sdp]).toEqual([1, ANSWER]);
  expect(await isSigned(technician.key, "described", await described("viewer", 1, ANSWER, OFFER), event.signal.seal)).toBe(true);
});

test.each([
  ["by somebody else", async () => offer(1, technician)],
  ["for another attempt", async () => ({ ...(await offer(1)), attempt: 2 })],
  ["with its text changed", async () => ({ ...(await offer(1)), sdp: `${OFFER} ` })],
  ["with no seal", async () => ({ ...(await offer(1)), seal: undefined })],
])("an offer %s never reaches the browser's own connections", async (_, made) => {
  viewer.command({ command: "signal", signal: (await made()) as Signal });
  await vi.waitFor(() => expect(told).toEqual([{ event: "tampered", what: "offer" }]));
  expect(offered).toEqual([]);
});

test("an earlier attempt's offer, put again, is not taken", async () => {
  viewer.command({ command: "signal", signal: await offer(2) });
  await vi.waitFor(() => expect(told).toHaveLength(1));
  viewer.command({ command: "signal", signal: await offer(1) });
  viewer.command({ command: "signal", signal: await offer(2) });
  viewer.command({ command: "signal", signal: await offer(3) });
  await vi.waitFor(() => expect(told).toHaveLength(2));
  expect(offered).toEqual([OFFER, OFFER]);
});

test("a session that was left takes nothing more", async () => {
  const late = await offer(1, technician);
  viewer.drop();
  viewer.command({ command: "signal", signal: late });
  await new Promise((done) => setTimeout(done, 20));
  expect(told).toEqual([]);
});

test("updates of the connection of the moment are painted, those of one that was left are not", async () => {
  viewer.command({ command: "signal", signal: await offer(1) });
  await vi.waitFor(() => expect(told).toHaveLength(1));
  const [first, channel] = [events, {} as UpdateChannel];
  first?.onUpdates(channel);
  viewer.command({ command: "signal", signal: await offer(2) });
  await vi.waitFor(() => expect(told).toHaveLength(2));
  first?.onUpdates({} as UpdateChannel);
  expect(channels).toEqual([channel]);
});

test("a picture that no honest user's machine sends ends the session and says why", () => {
  malformed("why");
  expect(told.at(-1)).toEqual({ event: "ended", reason: "failed", error: { code: "peer_malformed", params: { detail: "why" } } });
});
