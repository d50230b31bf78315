/**
 * From the page's events to input on the user's machine. The canvas shows the screen; an invisible text area above it has
 * the keyboard, because only an editable element receives what dead keys and input methods compose. By place, an element
 * that takes no text has it, so that nothing is composed on this side.
 *
 * Flow: event -> `PointerInput` or `KeyboardInput` -> `send`. Leaving the page, hiding it or losing control releases
 * everything on the other side.
 * Invariant: nothing but a release is sent while `allowed` is false.
 */
import type { InputEvent as RemoteInput, KeyMode } from "../generated/protocol";
import { KeyboardInput, type SpecialKeys } from "./keyboard";
import { onScreen, PointerInput, type Point } from "./pointer";

export interface InputParts {
  canvas: HTMLCanvasElement;
  /** Has the keyboard while keys go by what they mean. */
  keys: HTMLTextAreaElement;
  /** Has it while they go by their place. */
  places: HTMLElement;
  send: (event: RemoteInput) => void;
  /** Input was tried while it is not allowed. */
  onDenied: () => void;
  /** The keyboard was taken (true) or left. */
  onGrab: (grabbed: boolean) => void;
  /** The person wants the keyboard back: the focus is to go elsewhere. */
  onFree: () => void;
}

export class Input {
  readonly #pointer: PointerInput;
  readonly #keyboard: KeyboardInput;
  readonly #listening = new AbortController();
  #allowed = false;

  constructor(private readonly parts: InputParts) {
    parts.places.hidden = true;
    this.#pointer = new PointerInput(parts.send);
    this.#keyboard = new KeyboardInput(parts.send, () => this.#leave());
    this.#listen();
  }

  get allowed(): boolean {
    return this.#allowed;
  }

  /** Control was given or taken back. */
  set allowed(allowed: boolean) {
    if (this.#allowed === allowed) return;
    if (!allowed) this.#release();
    this.#allowed = allowed;
    this.parts.onGrab(this.#grabbed);
  }

  /** What of a key counts, from the next one on. */
  set mode(mode: KeyMode) {
    if (this.#keyboard.mode === mode) return;
    const grabbed = this.#grabbed;
    this.#release();
    this.#keyboard.mode = mode;
    this.#target.hidden = false;
    if (grabbed) this.focus();
    for (const each of this.#targets) each.hidden = each !== this.#target;
  }

  /** Takes the keyboard, when there is control. */
  focus(): void {
    this.#target.focus({ preventScroll: true });
  }

  special(name: SpecialKeys): void {
    if (!this.#allowed) return this.parts.onDenied();
    this.#pointer.flush();
    this.#keyboard.special(name);
  }

  destroy(): void {
    this.#release();
    this.#allowed = false;
    this.#listening.abort();
  }

  get #targets(): readonly HTMLElement[] {
    return [this.parts.keys, this.parts.places];
  }

  get #target(): HTMLElement {
    return this.#keyboard.mode === "physical" ? this.parts.places : this.parts.keys;
  }

  get #grabbed(): boolean {
    return this.#allowed && document.activeElement === this.#target;
  }

  /** Everything that may be held on the other side goes up. */
  #release(): void {
    const held = this.#allowed;
    this.#pointer.reset();
    this.#keyboard.reset();
    if (held) this.parts.send({ input: "release_all" });
  }

  #leave(): void {
    this.#release();
    this.parts.onFree();
    this.#target.blur();
  }

  #place(event: MouseEvent): Point | null {
    const { canvas } = this.parts;
    return onScreen({ x: event.clientX, y: event.clientY }, canvas.getBoundingClientRect(), canvas);
  }

  #listen(): void {
    const { canvas, keys } = this.parts;
    const signal = this.#listening.signal;

    canvas.addEventListener("mousedown", (event) => this.#button(event, true), { signal });
    // A drag may leave the canvas; its end must be seen wherever it happens.
    window.addEventListener("mouseup", (event) => this.#button(event, false), { signal });
    window.addEventListener("mousemove", (event) => {
      if (!this.#allowed || (event.target !== canvas && !this.#pointer.holds)) return;
      const at = this.#place(event);
      if (at) this.#pointer.move(at);
    }, { signal });
    canvas.addEventListener("wheel", (event) => {
      if (!this.#allowed) return;
      event.preventDefault();
      const at = this.#place(event);
      if (at) this.#pointer.wheel(event, at);
    }, { signal, passive: false });
    canvas.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    canvas.addEventListener("focus", () => this.focus(), { signal });

    for (const target of this.#targets) {
      target.addEventListener("keydown", (event) => this.#key(event, true), { signal });
      target.addEventListener("keyup", (event) => this.#key(event, false), { signal });
      target.addEventListener("focus", () => this.parts.onGrab(this.#grabbed), { signal });
      target.addEventListener("blur", () => {
        this.#release();
        this.parts.onGrab(false);
      }, { signal });
    }
    for (const name of ["input", "compositionend"]) {
      keys.addEventListener(name, (event) => {
        if (event instanceof InputEvent && event.isComposing) return;
        const text = keys.value;
        keys.value = "";
        if (text === "") return;
        if (!this.#allowed) return this.parts.onDenied();
        this.#pointer.flush();
        this.#keyboard.text(text);
      }, { signal });
    }
    window.addEventListener("blur", () => this.#release(), { signal });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#release();
    }, { signal });
  }

  #button(event: MouseEvent, pressed: boolean): void {
    if (pressed) {
      event.preventDefault();
      this.focus();
      if (!this.#allowed) return this.parts.onDenied();
    } else if (!this.#pointer.holds) return;
    this.#keyboard.interrupt();
    this.#keyboard.match(event);
    const at = this.#place(event);
    if (at) this.#pointer.button(event.button, pressed, at);
  }

  #key(event: KeyboardEvent, pressed: boolean): void {
    // Without control the keyboard stays the page's: Tab leads on, and a typed character says why it went nowhere.
    if (!this.#allowed) {
      if (pressed && [...event.key].length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        this.parts.onDenied();
      }
      return;
    }
    this.#pointer.flush();
    const taken = pressed ? this.#keyboard.down(event) : this.#keyboard.up(event);
    if (taken) event.preventDefault();
  }
}
