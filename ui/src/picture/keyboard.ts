/**
 * The technician's keyboard, as input events: physical key and meaning, pressed and released, and which of the two counts.
 * By character, what an input method or a dead key composes comes as text and is sent character by character. By place,
 * nothing is composed here: the user's system does it, as for its own keyboard.
 *
 * Pressing Ctrl twice, with nothing in between, frees the keyboard in both modes: it harms no program on the other side
 * and every keyboard has the key. A held key is sent once; the user's system repeats it.
 * Invariant: a key goes up only if it went down here, and as it went down.
 */
import type { InputEvent, KeyMode } from "../generated/protocol";

/** Two presses of Ctrl within this time free the keyboard, in milliseconds. */
export const FREE_MS = 450;
/** On Windows AltGr also reports a left Ctrl, at most this long before, in milliseconds. */
const ALT_GR_MS = 30;
/** Longest name of a key on the wire, in bytes. */
const MAX_KEY_BYTES = 32;
/** By character their effect is already in each `key`; sent, they would turn on the user's own lamps. */
const LOCKS: ReadonlySet<string> = new Set(["CapsLock", "NumLock", "ScrollLock"]);
const COMPOSING: ReadonlySet<string> = new Set(["Dead", "Process", "Compose", "Unidentified", ""]);
/** What some webviews call the Windows key. */
const CODES: Readonly<Record<string, string>> = { OSLeft: "MetaLeft", OSRight: "MetaRight" };
const KEYS: Readonly<Record<string, string>> = { OS: "Meta", Super: "Meta", Win: "Meta" };
/** Keys that are held for others, with what an event says of them. */
const MODIFIERS: Readonly<Record<string, keyof Held | null>> = { Shift: "shiftKey", Control: "ctrlKey", Alt: "altKey", AltGraph: null, Meta: null };

export type SpecialKeys = "ctrl_alt_del" | "super" | "alt_tab" | "alt_f4" | "ctrl_shift_esc" | "print_screen";

/** Keys of the menu: code and meaning, in the order of pressing. */
export const SPECIAL_KEYS: Readonly<Record<SpecialKeys, readonly (readonly [code: string, key: string])[]>> = {
  ctrl_alt_del: [["ControlLeft", "Control"], ["AltLeft", "Alt"], ["Delete", "Delete"]],
  super: [["MetaLeft", "Meta"]],
  alt_tab: [["AltLeft", "Alt"], ["Tab", "Tab"]],
  alt_f4: [["AltLeft", "Alt"], ["F4", "F4"]],
  ctrl_shift_esc: [["ControlLeft", "Control"], ["ShiftLeft", "Shift"], ["Escape", "Escape"]],
  print_screen: [["PrintScreen", "PrintScreen"]],
};

/** Keys that Num Lock gives another meaning. */
const PAD = /^Numpad(\d|Decimal)$/;

/** What is read of a `KeyboardEvent`. */
export type KeyEvent = Pick<KeyboardEvent, "code" | "key" | "isComposing" | "keyCode" | "repeat" | "timeStamp" | "getModifierState"> & Held;
/** What an event, of the keyboard or the mouse, says is held. */
export type Held = Pick<KeyboardEvent, "shiftKey" | "ctrlKey" | "altKey">;
type Lamps = Extract<InputEvent, { input: "locks" }>;

/** The shortcut that opens "type a text"; it is never sent. */
export function asksToType(event: Pick<KeyboardEvent, "code" | "key" | "ctrlKey" | "altKey" | "shiftKey">): boolean {
  const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() === "t" : event.code === "KeyT";
  return event.ctrlKey && event.altKey && event.shiftKey && letter;
}

/** The meaning of a key, by one name. X11 calls Alt Meta while Shift is held. */
function meaning({ code, key }: Pick<KeyEvent, "code" | "key">): string {
  const name = KEYS[key] ?? key;
  return name === "Meta" && code.startsWith("Alt") ? "Alt" : name;
}

const bytes = (text: string): number => new TextEncoder().encode(text).length;

export class KeyboardInput {
  /** What counts, from the next key on. */
  mode: KeyMode = "character";
  /** Code of each key that is down, and what it meant then. */
  readonly #held = new Map<string, { readonly key: string; readonly how: KeyMode }>();
  /** The lamps as they were said last; null when they have to be said again. */
  #lamps: Lamps | null = null;
  /** This browser tells of Num Lock; some never do. */
  #tellsNumLock = false;
  #lastControl = Number.NEGATIVE_INFINITY;
  #control: ReturnType<typeof setTimeout> | undefined;
  #controlAt = 0;

  constructor(
    private readonly send: (event: InputEvent) => void,
    /** The person wants the keyboard back. */
    private readonly free: () => void,
    private readonly windows: boolean = /\bWindows\b/.test(navigator.userAgent),
  ) {}

  /** A key went down. True when it was taken, and the browser must not act on it. */
  down(event: KeyEvent): boolean {
    const code = CODES[event.code] ?? event.code;
    const key = meaning(event);
    // Some browsers say nothing of what is let go of after a dead key: what was written is written, what is held is told.
    if ((key === "Dead" || event.keyCode === 229) && !event.repeat) this.#releaseWriting();
    if (!(key in MODIFIERS)) this.match(event);
    const byPlace = this.mode === "physical" && code !== "" && code !== "Unidentified";
    if (!byPlace && (event.isComposing || event.keyCode === 229 || COMPOSING.has(key))) return false;
    const lock = LOCKS.has(code) || LOCKS.has(key);
    if ((lock && !byPlace) || bytes(code) > MAX_KEY_BYTES || bytes(key) > MAX_KEY_BYTES) return true;

    if (this.#control !== undefined) {
      if (code === "AltRight" && event.timeStamp - this.#controlAt <= ALT_GR_MS) this.#dropControl();
      else this.#pressControl();
    }
    if (key === "Control" && !event.repeat) {
      if (event.timeStamp - this.#lastControl <= FREE_MS) {
        this.#lastControl = Number.NEGATIVE_INFINITY;
        this.free();
        return true;
      }
      this.#lastControl = event.timeStamp;
    } else if (key !== "Control") {
      this.#lastControl = Number.NEGATIVE_INFINITY;
    }
    if (event.repeat || this.#held.has(code)) return true;
    if (this.windows && code === "ControlLeft") {
      this.#controlAt = event.timeStamp;
      this.#control = setTimeout(() => this.#pressControl(), ALT_GR_MS);
      return true;
    }
    // What the key itself does to the lamps is the user's system's to say; they are compared again with the next one.
    if (byPlace && lock) this.#lamps = null;
    else if (byPlace) this.#matchLamps(event);
    // A key that has no name to this browser still has its place.
    this.#press(code, key === "" ? "Unidentified" : key);
    if (key === "Dead") this.#release(code);
    return true;
  }

  /** A key went up. True when it was taken. */
  up(event: KeyEvent): boolean {
    const code = CODES[event.code] ?? event.code;
    if (code === "ControlLeft" && this.#control !== undefined) this.#pressControl();
    // What it means may have changed since (Shift went up first): it is the same key all the same.
    return this.#release(code);
  }

  /** Lets go of modifiers that an event, also one of the mouse, says are not held any more. */
  match(event: Held): void {
    for (const [code, { key }] of this.#held) {
      const flag = MODIFIERS[key];
      if (flag && !event[flag]) this.#release(code);
    }
  }

  /** Text that was composed, or inserted by other means than a key. By place, the keys of it were sent already. */
  text(text: string): void {
    if (this.mode === "physical") return;
    for (const character of text) {
      const key = character === "\n" || character === "\r" ? "Enter" : character === "\t" ? "Tab" : character;
      this.#tap(key);
    }
  }

  /** Keys of the menu: down in order, up in reverse. */
  special(name: SpecialKeys): void {
    const keys = SPECIAL_KEYS[name];
    for (const [code, key] of keys) this.send({ input: "key", code, key, how: "character", pressed: true });
    for (const [code, key] of keys.toReversed()) this.send({ input: "key", code, key, how: "character", pressed: false });
  }

  /** Something else was done: the next Ctrl is not the second of two. */
  interrupt(): void {
    this.#lastControl = Number.NEGATIVE_INFINITY;
  }

  /** Forgets what is held, without sending. */
  reset(): void {
    this.#dropControl();
    this.#held.clear();
    this.#lamps = null;
    this.#lastControl = Number.NEGATIVE_INFINITY;
  }

  #press(code: string, key: string): void {
    // A key without a place on the keyboard cannot be matched with its release.
    if (code === "") return this.#tap(key);
    const held = { key, how: this.mode };
    this.#held.set(code, held);
    this.send({ input: "key", code, ...held, pressed: true });
  }

  #release(code: string): boolean {
    const held = this.#held.get(code);
    if (held === undefined) return false;
    this.#held.delete(code);
    this.send({ input: "key", code, ...held, pressed: false });
    return true;
  }

  #releaseWriting(): void {
    for (const [code, { key }] of this.#held) if (!(key in MODIFIERS)) this.#release(code);
  }

  #tap(key: string): void {
    for (const pressed of [true, false]) this.send({ input: "key", code: "Unidentified", key, how: "character", pressed });
  }

  /** Makes the user's lamps as these are, when they may be others. */
  #matchLamps(event: KeyEvent): void {
    this.#tellsNumLock ||= event.getModifierState("NumLock");
    const told = this.#tellsNumLock ? event.getModifierState("NumLock") : null;
    // A key of the pad shows it by what it means.
    const num = PAD.test(event.code) && !event.shiftKey ? [...event.key].length === 1 : told;
    const lamps: Lamps = { input: "locks", caps: event.getModifierState("CapsLock"), num: num ?? this.#lamps?.num ?? null };
    if (this.#lamps?.caps === lamps.caps && this.#lamps.num === lamps.num) return;
    this.#lamps = lamps;
    this.send(lamps);
  }

  #pressControl(): void {
    this.#dropControl();
    this.#press("ControlLeft", "Control");
  }

  #dropControl(): void {
    clearTimeout(this.#control);
    this.#control = undefined;
  }
}
