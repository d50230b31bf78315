import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DOT, drawn, drawsUsers, factor, own, remembering, type Png } from "./drawn";
import { CURSOR_SLOTS, type CursorImage } from "./shape";

const image = (width: number, height: number, x = 0, y = 0): CursorImage => ({ width, height, x, y, pixels: new Uint8ClampedArray(width * height * 4) });
const png: Png = (of, width, height) => (of === DOT ? `dot-${width}` : `${width}x${height}`);
const scene = { allowed: true, over: true, theirs: false, cursor: image(24, 24) };

beforeEach(() => vi.stubGlobal("CSS", { supports: () => true }));
afterEach(() => vi.unstubAllGlobals());

test("where the technician points there is no second pointer", () => {
  expect(drawsUsers(scene)).toBe(false);
});

test("the user's pointer is seen while only viewing, while the technician is elsewhere, and when its user moves it", () => {
  expect(drawsUsers({ ...scene, allowed: false })).toBe(true);
  expect(drawsUsers({ ...scene, over: false })).toBe(true);
  expect(drawsUsers({ ...scene, theirs: true })).toBe(true);
  expect(drawsUsers({ ...scene, allowed: false, cursor: null })).toBe(true);
});

test("what the user does not see is not drawn for them either", () => {
  for (const allowed of [true, false]) expect(drawsUsers({ ...scene, allowed, over: false, theirs: true, cursor: "hidden" })).toBe(false);
});

test("a cursor goes with the picture's size, within what can still be seen and what browsers take", () => {
  expect(factor(image(24, 24), 1)).toBe(1);
  expect(factor(image(48, 48), 0.5)).toBe(0.5);
  expect(factor(image(24, 24), 0.25)).toBeCloseTo(16 / 24);
  expect(factor(image(8, 8), 0.25)).toBe(1);
  expect(factor(image(96, 64), 2)).toBeCloseTo(128 / 96);
  expect(drawn(image(48, 40, 10, 20), 0.5, png)).toEqual({ url: "48x40", width: 24, height: 20, x: 5, y: 10 });
});

test("the technician's own pointer has the shape and its hot spot", () => {
  expect(own(image(24, 24, 4, 3), 1, 1, png)).toBe('url("24x24") 4 3, default');
  expect(own(image(48, 48, 47, 10), 0.5, 1, png)).toBe('url("24x24") 23 5, default');
  // The middle of the pixel that points, not its corner.
  expect(own(image(20, 20, 10, 10), 2, 1, png)).toBe('url("40x40") 21 21, default');
});

test("on a dense screen it is as sharp as there are pixels, where the browser can", () => {
  expect(own(image(24, 24, 4, 3), 1, 2, png)).toBe('image-set(url("48x48") 2x) 4 3, default');
  vi.stubGlobal("CSS", { supports: () => false });
  expect(own(image(24, 24, 4, 3), 1, 2, png)).toBe('url("24x24") 4 3, default');
});

test("the address of a shape is made once for each size, also when the shape comes again", () => {
  const make = vi.fn(png);
  const draw = remembering(make);
  const shape = (colour: number): CursorImage => ({ ...image(4, 4), pixels: new Uint8ClampedArray(64).fill(colour) });
  for (const _ of [1, 2]) {
    expect(draw(shape(1), 4, 4)).toBe("4x4");
    expect(draw(shape(1), 8, 8)).toBe("8x8");
    expect(draw(shape(2), 4, 4)).toBe("4x4");
  }
  expect(make).toHaveBeenCalledTimes(3);
  // Of as many other shapes as have a slot, the one that was used longest ago goes.
  for (let colour = 3; colour < CURSOR_SLOTS + 2; colour += 1) draw(shape(colour), 4, 4);
  make.mockClear();
  draw(shape(2), 4, 4);
  expect(make).not.toHaveBeenCalled();
  draw(shape(1), 4, 4);
  expect(make).toHaveBeenCalledOnce();
});

test("what could not be drawn is tried again", () => {
  const draw = remembering(vi.fn(png).mockReturnValueOnce(""));
  expect([draw(DOT, 9, 9), draw(DOT, 9, 9)]).toEqual(["", "dot-9"]);
});

test("hidden, it is a dot; unknown or not to be drawn, an arrow", () => {
  expect(own("hidden", 0.3, 1, png)).toBe('url("dot-9") 4 4, default');
  expect(own(null, 1, 1, png)).toBe("default");
  expect(own(image(24, 24), 1, 1, () => "")).toBe("default");
});

test("the dot is dark within bright, and nothing at its corners", () => {
  const pixel = (x: number, y: number): number[] => [...DOT.pixels.subarray((y * DOT.width + x) * 4, (y * DOT.width + x) * 4 + 4)];
  expect(pixel(4, 4)).toEqual([0x20, 0x20, 0x20, 255]);
  expect(pixel(4, 0)).toEqual([255, 255, 255, 255]);
  expect(pixel(0, 0)[3]).toBe(0);
});
