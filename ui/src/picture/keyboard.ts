/**
 * The technician's keyboard, as input events: physical key and meaning, pressed and released. What an input method or a
 * dead key composes comes as text and is sent character by character.
 *
 * Pressing Ctrl twice, with nothing in between, frees the keyboard: it harms no program on the other side and every
 * keyboard has the key.
 * Invariant: a key goes up only if it went down here.
 */
import type { InputEvent } from "../generated/protocol";

/** Two presses of Ctrl within this time free the keyboard, in milliseconds. */
export const FREE_MS = 450;
/** On Windows AltGr also reports a left Ctrl, at most this long before, in milliseconds. */
const ALT_GR_MS = 30;
/** Longest name of a key on the wire, in bytes. */
const MAX_KEY_BYTES = 32;
/** Their effect is already in each character's `key`; sent, they would turn on the user's own lamps. */
const LOCKS: ReadonlySet<string> = new Set(["CapsLock", "NumLock", "ScrollLock"]);
const COMPOSING: ReadonlySet<string> = new Set(["Dead", "Process", "Compose", "Unidentified", ""]);
/** What some webviews call the Windows key. */
const CODES: Readonly<Record<string, string>> = { OSLeft: "MetaLeft", OSRight: "MetaRight" };
const KEYS: Readonly<Record<string, string>> = { OS: "Meta", Super: "Meta", Win: "Meta" };

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

/** What is read of a `KeyboardEvent`. */
export type KeyEvent = Pick<KeyboardEvent, "code" | "key" | "isComposing" | "keyCode" | "repeat" | "timeStamp">;

const bytes = (text: string): number => new TextEncoder().encode(text).length;

export class KeyboardInput {
  /** Code of each key that is down, and what it meant then. */
  readonly #held = new Map<string, string>();
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
    const key = KEYS[event.key] ?? event.key;
    if (event.isComposing || event.keyCode === 229 || COMPOSING.has(key)) return false;
    if (LOCKS.has(code) || LOCKS.has(key) || bytes(code) > MAX_KEY_BYTES || bytes(key) > MAX_KEY_BYTES) return true;

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
    if (this.windows && code === "ControlLeft" && !event.repeat) {
      this.#controlAt = event.timeStamp;
      this.#control = setTimeout(() => this.#pressControl(), ALT_GR_MS);
      return true;
    }
    this.#press(code, key);
    return true;
  }

  /** A key went up. True when it was taken. */
  up(event: KeyEvent): boolean {
    const code = CODES[event.code] ?? event.code;
    if (code === "ControlLeft" && this.#control !== undefined) this.#pressControl();
    // What it means may have changed since (Shift went up first): it is the same key all the same.
    const key = this.#held.get(code);
    if (key === undefined) return false;
    this.#held.delete(code);
    this.send({ input: "key", code, key, pressed: false });
    return true;
  }

  /** Text that was composed, or inserted by other means than a key. */
  text(text: string): void {
    for (const character of text) {
      const key = character === "\n" || character === "\r" ? "Enter" : character === "\t" ? "Tab" : character;
      this.send({ input: "key", code: "Unidentified", key, pressed: true });
      this.send({ input: "key", code: "Unidentified", key, pressed: false });
    }
  }

  /** Keys of the menu: down in order, up in reverse. */
  special(name: SpecialKeys): void {
    const keys = SPECIAL_KEYS[name];
    for (const [code, key] of keys) this.send({ input: "key", code, key, pressed: true });
    for (const [code, key] of keys.toReversed()) this.send({ input: "key", code, key, pressed: false });
  }

  /** Something else was done: the next Ctrl is not the second of two. */
  interrupt(): void {
    this.#lastControl = Number.NEGATIVE_INFINITY;
  }

  /** Forgets what is held, without sending. */
  reset(): void {
    this.#dropControl();
    this.#held.clear();
    this.#lastControl = Number.NEGATIVE_INFINITY;
  }

  #press(code: string, key: string): void {
    // A key without a place on the keyboard cannot be matched with its release.
    if (code === "") {
      this.send({ input: "key", code: "Unidentified", key, pressed: true });
      this.send({ input: "key", code: "Unidentified", key, pressed: false });
      return;
    }
    this.#held.set(code, key);
    this.send({ input: "key", code, key, pressed: true });
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
