import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { InputEvent as RemoteInput } from "../generated/protocol";
import { Input } from "./input";

let sent: RemoteInput[];
let denied: number;
let grabs: boolean[];
let frees: number;
let canvas: HTMLCanvasElement;
let keys: HTMLTextAreaElement;
let places: HTMLElement;
let input: Input;

beforeEach(() => {
  document.body.innerHTML = "<canvas tabindex=-1></canvas><textarea></textarea><div tabindex=0></div><button></button>";
  canvas = document.querySelector("canvas") as HTMLCanvasElement;
  keys = document.querySelector("textarea") as HTMLTextAreaElement;
  places = document.querySelector("div") as HTMLElement;
  canvas.width = 100;
  canvas.height = 100;
  canvas.getBoundingClientRect = () => ({ left: 0, top: 0, width: 100, height: 100 }) as DOMRect;
  [sent, denied, grabs, frees] = [[], 0, [], 0];
  input = new Input({ canvas, keys, places, send: (event) => sent.push(event), onDenied: () => (denied += 1), onGrab: (grabbed) => grabs.push(grabbed), onFree: () => (frees += 1) });
});
afterEach(() => input.destroy());

const kinds = (): string[] => sent.map((event) => event.input);
const mouse = (type: string, target: EventTarget, init: MouseEventInit = {}): boolean =>
  target.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, clientX: 10, clientY: 20, ...init }));
const press = (type: "keydown" | "keyup", init: KeyboardEventInit): boolean =>
  keys.dispatchEvent(new KeyboardEvent(type, { bubbles: true, cancelable: true, ...init }));

test("without control nothing is sent, and the person is told", () => {
  mouse("mousemove", canvas);
  mouse("mousedown", canvas);
  mouse("mouseup", canvas);
  canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: 500 }));
  press("keydown", { code: "KeyA", key: "a" });
  input.special("super");
  expect(sent).toEqual([]);
  expect(denied).toBe(3);
});

test("without control Tab still leads on", () => {
  expect(press("keydown", { code: "Tab", key: "Tab" })).toBe(true);
  input.allowed = true;
  expect(press("keydown", { code: "Tab", key: "Tab" })).toBe(false);
});

test("a click takes the keyboard and goes where it was made", () => {
  input.allowed = true;
  mouse("mousedown", canvas);
  expect(document.activeElement).toBe(keys);
  expect(grabs.at(-1)).toBe(true);
  mouse("mouseup", window);
  expect(sent).toEqual([
    { input: "button", button: "left", pressed: true, x: 10, y: 20 },
    { input: "button", button: "left", pressed: false, x: 10, y: 20 },
  ]);
});

test("a drag goes on outside the picture, and moves elsewhere are nobody's business", () => {
  input.allowed = true;
  mouse("mousemove", document.body);
  mouse("mousedown", canvas);
  mouse("mousemove", document.body, { clientX: 400 });
  mouse("mouseup", document.body, { clientX: 400 });
  expect(sent).toMatchObject([{ input: "button" }, { input: "move", x: 99 }, { input: "button", x: 99, pressed: false }]);
});

test("a move that waits goes before a key", () => {
  input.allowed = true;
  canvas.focus();
  mouse("mousemove", canvas);
  mouse("mousemove", canvas, { clientX: 11 });
  expect(kinds()).toEqual(["move"]);
  press("keydown", { code: "KeyA", key: "a" });
  expect(kinds()).toEqual(["move", "move", "key"]);
});

test("losing control, leaving the field, the window or the page releases everything", () => {
  input.allowed = true;
  canvas.focus();
  press("keydown", { code: "AltLeft", key: "Alt" });
  window.dispatchEvent(new Event("blur"));
  expect(kinds()).toEqual(["key", "release_all"]);
  press("keyup", { code: "AltLeft", key: "Alt" });
  expect(sent).toHaveLength(2);

  keys.blur();
  expect(kinds().filter((kind) => kind === "release_all")).toHaveLength(2);
  expect(grabs.at(-1)).toBe(false);

  input.allowed = false;
  expect(kinds().filter((kind) => kind === "release_all")).toHaveLength(3);
  input.destroy();
  expect(sent).toHaveLength(4);
});

test("closing the page while in control releases everything and hears no more", () => {
  input.allowed = true;
  input.destroy();
  expect(kinds()).toEqual(["release_all"]);
  mouse("mousedown", canvas);
  press("keydown", { code: "KeyA", key: "a" });
  expect(sent).toHaveLength(1);
});

test("Ctrl twice frees the keyboard and releases everything", () => {
  input.allowed = true;
  canvas.focus();
  const now = vi.spyOn(performance, "now");
  now.mockReturnValue(1_000);
  press("keydown", { code: "ControlRight", key: "Control" });
  press("keyup", { code: "ControlRight", key: "Control" });
  press("keydown", { code: "ControlRight", key: "Control" });
  expect(document.activeElement).not.toBe(keys);
  expect(frees).toBe(1);
  expect(kinds()).toContain("release_all");
});

test("composed text is typed once, and the field is empty for the next", () => {
  input.allowed = true;
  canvas.focus();
  keys.value = "é";
  keys.dispatchEvent(new CompositionEvent("compositionend", { data: "é" }));
  keys.dispatchEvent(new Event("input"));
  expect(sent).toMatchObject([{ key: "é", pressed: true }, { key: "é", pressed: false }]);
  expect(keys.value).toBe("");
});

test("by place another element has the keyboard, one that takes no text", () => {
  const dead = (on: HTMLElement): boolean => on.dispatchEvent(new KeyboardEvent("keydown", { code: "BracketLeft", key: "Dead", bubbles: true, cancelable: true }));
  expect([keys.hidden, places.hidden]).toEqual([false, true]);
  input.allowed = true;
  input.focus();
  expect(dead(keys)).toBe(true);
  input.mode = "physical";
  expect([keys.hidden, places.hidden, document.activeElement]).toEqual([true, false, places]);
  expect(kinds().filter((kind) => kind !== "release_all")).toEqual([]);
  expect(dead(places)).toBe(false);
  expect(sent.at(-1)).toEqual({ input: "key", code: "BracketLeft", key: "Dead", how: "physical", pressed: false });
  input.mode = "character";
  expect([keys.hidden, places.hidden, document.activeElement]).toEqual([false, true, keys]);
  expect(grabs.at(-1)).toBe(true);
});

test("a mode that changes while the keyboard is elsewhere takes nothing", () => {
  document.querySelector("button")?.focus();
  input.mode = "physical";
  expect(document.activeElement).toBe(document.querySelector("button"));
});
