import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ScreenPainter, type FrameSource } from "./paint";

type Frame = Parameters<Parameters<FrameSource>[1]>[0];
const track = {} as MediaStreamTrack;
let give: (frame: Frame) => void;
let stopped: number;
let released: string[];
let drawn: unknown[];
let painted: number;
let painter: ScreenPainter;
const source: FrameSource = (_, onFrame) => {
  give = onFrame;
  return () => (stopped += 1);
};
const frame = (name: string, width = 1280, height = 802): Frame => ({ image: name as unknown as CanvasImageSource, width, height, release: () => released.push(name) });
const events = { onSize: vi.fn(), onPointer: vi.fn(), onState: vi.fn() };
const canvas = (): HTMLCanvasElement => {
  const element = document.createElement("canvas");
  element.getContext = (() => ({ drawImage: (image: unknown) => drawn.push(image) })) as unknown as HTMLCanvasElement["getContext"];
  return element;
};

beforeEach(() => {
  [stopped, painted, released, drawn] = [0, 0, [], []];
  Object.values(events).forEach((event) => event.mockReset());
  painter = new ScreenPainter(() => (painted += 1), source);
});
afterEach(() => painter.close());

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
  give(frame("a"));
  expect([painted, drawn]).toEqual([0, []]);
  painter.attach(canvas(), events);
  expect(drawn).toEqual(["a"]);
  expect(events.onPointer).toHaveBeenCalledWith({ x: 3, y: 4 });
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
