import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FromRelay, Identity } from "../../generated/protocol";
import { hexadecimal } from "./binding/hexadecimal";
import { helloBytes } from "./device";
import { RelayLink, type LinkEvent } from "./relay";

class Wire {
  static all: Wire[] = [];
  sent: string[] = [];
  closed = false;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor(readonly url: string) {
    Wire.all.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.closed = true;
  }
  say(message: unknown): void {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }
}

const TOKEN: Identity = { as: "token", token: "ab".repeat(32) };
const WELCOME = {
  type: "welcome",
  now: 5,
  welcomed: { as: "technician", person: { id: 7, name: "Claire", role: "technician", level: 1 }, token: "cd".repeat(32), queue: [], card: null },
  session: null,
  revocations: null,
} satisfies FromRelay;
let events: [number, LinkEvent][];
let link: RelayLink;
const last = (): Wire => {
  const wire = Wire.all.at(-1);
  if (!wire) throw new Error("nothing was opened");
  return wire;
};
const told = (): string[] => events.map(([epoch, event]) => `${epoch} ${event.link}`);
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const connect = (epoch = 1): void => link.connect({ epoch, identity: TOKEN, language: "fr" });
async function welcomed(): Promise<void> {
  connect();
  last().say({ type: "challenge", versions: [2], nonce: "00".repeat(32) });
  await settled();
  last().say(WELCOME);
}

beforeEach(() => {
  vi.useFakeTimers();
  [Wire.all, events] = [[], []];
  const device = Promise.resolve({ key: "11".repeat(32), sign: (bytes: Uint8Array) => Promise.resolve(`signed ${hexadecimal(bytes)}`) });
  link = new RelayLink(
    { url: "ws://relay/v1/endpoint", device, make: (url) => new Wire(url) as unknown as WebSocket, random: () => 0.5 },
    (epoch, event) => events.push([epoch, event]),
  );
});
afterEach(() => vi.useRealTimers());

test("the hello is signed with this device's key over the relay's nonce, and a welcome is handed on", async () => {
  await welcomed();
  expect(JSON.parse(last().sent[0] ?? "")).toEqual({
    id: 1, type: "hello", version: 2, device: "11".repeat(32), signature: `signed ${hexadecimal(helloBytes("00".repeat(32), "11".repeat(32)))}`, identity: TOKEN, language: "fr",
  });
  expect(told()).toEqual(["1 connecting", "1 online"]);
});

test("a lost connection is made anew, later each time, and at once when the person wants it", async () => {
  await welcomed();
  last().onclose?.();
  expect(events.at(-1)?.[1]).toMatchObject({ link: "offline", error: { code: "relay_unreachable" }, retryMs: 500 });
  await vi.advanceTimersByTimeAsync(500);
  last().onclose?.();
  expect(events.at(-1)?.[1]).toMatchObject({ retryMs: 750 });
  const attempts = Wire.all.length;
  link.retryNow();
  expect(Wire.all).toHaveLength(attempts + 1);
  link.retryNow();
  expect(Wire.all).toHaveLength(attempts + 1);
});

test("who is refused is told and not tried again; a busy relay is", async () => {
  connect();
  last().say({ type: "challenge", versions: [2], nonce: "00".repeat(32) });
  await settled();
  last().say({ type: "refused", re: 1, error: { code: "sign_in_expired" } });
  await vi.advanceTimersByTimeAsync(600_000);
  expect(told()).toEqual(["1 connecting", "1 rejected"]);
  connect(2);
  last().say({ type: "refused", re: 1, error: { code: "busy" } });
  await vi.advanceTimersByTimeAsync(500);
  expect(told().slice(2)).toEqual(["2 connecting", "2 offline", "2 connecting"]);
});

test("a place that another tab took is not taken back by itself for a while", async () => {
  await welcomed();
  last().say({ type: "refused", re: 0, error: { code: "replaced" } });
  expect(events.at(-1)?.[1]).toMatchObject({ link: "offline", error: { code: "replaced" }, retryMs: 300_000 });
  await vi.advanceTimersByTimeAsync(299_000);
  expect(Wire.all).toHaveLength(1);
});

test("another version, nonsense, and a message before its time end the connection", async () => {
  for (const [message, code] of [
    [{ type: "challenge", versions: [3, 4], nonce: "00".repeat(32) }, "wrong_version"],
    ["{", "malformed"],
    ["7", "malformed"],
    [{ type: "detail" }, "malformed"],
    [{ type: "recorded", session: "ab".repeat(16), number: 1 }, "out_of_order"],
    [{ type: "suggestions" }, "out_of_order"],
  ] as const) {
    connect();
    const wire = last();
    wire.say(message);
    expect(events.at(-1)?.[1]).toMatchObject({ link: "offline", error: { code } });
    expect(wire.closed).toBe(true);
  }
});

test("a relay that never welcomes is left, and what an earlier connection still says is nobody's", async () => {
  connect();
  const old = last();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(events.at(-1)?.[1]).toMatchObject({ link: "offline" });
  const before = events.length;
  old.say(WELCOME);
  old.onclose?.();
  expect(events).toHaveLength(before);
});

test("requests are sent only when welcomed, and no faster than the relay allows", async () => {
  link.send({ id: 2, type: "sign_out" });
  await welcomed();
  for (let id = 3; id < 203; id += 1) link.send({ id, type: "show_ticket", ticket: "T-1" });
  expect(last().sent).toHaveLength(1 + 160);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(last().sent).toHaveLength(1 + 200);
  expect(last().sent.at(-1)).toContain('"id":202');
});

test("without a network the connection is given up at once", async () => {
  await welcomed();
  link.networkLost();
  expect(last().closed).toBe(true);
  expect(events.at(-1)?.[1]).toMatchObject({ link: "offline" });
});
