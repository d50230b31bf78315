import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { namesOneCertificate } from "./description";
import { Peer, type UpdateChannel } from "./peer";

const DIGEST = (byte: string): string => `a=fingerprint:sha-256 ${Array(32).fill(byte).join(":")}`;
const OFFER = `v=0\r\n${DIGEST("AB")}\r\nm=video 9\r\n${DIGEST("ab")}\r\n`;

class FakeChannel {
  readyState = "connecting";
  bufferedAmount = 0;
  binaryType = "";
  sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  closed = false;
  constructor(readonly label: string) {}
  open(): void {
    this.readyState = "open";
    this.onopen?.();
  }
  send(message: unknown): void {
    this.sent.push(message);
  }
  close(): void {
    this.closed = true;
  }
}

class FakeConnection {
  connectionState = "new";
  localDescription: { sdp: string } | null = null;
  candidates: unknown[] = [];
  remote: string | null = null;
  closed = false;
  onicecandidate: ((event: { candidate: unknown }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ondatachannel: ((event: { channel: unknown }) => void) | null = null;
  ontrack: ((event: { track: unknown; receiver: unknown }) => void) | null = null;
  setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    this.remote = sdp;
    return Promise.resolve();
  }
  createAnswer(): Promise<unknown> {
    return Promise.resolve({});
  }
  setLocalDescription(): Promise<void> {
    this.localDescription = { sdp: "v=0 answer" };
    this.onicecandidate?.({ candidate: { candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0 } });
    return Promise.resolve();
  }
  addIceCandidate(candidate: unknown): Promise<void> {
    this.candidates.push(candidate);
    return Promise.resolve();
  }
  close(): void {
    this.closed = true;
  }
  is(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

let connection: FakeConnection;
let told: unknown[];
let peer: Peer;
let updates: UpdateChannel;
const channel = (label: string): FakeChannel => {
  const made = new FakeChannel(label);
  connection.ondatachannel?.({ channel: made });
  return made;
};

beforeEach(() => {
  vi.useFakeTimers();
  [connection, told] = [new FakeConnection(), []];
  const events = {
    onLink: (event: unknown) => told.push(event),
    onCandidate: (candidate: unknown) => told.push(candidate),
    onMessage: (on: unknown, text: unknown) => told.push([on, text]),
    onTrack: () => told.push("track"),
    onUpdates: (channel: UpdateChannel) => {
      told.push("updates");
      updates = channel;
      channel.onMessage = (message) => told.push([...message]);
      channel.onClose = () => told.push("no updates");
    },
  };
  peer = new Peer(events, () => connection as unknown as RTCPeerConnection);
});
afterEach(() => vi.useRealTimers());

test("a description must name exactly one certificate, by SHA-256", async () => {
  expect(namesOneCertificate(OFFER)).toBe(true);
  for (const bad of ["v=0\r\n", `v=0\r\n${DIGEST("AB")}\r\n${DIGEST("AC")}`, "v=0\na=fingerprint:sha-1 AB", "v=0\na=fingerprint:sha-256 AB:CD"]) {
    expect(namesOneCertificate(bad), bad).toBe(false);
    await expect(peer.answer(bad)).rejects.toThrow("certificate");
  }
  expect(connection.remote).toBeNull();
});

test("candidates of either side wait for the descriptions they belong to", async () => {
  const theirs = { candidate: "candidate:9", mid: null, index: 0 };
  peer.addCandidate(theirs);
  expect(connection.candidates).toEqual([]);
  await expect(peer.answer(OFFER)).resolves.toBe("v=0 answer");
  expect(connection.candidates).toEqual([{ candidate: "candidate:9", sdpMid: null, sdpMLineIndex: 0 }]);
  expect(told).toEqual([]);
  peer.answered();
  connection.onicecandidate?.({ candidate: { candidate: "", sdpMid: "0", sdpMLineIndex: 0 } });
  connection.onicecandidate?.({ candidate: null });
  expect(told).toEqual([{ candidate: "candidate:1", mid: "0", index: 0 }]);
});

test("the opening of both channels is told before anything that came through them", () => {
  const session = channel("session");
  session.open();
  session.onmessage?.({ data: "hello" });
  expect(told).toEqual([]);
  const pointer = channel("pointer");
  pointer.open();
  pointer.onmessage?.({ data: new ArrayBuffer(2) });
  expect(told).toEqual(["open", ["session", "hello"], ["pointer", ""]]);
  const [unknown, second] = [channel("files"), channel("session")];
  expect([unknown.closed, second.closed]).toEqual([true, true]);
});

test("the connection's state is told; once open, only the session channel's end is the end", () => {
  connection.is("connected");
  connection.is("failed");
  const session = channel("session");
  session.open();
  channel("pointer").open();
  connection.is("disconnected");
  connection.is("failed");
  session.onclose?.();
  expect(told).toEqual(["restored", "closed", "open", "interrupted", "interrupted", "closed"]);
});

test("a move that finds no room is left out, a message that finds none ends the connection", () => {
  const [session, pointer] = [channel("session"), channel("pointer")];
  expect([peer.send("pointer", "m"), peer.send("session", "s")]).toEqual([true, false]);
  session.open();
  pointer.open();
  expect(peer.send("session", "s")).toBe(true);
  session.bufferedAmount = pointer.bufferedAmount = 1_000_000;
  expect([peer.send("pointer", "m"), peer.send("session", "s")]).toEqual([true, false]);
  expect([session.sent, pointer.sent]).toEqual([["s"], []]);
});

test("a move that nothing follows is said again once, also one that found no room", () => {
  const [session, pointer] = [channel("session"), channel("pointer")];
  session.open();
  pointer.open();
  peer.send("pointer", "1");
  vi.advanceTimersByTime(99);
  peer.send("pointer", "2");
  vi.advanceTimersByTime(99);
  expect(pointer.sent).toEqual(["1", "2"]);
  vi.advanceTimersByTime(10_000);
  expect(pointer.sent).toEqual(["1", "2", "2"]);
  pointer.bufferedAmount = 1_000_000;
  peer.send("pointer", "3");
  vi.advanceTimersByTime(500);
  expect(pointer.sent).toHaveLength(3);
  pointer.bufferedAmount = 0;
  vi.advanceTimersByTime(100);
  expect(pointer.sent.slice(3)).toEqual(["3"]);
  // A heartbeat says nothing of where the pointer is.
  peer.send("pointer", "4");
  peer.send("session", "heartbeat");
  vi.advanceTimersByTime(10_000);
  expect(pointer.sent.slice(4)).toEqual(["4", "4"]);
  peer.send("pointer", "5");
  peer.close();
  vi.advanceTimersByTime(10_000);
  expect(pointer.sent.slice(6)).toEqual(["5"]);
});

test("last words get a moment to leave, and nothing is told any more", () => {
  const session = channel("session");
  session.open();
  session.bufferedAmount = 10;
  peer.close();
  session.onmessage?.({ data: "late" });
  connection.is("failed");
  expect(told).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(connection.closed).toBe(false);
  session.bufferedAmount = 0;
  vi.advanceTimersByTime(20);
  expect(connection.closed).toBe(true);
});

test("the newest picture is wanted, not the smoothest", () => {
  const receiver = { jitterBufferTarget: null as number | null };
  connection.ontrack?.({ track: { kind: "video" }, receiver });
  connection.ontrack?.({ track: { kind: "audio" }, receiver });
  expect(receiver.jitterBufferTarget).toBe(0);
  expect(told).toEqual(["track"]);
});

test("updates come and go by their own channel, of which there is one", () => {
  const picture = channel("picture-2");
  expect([told, picture.binaryType, channel("picture-2").closed]).toEqual([["updates"], "arraybuffer", true]);
  picture.open();
  picture.onmessage?.({ data: Uint8Array.of(1, 2).buffer });
  updates.send(Uint8Array.of(3));
  // A sharer that does not read is not answered.
  picture.bufferedAmount = 1_000_000;
  updates.send(Uint8Array.of(4));
  expect([told, picture.sent]).toEqual([["updates", [1, 2]], [Uint8Array.of(3)]]);
  picture.onclose?.();
  expect(told.at(-1)).toBe("no updates");
});

test("a string among the updates closes their channel, and the session goes on", () => {
  const picture = channel("picture-2");
  picture.onmessage?.({ data: "text" });
  expect([told, picture.closed]).toEqual([["updates", "no updates"], true]);
  expect(picture.onmessage).toBeNull();
});

test("updates of a connection that was left are not told", () => {
  const picture = channel("picture-2");
  peer.close();
  picture.onmessage?.({ data: Uint8Array.of(1).buffer });
  picture.onclose?.();
  expect(told).toEqual(["updates"]);
});
