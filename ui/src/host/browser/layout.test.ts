import { afterEach, expect, test, vi } from "vitest";
import { type KeyMap, layoutOf, ownLayout } from "./layout";
import layouts from "./layouts.json";

const CODES = [
  "Backquote Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal",
  "KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight Backslash",
  "KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote",
  "KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash",
].map((row) => row.split(" "));

const map = (name: keyof typeof layouts): Map<string, string> => new Map(CODES.flatMap((codes, row) => codes.map((code, at) => [code, [...(layouts[name][row] ?? "")][at] ?? ""] as const)));
afterEach(() => vi.unstubAllGlobals());

test("each layout has a meaning for every key and is told from the others", () => {
  for (const name of Object.keys(layouts) as (keyof typeof layouts)[]) {
    expect([...map(name).values()].every((meaning) => meaning !== ""), name).toBe(true);
    const found = layoutOf(map(name));
    expect(found && (found.variant ? `${found.layout}(${found.variant})` : found.layout)).toBe(name);
  }
});

test("dead keys may be written in any way or be left out", () => {
  const french = map("fr");
  french.set("BracketLeft", "\u0302");
  expect(layoutOf(french)).toEqual({ layout: "fr", variant: null });
  french.delete("BracketLeft");
  expect(layoutOf(french)).toEqual({ layout: "fr", variant: null });
});

test("a layout that is none of these, or of which too little is told, has no name", () => {
  expect(layoutOf(map("us").set("KeyQ", "'"))).toBeNull();
  expect(layoutOf(new Map([...map("us")].slice(0, 20)))).toBeNull();
  expect(layoutOf(new Map())).toBeNull();
});

test("a browser that cannot or may not tell gives none", async () => {
  const asked = (keyboard: unknown): Promise<unknown> => {
    vi.stubGlobal("navigator", { keyboard });
    return ownLayout();
  };
  expect(await asked(undefined)).toBeNull();
  expect(await asked({})).toBeNull();
  expect(await asked({ getLayoutMap: () => Promise.reject(new Error("not in a frame")) })).toBeNull();
  expect(await asked({ getLayoutMap: () => Promise.resolve(map("be") as KeyMap) })).toEqual({ layout: "be", variant: null });
});
