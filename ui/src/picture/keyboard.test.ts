import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { InputEvent } from "../generated/protocol";
import { asksToType, FREE_MS, KeyboardInput, type KeyEvent, SPECIAL_KEYS } from "./keyboard";

let sent: string[];
let freed: number;
beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  freed = 0;
});
afterEach(() => vi.useRealTimers());

const record = (event: InputEvent): void => {
  if (event.input === "key") sent.push(`${event.pressed ? "+" : "-"}${event.code}:${event.key}${event.how === "physical" ? "@" : ""}`);
  else if (event.input === "locks") sent.push(`caps:${event.caps} num:${event.num}`);
};
const keyboard = (windows = false): KeyboardInput => new KeyboardInput(record, () => (freed += 1), windows);
const key = (code: string, name: string, change: Partial<KeyEvent> = {}): KeyEvent => ({
  code,
  key: name,
  isComposing: false,
  keyCode: 0,
  repeat: false,
  timeStamp: 0,
  shiftKey: true,
  ctrlKey: true,
  altKey: true,
  getModifierState: () => false,
  ...change,
});

test("a key goes down and up with its place and meaning; that it is held is left to the user's system to repeat", () => {
  const keys = keyboard();
  expect(keys.down(key("KeyA", "a"))).toBe(true);
  keys.down(key("KeyA", "a", { repeat: true }));
  // Some webviews do not say that it is one.
  expect(keys.down(key("KeyA", "a"))).toBe(true);
  expect(keys.up(key("KeyA", "a"))).toBe(true);
  expect(sent).toEqual(["+KeyA:a", "-KeyA:a"]);
});

test("a key goes up as it went down, although Shift went up in between", () => {
  const keys = keyboard();
  keys.down(key("ShiftLeft", "Shift"));
  keys.down(key("Digit1", "!"));
  keys.up(key("ShiftLeft", "Shift"));
  keys.up(key("Digit1", "1"));
  expect(sent.at(-1)).toBe("-Digit1:!");
});

test("a key that did not go down here does not go up", () => {
  const keys = keyboard();
  expect(keys.up(key("Tab", "Tab"))).toBe(false);
  keys.down(key("KeyA", "a"));
  keys.reset();
  keys.up(key("KeyA", "a"));
  expect(sent).toEqual(["+KeyA:a"]);
});

test("the Windows key has one name, whatever the webview calls it", () => {
  const keys = keyboard();
  keys.down(key("OSLeft", "OS"));
  keys.up(key("OSLeft", "OS"));
  keys.down(key("MetaLeft", "Super"));
  expect(sent).toEqual(["+MetaLeft:Meta", "-MetaLeft:Meta", "+MetaLeft:Meta"]);
});

test("dead keys and input methods are left to compose, and their text is typed", () => {
  const keys = keyboard();
  expect(keys.down(key("BracketLeft", "Dead"))).toBe(false);
  expect(keys.down(key("KeyE", "e", { isComposing: true }))).toBe(false);
  expect(keys.down(key("KeyE", "Process", { keyCode: 229 }))).toBe(false);
  expect(sent).toEqual([]);
  keys.text("ê👍\n");
  expect(sent).toEqual(["+Unidentified:ê", "-Unidentified:ê", "+Unidentified:👍", "-Unidentified:👍", "+Unidentified:Enter", "-Unidentified:Enter"]);
});

test("a character that AltGr makes comes with AltGr, without the Ctrl that Windows adds", () => {
  const keys = keyboard(true);
  keys.down(key("ControlLeft", "Control", { timeStamp: 1_000 }));
  keys.down(key("AltRight", "AltGraph", { timeStamp: 1_001 }));
  keys.down(key("Digit0", "@", { timeStamp: 1_100 }));
  vi.advanceTimersByTime(1_000);
  expect(sent).toEqual(["+AltRight:AltGraph", "+Digit0:@"]);
});

test("AltGr goes by its place without the Ctrl that Windows adds, too; a Ctrl that was held before it stays", () => {
  const keys = keyboard(true);
  keys.mode = "physical";
  keys.down(key("ControlLeft", "Control", { timeStamp: 1_000 }));
  keys.down(key("AltRight", "AltGraph", { timeStamp: 1_000 }));
  keys.up(key("ControlLeft", "Control"));
  keys.up(key("AltRight", "AltGraph"));
  expect(sent.filter((each) => !each.startsWith("caps"))).toEqual(["+AltRight:AltGraph@", "-AltRight:AltGraph@"]);
  sent = [];
  keys.down(key("ControlLeft", "Control", { timeStamp: 9_000 }));
  vi.advanceTimersByTime(31);
  keys.down(key("AltRight", "AltGraph", { timeStamp: 9_100 }));
  expect(sent).toEqual(["+ControlLeft:Control@", "+AltRight:AltGraph@"]);
});

test("AltGr pressed twice on Windows is no Ctrl pressed twice", () => {
  const keys = keyboard(true);
  for (const timeStamp of [1_000, 1_200]) {
    keys.down(key("ControlLeft", "Control", { timeStamp }));
    keys.down(key("AltRight", "AltGraph", { timeStamp }));
    keys.up(key("ControlLeft", "Control", { timeStamp }));
    keys.up(key("AltRight", "AltGraph", { timeStamp }));
  }
  expect(freed).toBe(0);
});

test("a Compose key is left to this machine by character, and goes by its place otherwise", () => {
  const keys = keyboard();
  expect(keys.down(key("AltRight", "Compose"))).toBe(false);
  expect(keys.up(key("AltRight", "Compose"))).toBe(false);
  expect(sent).toEqual([]);
  keys.mode = "physical";
  expect(keys.down(key("AltRight", "Compose"))).toBe(true);
  keys.up(key("AltRight", "Compose"));
  expect(sent.slice(1)).toEqual(["+AltRight:Compose@", "-AltRight:Compose@"]);
});

test("a held key that repeats is sent once by place, too, and so is a dead one", () => {
  const keys = byPlace();
  keys.down(key("KeyA", "a"));
  for (let times = 0; times < 5; times += 1) expect(keys.down(key("KeyA", "a", { repeat: true }))).toBe(true);
  keys.up(key("KeyA", "a"));
  keys.down(key("BracketLeft", "Dead"));
  keys.down(key("BracketLeft", "Dead", { repeat: true }));
  keys.up(key("BracketLeft", "Dead"));
  expect(sent.slice(1)).toEqual(["+KeyA:a@", "-KeyA:a@", "+BracketLeft:Dead@", "-BracketLeft:Dead@"]);
});

test("a Ctrl of the person's own is sent on Windows too, before the next key or by itself", () => {
  const keys = keyboard(true);
  keys.down(key("ControlLeft", "Control", { timeStamp: 1_000 }));
  keys.down(key("KeyC", "c", { timeStamp: 1_200 }));
  keys.up(key("KeyC", "c"));
  keys.up(key("ControlLeft", "Control"));
  expect(sent).toEqual(["+ControlLeft:Control", "+KeyC:c", "-KeyC:c", "-ControlLeft:Control"]);
  sent = [];
  keys.down(key("ControlLeft", "Control", { timeStamp: 9_000 }));
  vi.advanceTimersByTime(31);
  expect(sent).toEqual(["+ControlLeft:Control"]);
  keys.up(key("ControlLeft", "Control"));
  keys.down(key("ControlLeft", "Control", { timeStamp: 19_000 }));
  keys.up(key("ControlLeft", "Control"));
  expect(sent.slice(-2)).toEqual(["+ControlLeft:Control", "-ControlLeft:Control"]);
});

test("lamps are not switched on the user's keyboard", () => {
  const keys = keyboard();
  for (const lock of ["CapsLock", "NumLock", "ScrollLock"]) expect(keys.down(key(lock, lock))).toBe(true);
  expect(sent).toEqual([]);
});

test("names too long for the wire are not sent", () => {
  const keys = keyboard();
  expect(keys.down(key("X".repeat(33), "x"))).toBe(true);
  expect(keys.down(key("KeyX", "é".repeat(17)))).toBe(true);
  expect(sent).toEqual([]);
});

test("Ctrl twice frees the keyboard; with a key or a click between, or too slowly, it does not", () => {
  const keys = keyboard();
  const control = (timeStamp: number): void => {
    keys.down(key("ControlLeft", "Control", { timeStamp }));
    keys.up(key("ControlLeft", "Control", { timeStamp }));
  };
  control(1_000);
  control(1_000 + FREE_MS + 1);
  expect(freed).toBe(0);
  control(5_000);
  keys.down(key("KeyC", "c", { timeStamp: 5_050 }));
  keys.up(key("KeyC", "c"));
  control(5_100);
  expect(freed).toBe(0);
  control(9_000);
  keys.interrupt();
  control(9_100);
  expect(freed).toBe(0);
  control(12_000);
  control(12_200);
  expect(freed).toBe(1);
  keys.down(key("ControlLeft", "Control", { timeStamp: 20_000 }));
  keys.down(key("ControlLeft", "Control", { timeStamp: 20_030, repeat: true }));
  expect(freed).toBe(1);
});

test("special keys go down in order and up in reverse", () => {
  keyboard().special("ctrl_alt_del");
  expect(sent).toEqual([
    "+ControlLeft:Control", "+AltLeft:Alt", "+Delete:Delete",
    "-Delete:Delete", "-AltLeft:Alt", "-ControlLeft:Control",
  ]);
  expect(Object.keys(SPECIAL_KEYS)).toHaveLength(6);
});

function byPlace(): KeyboardInput {
  const keys = keyboard();
  keys.mode = "physical";
  return keys;
}
const lamps = (...on: string[]): Partial<KeyEvent> => ({ getModifierState: (name) => on.includes(name) });

test("by place every key is sent, also a dead one, and nothing that is composed here", () => {
  const keys = byPlace();
  expect(keys.down(key("BracketLeft", "Dead"))).toBe(true);
  keys.up(key("BracketLeft", "Dead"));
  expect(keys.down(key("KeyE", "Process", { keyCode: 229, isComposing: true }))).toBe(true);
  keys.up(key("KeyE", "ê"));
  keys.text("ê");
  expect(sent).toEqual(["caps:false num:null", "+BracketLeft:Dead@", "-BracketLeft:Dead@", "+KeyE:Process@", "-KeyE:Process@"]);
});

test("by place a key without a place goes by what it means", () => {
  const keys = byPlace();
  keys.down(key("", "é"));
  keys.down(key("Unidentified", "Dead"));
  expect(sent).toEqual(["+Unidentified:é", "-Unidentified:é"]);
});

test("by place the lamps are said with the first key and when they are others", () => {
  const keys = byPlace();
  const tap = (code: string, name: string, change: Partial<KeyEvent> = {}): void => {
    keys.down(key(code, name, change));
    keys.up(key(code, name));
  };
  tap("KeyA", "A", lamps("CapsLock"));
  tap("KeyB", "B", lamps("CapsLock"));
  tap("KeyC", "c");
  expect(sent.filter((each) => each.startsWith("caps"))).toEqual(["caps:true num:null", "caps:false num:null"]);
  sent = [];
  keys.reset();
  tap("KeyA", "a");
  expect(sent[0]).toBe("caps:false num:null");
  sent = [];
  // The key itself is the user's system's to act upon; what came of it is compared.
  tap("CapsLock", "CapsLock");
  tap("KeyA", "A", lamps("CapsLock"));
  expect(sent).toEqual(["+CapsLock:CapsLock@", "-CapsLock:CapsLock@", "caps:true num:null", "+KeyA:A@", "-KeyA:A@"]);
});

test("Num Lock is said where the browser tells of it, and by what a key of the pad means", () => {
  const keys = byPlace();
  const said = (code: string, name: string, change: Partial<KeyEvent> = {}): string[] => {
    sent = [];
    keys.down(key(code, name, change));
    keys.up(key(code, name));
    return sent.filter((each) => each.startsWith("caps"));
  };
  expect(said("Numpad7", "7", { shiftKey: false })).toEqual(["caps:false num:true"]);
  expect(said("KeyA", "a")).toEqual([]);
  expect(said("Numpad7", "Home", { shiftKey: false })).toEqual(["caps:false num:false"]);
  expect(said("Numpad7", "Home")).toEqual([]);
  expect(said("KeyA", "a", lamps("NumLock"))).toEqual(["caps:false num:true"]);
  expect(said("KeyA", "a")).toEqual(["caps:false num:false"]);
});

test("Ctrl twice frees the keyboard by place, too", () => {
  const keys = byPlace();
  for (const timeStamp of [1_000, 1_200]) {
    keys.down(key("ControlLeft", "Control", { timeStamp }));
    keys.up(key("ControlLeft", "Control", { timeStamp }));
  }
  expect(freed).toBe(1);
});

test("a key that is held while the mode changes goes up as it went down", () => {
  const keys = byPlace();
  keys.down(key("KeyA", "a"));
  keys.mode = "character";
  keys.up(key("KeyA", "a"));
  keys.down(key("KeyB", "b"));
  expect(sent.slice(1)).toEqual(["+KeyA:a@", "-KeyA:a@", "+KeyB:b"]);
});

test("the shortcut to type a text is the key that gives a t, whatever the layout", () => {
  const all = { ctrlKey: true, altKey: true, shiftKey: true };
  expect(asksToType({ code: "KeyT", key: "T", ...all })).toBe(true);
  expect(asksToType({ code: "KeyK", key: "t", ...all })).toBe(true);
  expect(asksToType({ code: "KeyT", key: "Е", ...all })).toBe(true);
  expect(asksToType({ code: "KeyT", key: "Y", ...all })).toBe(false);
  expect(asksToType({ code: "KeyT", key: "T", ...all, altKey: false })).toBe(false);
});

test("a modifier that an event says is up goes up, although nobody said so when it did", () => {
  const keys = keyboard();
  keys.down(key("ShiftLeft", "Shift"));
  keys.down(key("ControlLeft", "Control"));
  keys.down(key("KeyU", "u", { shiftKey: false }));
  expect(sent).toEqual(["+ShiftLeft:Shift", "+ControlLeft:Control", "-ShiftLeft:Shift", "+KeyU:u"]);
  keys.match({ shiftKey: false, ctrlKey: false, altKey: false });
  expect(sent.at(-1)).toBe("-ControlLeft:Control");
});

test("what is held when a dead key comes goes up, for nobody says when it does", () => {
  for (const keys of [keyboard(), byPlace()]) {
    sent = [];
    keys.down(key("ShiftLeft", "Shift"));
    keys.down(key("KeyA", "A"));
    keys.down(key("BracketLeft", "Dead"));
    expect(sent.filter((each) => each.startsWith("-")).map((each) => each.slice(0, 5))).toContain("-KeyA");
    expect(sent.join(" ")).not.toContain("-Shift");
  }
});

test("Alt is Alt, although X11 gives it another name under Shift", () => {
  const keys = keyboard();
  keys.down(key("AltLeft", "Meta"));
  keys.up(key("AltLeft", "Meta"));
  expect(sent).toEqual(["+AltLeft:Alt", "-AltLeft:Alt"]);
});
