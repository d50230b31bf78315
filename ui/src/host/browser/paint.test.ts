import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { begin, solid, update } from "../../picture/composition/sample";
import type { Frame, FrameSource } from "./frames";
import { ScreenPainter } from "./paint";
import type { UpdateChannel } from "./peer";

const track = {} as MediaStreamTrack;
let give: (frame: Frame) => void;
let stopped: number;
let released: string[];
let drawn: unknown[];
let painted: number;
let put: number[][];
let malformed: string[];
let answers: number;
let closed: number;
let painter: ScreenPainter;
const source: FrameSource = (_, onFrame) => {
  give = onFrame;
  return () => (stopped += 1);
};
const frame = (name: string, width = 1280, height = 802): Frame => ({ image: name as unknown as CanvasImageSource, width, height, timestamp: 1, lasts: true, pixels: () => Promise.reject(new Error("nobody asks")), release: () => released.push(name) });
const events = { onSize: vi.fn(), onPointer: vi.fn(), onCursor: vi.fn(), onState: vi.fn() };
const canvas = (): HTMLCanvasElement => {
  const element = document.createElement("canvas");
  element.getContext = (() => ({
    drawImage: (image: unknown) => drawn.push(image),
    putImageData: (_: unknown, ...where: number[]) => put.push(where.slice(2)),
  })) as unknown as HTMLCanvasElement["getContext"];
  return element;
};

const channel = (): UpdateChannel => ({ onMessage: () => undefined, onClose: () => undefined, send: () => (answers += 1), close: () => (closed += 1) });

beforeEach(() => {
  [stopped, painted, released, drawn, put, malformed, answers, closed] = [0, 0, [], [], [], [], 0, 0];
  vi.stubGlobal("ImageData", class {});
  Object.values(events).forEach((event) => event.mockReset());
  painter = new ScreenPainter(
    () => (painted += 1),
    (reason) => malformed.push(reason),
    source,
    (act) => act(),
  );
});
afterEach(() => {
  painter.close();
  vi.unstubAllGlobals();
});

test("frames are painted as they come, and each is given back when the next one is there", () => {
  const element = canvas();
  painter.attach(element, events);
  painter.follow(track);
  give(frame("a"));
  give(frame("b"));
  expect(drawn).toEqual(["a", "b"]);
  expect(released).toEqual(["a"]);
  expect([element.width, element.height]).toEqual([1280, 802]);
  expect(events.onSize).toHaveBeenCalledOnce();
  expect(painted).toBe(2);
});

test("a canvas that comes later shows what is there, and the user's pointer", () => {
  painter.follow(track);
  painter.point(3, 4);
  painter.look({ width: 2, height: 1, x: 1, y: 0, pixels: "gAECAwQ=" });
  give(frame("a"));
  expect([painted, drawn]).toEqual([0, []]);
  painter.attach(canvas(), events);
  expect(drawn).toEqual(["a"]);
  expect(events.onPointer).toHaveBeenCalledWith({ x: 3, y: 4 });
  expect(events.onCursor).toHaveBeenCalledWith({ width: 2, height: 1, x: 1, y: 0, pixels: Uint8ClampedArray.of(1, 2, 3, 4, 1, 2, 3, 4) });
  painter.look(null);
  expect(events.onCursor).toHaveBeenLastCalledWith("hidden");
  expect(events.onState).toHaveBeenCalledWith("open");
});

test("the line and column that only the codec needs are left out", () => {
  const element = canvas();
  painter.attach(element, events);
  painter.follow(track);
  painter.resize(1279, 801);
  give(frame("a", 1280, 802));
  expect(events.onSize).toHaveBeenLastCalledWith({ width: 1279, height: 801 });
  // The screen has another size already, the picture not yet.
  painter.resize(1920, 1080);
  expect(events.onSize).toHaveBeenLastCalledWith({ width: 1280, height: 802 });
  give(frame("b", 1920, 1080));
  expect([element.width, element.height]).toEqual([1920, 1080]);
});

test("a new connection's track takes the place of the old one's", () => {
  painter.attach(canvas(), events);
  painter.follow(track);
  painter.follow(track);
  expect(stopped).toBe(1);
});

test("after close nothing is painted, and every frame is given back", () => {
  painter.attach(canvas(), events);
  painter.follow(track);
  give(frame("a"));
  painter.close();
  give(frame("b"));
  expect(drawn).toEqual(["a"]);
  expect(released).toEqual(["a", "b"]);
});

test("a canvas that was left is not painted on, though another one took its place", () => {
  const [first, second] = [canvas(), canvas()];
  painter.attach(first, events);
  painter.attach(second, events);
  painter.detach(first);
  painter.follow(track);
  give(frame("a"));
  expect(second.width).toBe(1280);
  expect(first.width).not.toBe(1280);
});

describe("updates", () => {
  const message = (to: UpdateChannel, ...bytes: number[]): void => to.onMessage(Uint8Array.from([1, ...bytes]));
  let updates: UpdateChannel;
  let element: HTMLCanvasElement;

  beforeEach(() => {
    element = canvas();
    painter.attach(element, events);
    painter.follow(track);
    updates = channel();
    painter.compose(updates);
  });

  test("take the place of video, and are painted where they changed", () => {
    give(frame("a"));
    expect(drawn).toEqual(["a"]);
    message(updates, ...update(1, 0, begin(101, 80)));
    expect([released, element.width, put]).toEqual([["a"], 101, [[]]]);
    expect(events.onSize).toHaveBeenLastCalledWith({ width: 101, height: 80 });
    // A codec can only say even sizes; pixels say them all.
    painter.resize(99, 79);
    put = [];
    message(updates, ...update(2, 1, solid([3, 4, 5, 6], 0xff0000), solid([50, 0, 1, 1], 0xff0000)));
    expect([put, answers, element.width]).toEqual([[[3, 4, 5, 6], [50, 0, 1, 1]], 4, 101]);
    give(frame("b"));
    expect(drawn).toEqual(["a"]);
    expect(painted).toBeGreaterThan(2);
  });

  test("of many places are painted as one", () => {
    message(updates, ...update(1, 0, begin(100, 80)));
    put = [];
    message(updates, ...update(2, 1, ...Array.from({ length: 20 }, (_, place) => solid([4 * place, 3 * place, 2, 2], 0xff0000))));
    expect(put).toEqual([[0, 0, 78, 59]]);
  });

  test("are shown, whole, on a canvas that comes later", () => {
    message(updates, ...update(1, 0, begin(100, 80)));
    put = [];
    const later = canvas();
    painter.attach(later, events);
    expect([later.width, put]).toEqual([100, [[]]]);
  });

  test("that no honest sharer sends are told of", () => {
    message(updates, 0xff);
    expect(malformed).toHaveLength(1);
  });

  test("end with their channel, and with their connection: then there is video", () => {
    message(updates, ...update(1, 0, begin(100, 80)));
    updates.onClose();
    give(frame("a"));
    expect(drawn).toEqual(["a"]);
    painter.compose(channel());
    painter.follow(track);
    message(updates, ...update(2, 1, solid([0, 0, 1, 1], 0)));
    give(frame("b"));
    expect([drawn, answers]).toEqual([["a", "b"], 2]);
  });

  test("that this browser cannot show are given up, now and on later connections", () => {
    message(updates, ...update(1, 0, begin(100, 80)));
    give({ ...frame("a"), timestamp: null });
    expect([closed, released, drawn]).toEqual([1, ["a"], []]);
    give(frame("b"));
    expect(drawn).toEqual(["b"]);
    painter.follow(track);
    const next = channel();
    painter.compose(next);
    message(next, ...update(1, 0, begin(100, 80)));
    expect([closed, answers]).toEqual([2, 2]);
  });
});
