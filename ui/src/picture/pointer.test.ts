import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { InputEvent } from "../generated/protocol";
import { Notches, onScreen, PointerInput, wheelUnits } from "./pointer";

let sent: InputEvent[];
beforeEach(() => {
  sent = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());
const pointer = (): PointerInput => new PointerInput((event) => sent.push(event));
const kinds = (): string[] => sent.map((event) => event.input);
const wheel = (init: WheelEventInit): WheelEvent => new WheelEvent("wheel", init);

test("a place is found in a picture that is shown smaller, and kept on the screen", () => {
  const box = { left: 100, top: 50, width: 640, height: 400 };
  const screen = { width: 1280, height: 800 };
  expect(onScreen({ x: 100, y: 50 }, box, screen)).toEqual({ x: 0, y: 0 });
  expect(onScreen({ x: 420, y: 250 }, box, screen)).toEqual({ x: 640, y: 400 });
  expect(onScreen({ x: 739.9, y: 449.9 }, box, screen)).toEqual({ x: 1279, y: 799 });
  expect(onScreen({ x: 5_000, y: -5_000 }, box, screen)).toEqual({ x: 1279, y: 0 });
});

test("a place in a picture without size is none", () => {
  expect(onScreen({ x: 1, y: 1 }, { left: 0, top: 0, width: 0, height: 10 }, { width: 5, height: 5 })).toBeNull();
  expect(onScreen({ x: Number.NaN, y: 1 }, { left: 0, top: 0, width: 9, height: 10 }, { width: 5, height: 5 })).toBeNull();
});

test("a move is sent at once, and of those that follow it too soon the newest", () => {
  const input = pointer();
  input.move({ x: 1, y: 1 });
  expect(sent).toMatchObject([{ input: "move", x: 1, y: 1 }]);
  input.move({ x: 2, y: 2 });
  input.move({ x: 3, y: 3 });
  expect(sent).toHaveLength(1);
  vi.advanceTimersByTime(4);
  expect(sent.slice(1)).toMatchObject([{ input: "move", x: 3, y: 3 }]);
  vi.advanceTimersByTime(16);
  expect(sent).toHaveLength(2);
  input.move({ x: 4, y: 4 });
  expect(sent.slice(2)).toMatchObject([{ input: "move", x: 4, y: 4 }]);
});

test("what waits when everything is released is not sent", () => {
  const input = pointer();
  input.move({ x: 1, y: 1 });
  input.move({ x: 2, y: 2 });
  input.reset();
  vi.advanceTimersByTime(100);
  expect(sent).toHaveLength(1);
});

test("the move that waits goes before a button, and orders grow", () => {
  const input = pointer();
  input.move({ x: 0, y: 0 });
  input.move({ x: 1, y: 1 });
  sent = [];
  input.button(0, true, { x: 3, y: 3 });
  input.move({ x: 4, y: 4 });
  input.button(0, false, { x: 5, y: 5 });
  expect(kinds()).toEqual(["move", "button", "move", "button"]);
  const [first, , second] = sent;
  if (first?.input !== "move" || second?.input !== "move") throw new Error("no moves");
  expect(second.order).toBeGreaterThan(first.order);
  expect(sent[1]).toEqual({ input: "button", button: "left", pressed: true, x: 3, y: 3 });
});

test("a button that did not go down here does not go up, and unknown buttons are none", () => {
  const input = pointer();
  input.button(2, false, { x: 1, y: 1 });
  input.button(17, true, { x: 1, y: 1 });
  input.button(-1, true, { x: 1, y: 1 });
  expect(sent).toEqual([]);
  input.button(3, true, { x: 1, y: 1 });
  expect(sent).toMatchObject([{ button: "back", pressed: true }]);
  input.reset();
  input.button(3, false, { x: 1, y: 1 });
  expect(sent).toHaveLength(1);
});

test("pixels make notches once there are enough, and turning round starts anew", () => {
  const notches = new Notches();
  expect(notches.add(50)).toBe(0);
  expect(notches.add(50)).toBe(0);
  expect(notches.add(50)).toBe(120);
  expect(notches.add(80)).toBe(0);
  expect(notches.add(-119)).toBe(0);
  expect(notches.add(-1)).toBe(-120);
});

test("a wheel that says nothing or too much stays within the wire's numbers", () => {
  const notches = new Notches();
  expect(notches.add(Number.NaN)).toBe(0);
  expect(notches.add(Number.POSITIVE_INFINITY)).toBe(0);
  expect(notches.add(1e9)).toBe(32_760);
  expect(new Notches().add(-1e9)).toBe(-32_760);
});

test("wheels are read as notches where told, else as pixels, lines or pages", () => {
  expect(wheelUnits(wheel({ deltaY: 100, deltaMode: 0 }))).toEqual({ dx: 0, dy: 120 });
  expect(wheelUnits(wheel({ deltaY: -3, deltaMode: 1 }))).toEqual({ dx: 0, dy: -120 });
  expect(wheelUnits(wheel({ deltaX: 1, deltaMode: 2 }))).toEqual({ dx: 120, dy: 0 });
  expect(wheelUnits(Object.assign(wheel({ deltaY: 53 }), { wheelDeltaX: 0, wheelDeltaY: -120 }))).toEqual({ dx: -0, dy: 120 });
});

test("the wheel is sent in whole notches", () => {
  const input = pointer();
  input.wheel(wheel({ deltaY: 60 }), { x: 1, y: 2 });
  expect(sent).toEqual([]);
  input.wheel(wheel({ deltaY: 60 }), { x: 1, y: 2 });
  expect(sent).toEqual([{ input: "wheel", dx: 0, dy: 120, x: 1, y: 2 }]);
});
