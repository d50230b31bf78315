import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PictureAddress } from "../generated/host";
import { PictureSocket } from "./socket";

class Wire {
  static all: Wire[] = [];
  readyState = 0;
  bufferedAmount = 0;
  binaryType = "";
  sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  closed = false;
  constructor(readonly url: string) {
    Wire.all.push(this);
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  lose(): void {
    this.readyState = 3;
    this.onclose?.();
  }
  send(data: unknown): void {
    this.sent.push(data);
  }
  close(): void {
    this.closed = true;
    this.lose();
  }
}

const pixel = (): ArrayBuffer => Uint8Array.from([1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 2, 3, 4]).buffer;
const events = { onRectangle: vi.fn(), onPointer: vi.fn(), onCursor: vi.fn(), onSize: vi.fn(), onOpen: vi.fn(), onState: vi.fn() };
let opened: number;
let address: () => Promise<PictureAddress>;
const start = (): PictureSocket => new PictureSocket(() => address(), events, (url) => new Wire(url) as unknown as WebSocket);
const last = (): Wire => {
  const wire = Wire.all.at(-1);
  if (!wire) throw new Error("nothing was opened");
  return wire;
};

beforeEach(() => {
  vi.useFakeTimers();
  Object.values(events).forEach((event) => event.mockReset());
  Wire.all = [];
  opened = 0;
  address = () => Promise.resolve({ url: "ws://127.0.0.1:9/", token: `token-${(opened += 1)}`, surface: false });
});
afterEach(() => vi.useRealTimers());

test("the token is the first message, and each message is acknowledged after it was handed out", async () => {
  start();
  await vi.advanceTimersByTimeAsync(0);
  last().open();
  expect(last().sent).toEqual(["token-1"]);
  last().onmessage?.({ data: pixel() });
  expect(events.onRectangle).toHaveBeenCalledOnce();
  expect(last().sent[1]).toEqual(new Uint8Array(0));
  last().onmessage?.({ data: new ArrayBuffer(3) });
  last().onmessage?.({ data: Uint8Array.from([2, 0, 5, 0, 6, 0]).buffer });
  expect(events.onPointer).toHaveBeenCalledWith({ kind: "pointer", x: 5, y: 6 });
  expect(last().sent).toHaveLength(4);
  last().onmessage?.({ data: Uint8Array.from([4, ...Array<number>(15).fill(0)]).buffer });
  expect(events.onCursor).toHaveBeenCalledWith({ kind: "cursor", cursor: "hidden" });
  expect(last().sent).toHaveLength(5);
  last().onmessage?.({ data: "text" });
  expect(last().sent).toHaveLength(5);
});

test("where the app paints, the page is told the size, says the place, and acknowledges what is seen", async () => {
  address = () => Promise.resolve({ url: "ws://127.0.0.1:9/", token: "t", surface: true });
  const socket = start();
  socket.place({ surface: "none" });
  await vi.advanceTimersByTimeAsync(0);
  last().open();
  expect(events.onOpen).toHaveBeenCalledWith(true);
  last().onmessage?.({ data: Uint8Array.from([3, 0, 128, 7, 56, 4]).buffer });
  expect(events.onSize).toHaveBeenCalledWith({ kind: "size", width: 1920, height: 1080 });
  socket.place({ surface: "none" });
  expect(last().sent.slice(2)).toEqual(['{"surface":"none"}']);
  last().onmessage?.({ data: pixel() });
  last().onmessage?.({ data: Uint8Array.from([2, 0, 5, 0, 6, 0]).buffer });
  // In their order, so that the one that is seen late holds the other back.
  expect(last().sent).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(100);
  expect(last().sent).toHaveLength(5);
});

test("input goes out as JSON only while connected", async () => {
  const socket = start();
  expect(socket.send({ input: "release_all" })).toBe(false);
  await vi.advanceTimersByTimeAsync(0);
  last().open();
  expect(socket.send({ input: "key", code: "KeyA", key: "a", how: "character", pressed: true })).toBe(true);
  expect(last().sent[1]).toBe('{"input":"key","code":"KeyA","key":"a","how":"character","pressed":true}');
});

test("a full socket leaves moves out and never a key", async () => {
  const socket = start();
  await vi.advanceTimersByTimeAsync(0);
  last().open();
  last().bufferedAmount = 1_000_000;
  expect(socket.send({ input: "move", order: 1, x: 1, y: 1 })).toBe(false);
  expect(socket.send({ input: "release_all" })).toBe(true);
});

test("a lost connection comes back with a new address, each attempt later than the last", async () => {
  start();
  await vi.advanceTimersByTimeAsync(0);
  last().open();
  last().lose();
  expect(events.onState).toHaveBeenLastCalledWith("lost");
  await vi.advanceTimersByTimeAsync(199);
  expect(Wire.all).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(Wire.all).toHaveLength(2);
  last().lose();
  await vi.advanceTimersByTimeAsync(399);
  expect(Wire.all).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  last().open();
  expect(last().sent).toEqual(["token-3"]);
  expect(events.onState).toHaveBeenLastCalledWith("open");
});

test("an address that cannot be had is asked for again", async () => {
  address = () => Promise.reject(new Error("no session"));
  start();
  await vi.advanceTimersByTimeAsync(0);
  expect(events.onState).toHaveBeenLastCalledWith("lost");
  address = () => Promise.resolve({ url: "ws://127.0.0.1:9/", token: "t", surface: false });
  await vi.advanceTimersByTimeAsync(200);
  expect(Wire.all).toHaveLength(1);
});

test("after close nothing is opened, handed out or tried again", async () => {
  const socket = start();
  await vi.advanceTimersByTimeAsync(0);
  const wire = last();
  wire.open();
  socket.close();
  expect(wire.closed).toBe(true);
  wire.onmessage?.({ data: pixel() });
  expect(events.onRectangle).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(Wire.all).toHaveLength(1);

  const late = start();
  late.close();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(Wire.all).toHaveLength(1);
});
