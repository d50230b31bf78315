/** Everything larger, by key and in the settings. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { desktopPlace } from "../host";
import { FakeHost } from "../host/fake";
import { samples } from "../host/samples";
import { Zoom } from "./zoom.svelte";

let zoomed: number[];
let zoom: Zoom;
const zooming = (): Zoom => new Zoom((factor) => {
  zoomed.push(factor);
  return Promise.resolve();
});
beforeEach(() => {
  localStorage.clear();
  zoomed = [];
  zoom = zooming();
});
afterEach(() => vi.unstubAllGlobals());

const press = (key: string, init: KeyboardEventInit = { ctrlKey: true }): boolean => {
  const event = new KeyboardEvent("keydown", { key, cancelable: true, ...init });
  zoom.onkeydown(event);
  return event.defaultPrevented;
};

test("Ctrl with + goes up to 200 % and no further, with - and 0 back", () => {
  for (let count = 0; count < 6; count += 1) expect(press("+")).toBe(true);
  expect(zoomed).toEqual([1.25, 1.5, 1.75, 2]);
  press("-");
  expect(zoom.current).toBe(1.75);
  press("0");
  expect(zoom.current).toBe(1);
  press("-");
  expect(zoom.current).toBe(1);
});

test("other keys, and keys that went to the user's machine, change nothing", () => {
  expect(press("+", {})).toBe(false);
  expect(press("a")).toBe(false);
  expect(press("+", { ctrlKey: true, altKey: true })).toBe(false);
  const taken = new KeyboardEvent("keydown", { key: "+", ctrlKey: true, cancelable: true });
  taken.preventDefault();
  zoom.onkeydown(taken);
  expect(zoomed).toEqual([]);
});

test("it is kept, and what is no step of it is not taken over", () => {
  zoom.set(1.5);
  zoomed = [];
  expect(zooming().current).toBe(1.5);
  expect(zoomed).toEqual([1.5]);
  localStorage.setItem("renfort.zoom", "40");
  expect(zooming().current).toBe(1);
});

test("where the window has a zoom of its own there is none of ours", () => {
  const host = new FakeHost(samples.home("en"));
  expect(host.place).toBe(desktopPlace);
  const none = new Zoom(null);
  const event = new KeyboardEvent("keydown", { key: "+", ctrlKey: true, cancelable: true });
  none.onkeydown(event);
  expect(none.possible).toBe(false);
  expect(event.defaultPrevented).toBe(false);
});
