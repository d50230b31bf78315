/**
 * The technician's pointer, as input events. A move is sent at once, and of those that follow it too soon the newest, a few
 * milliseconds later: waiting for a frame would add up to a frame's time. Before any button, wheel or key a move that waits goes
 * first. Invariant: a button goes up only if it went down here, and every event lies on the screen.
 */
import type { Button, InputEvent } from "../generated/protocol";

/** One notch of a wheel. */
export const NOTCH = 120;
/** Pixels and lines that browsers scroll for one notch, where they do not tell notches. */
const PIXELS_PER_NOTCH = 100;
const LINES_PER_NOTCH = 3;
/** Notches in one event that still fit the wire's 16 bits. */
const MOST_NOTCHES = 273;

/** Moves are sent at least this far apart, in milliseconds; no screen shows more than 250 a second. */
const APART_MS = 4;

/** By `MouseEvent.button`. */
const BUTTONS: readonly Button[] = ["left", "middle", "right", "back", "forward"];

export interface Point {
  x: number;
  y: number;
}

/** Where `client` (CSS pixels) lies on a screen that fills `box`; the nearest pixel when it lies beside. */
export function onScreen(
  client: Point,
  box: { left: number; top: number; width: number; height: number },
  screen: { width: number; height: number },
): Point | null {
  if (!(box.width > 0 && box.height > 0 && screen.width > 0 && screen.height > 0)) return null;
  const along = (at: number, start: number, size: number, pixels: number): number =>
    Math.min(pixels - 1, Math.max(0, Math.floor(((at - start) * pixels) / size)));
  const x = along(client.x, box.left, box.width, screen.width);
  const y = along(client.y, box.top, box.height, screen.height);
  return Number.isNaN(x) || Number.isNaN(y) ? null : { x, y };
}

/** What a wheel event says, in units of 120; positive is right and down. */
export function wheelUnits(event: WheelEvent): { dx: number; dy: number } {
  // WebKit and Chromium also tell true notches, upwards positive; their pixels depend on the system's settings.
  const { wheelDeltaX, wheelDeltaY } = event as WheelEvent & { wheelDeltaX?: number; wheelDeltaY?: number };
  if (wheelDeltaX || wheelDeltaY) return { dx: -(wheelDeltaX ?? 0), dy: -(wheelDeltaY ?? 0) };
  const notch = event.deltaMode === 0 ? PIXELS_PER_NOTCH : event.deltaMode === 1 ? LINES_PER_NOTCH : 1;
  return { dx: (event.deltaX * NOTCH) / notch, dy: (event.deltaY * NOTCH) / notch };
}

/** Gathers units until they make whole notches; turning round starts anew. */
export class Notches {
  #rest = 0;

  /** Whole notches, as a multiple of 120. */
  add(units: number): number {
    if (!Number.isFinite(units)) return 0;
    if (units * this.#rest < 0) this.#rest = 0;
    this.#rest += units;
    const whole = Math.trunc(this.#rest / NOTCH);
    this.#rest -= whole * NOTCH;
    // Adding 0 makes of -0, which a turn leaves, a plain 0.
    return Math.max(-MOST_NOTCHES, Math.min(MOST_NOTCHES, whole)) * NOTCH + 0;
  }
}

export class PointerInput {
  readonly #held = new Set<Button>();
  readonly #across = new Notches();
  readonly #down = new Notches();
  #waiting: Point | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the last move was sent, on the page's own clock. */
  #movedAt = Number.NEGATIVE_INFINITY;
  // Must grow over the whole session, also when this page was opened anew in between: start at the clock.
  #order = Date.now();

  constructor(private readonly send: (event: InputEvent) => void) {}

  get holds(): boolean {
    return this.#held.size > 0;
  }

  move(to: Point): void {
    this.#waiting = to;
    if (this.#timer !== undefined) return;
    const wait = this.#movedAt + APART_MS - performance.now();
    if (wait > 0) this.#timer = setTimeout(() => this.flush(), wait);
    else this.flush();
  }

  /** Sends the move that waits now. */
  flush(): void {
    this.#stop();
    const to = this.#waiting;
    if (!to) return;
    this.#waiting = null;
    this.#movedAt = performance.now();
    this.#order += 1;
    this.send({ input: "move", order: this.#order, ...to });
  }

  /** `number` as in `MouseEvent.button`. */
  button(number: number, pressed: boolean, at: Point): void {
    const button = BUTTONS[number];
    if (!button || (!pressed && !this.#held.has(button))) return;
    this.flush();
    if (pressed) this.#held.add(button);
    else this.#held.delete(button);
    this.send({ input: "button", button, pressed, ...at });
  }

  wheel(event: WheelEvent, at: Point): void {
    const units = wheelUnits(event);
    const dx = this.#across.add(units.dx);
    const dy = this.#down.add(units.dy);
    if (dx === 0 && dy === 0) return;
    this.flush();
    this.send({ input: "wheel", dx, dy, ...at });
  }

  /** Forgets what waits and is held, without sending. */
  reset(): void {
    this.#stop();
    this.#waiting = null;
    this.#held.clear();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
