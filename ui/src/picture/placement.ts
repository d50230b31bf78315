/**
 * Says where the app paints the picture: the canvas' place in this page, the room around it, and what of the page lies over
 * it, which the app leaves to the page once that has drawn the pixels beneath. Looks again whenever something may have moved.
 * Invariant: what is said is what the page shows at its next frame, and nothing is said twice.
 */
import type { Place, Placed, Ring } from "../generated/host";

/** From the left, from the top, across, down. */
type Box4 = Placed["stage"];
type Sides = readonly [DOMRect, DOMRect, DOMRect, DOMRect];

/** As many as the app takes; more are joined into one that holds them all. */
const MOST_COVERS = 16;
/** How far a shadow reaches around what casts it, in CSS pixels (`--shadow-raised` and its like). */
const SHADOW = 32;
/** A dash, and what is free after it, is so many times as long as it is wide: browsers draw it so, too. */
const DASH = 2;
/** The app takes no shorter one, in CSS pixels. */
const LEAST_DASH = 1;
/** The user's pointer over the picture, in the page's markup: the app paints it, too, where it stands there. */
const POINTER = "[data-users-pointer]";
/** The room around the picture, in the page's markup. */
const STAGE = "[data-plane]";
const NOWHERE: Place = { surface: "none" };
/** Which colours the desktop asks for, where the page has none of its own (`data-theme`). */
const DARK = "(prefers-color-scheme: dark)";

export class Placement {
  readonly #stage: Element;
  readonly #sizes: ResizeObserver;
  readonly #changes: MutationObserver;
  readonly #dark = matchMedia(DARK);
  readonly #again = (): void => {
    this.#frame ||= requestAnimationFrame(() => this.look());
  };
  /** What lies over the page, seen or beside the stage: it may grow without a change of its markup. */
  #overlays = new Set<Element>();
  #frame = 0;
  /** The app begins with none. */
  #said = JSON.stringify(NOWHERE);

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly say: (place: Place) => void,
  ) {
    this.#stage = canvas.closest(STAGE) ?? canvas;
    this.#sizes = new ResizeObserver(this.#again);
    this.#sizes.observe(canvas);
    this.#sizes.observe(this.#stage);
    this.#changes = new MutationObserver((records) => {
      if (records.some((record) => !this.#isMove(record))) this.#again();
    });
    this.#changes.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: [...ATTRIBUTES] });
    // In other colours everything lies where it lay, but the ring is to have its new one.
    this.#changes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.#dark.addEventListener("change", this.#again);
    for (const event of MOVES) window.addEventListener(event, this.#again, { capture: true, passive: true });
    this.look();
  }

  /** Says where everything is now, when that is another place. */
  look(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const stage = this.#stage.getBoundingClientRect();
    const across = window.innerWidth;
    // What the user hid, the page hides, and the app must not paint it; nor what has no room.
    if (getComputedStyle(this.canvas).visibility === "hidden" || (across > 0 && stage.width === 0)) return this.#tell(NOWHERE);
    // A window that is not shown yet has no width, and tells when it gets one. The app takes no such place.
    if (across === 0) return;
    const { found, overlays, ring } = covers(this.canvas, stage);
    this.#follow(overlays);
    this.#tell({
      surface: "here",
      across,
      stage: box(stage),
      picture: box(this.canvas.getBoundingClientRect()),
      pointer: this.#stage.querySelector(POINTER) !== null,
      covers: few(found),
      ring,
    });
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#sizes.disconnect();
    this.#changes.disconnect();
    this.#dark.removeEventListener("change", this.#again);
    for (const event of MOVES) window.removeEventListener(event, this.#again, { capture: true });
    this.#tell(NOWHERE);
  }

  #tell(place: Place): void {
    const said = JSON.stringify(place);
    if (said === this.#said) return;
    this.#said = said;
    this.say(place);
  }

  #follow(overlays: Set<Element>): void {
    for (const gone of this.#overlays) if (!overlays.has(gone)) this.#sizes.unobserve(gone);
    for (const one of overlays) if (!this.#overlays.has(one)) this.#sizes.observe(one);
    this.#overlays = overlays;
  }

  /** Comes many times a second: the user's pointer moves, or the canvas gets another cursor (of its size, `#sizes` tells). */
  #isMove({ attributeName, target }: MutationRecord): boolean {
    return attributeName === "style" && (target === this.canvas || (target instanceof Element && target.closest(POINTER) !== null));
  }
}

/** With these something may be seen or lie elsewhere; the last is the pointer's, which the app paints or leaves to the page. */
const ATTRIBUTES = ["class", "style", "open", "hidden", "data-users-pointer"] as const;
/** After these something may lie elsewhere. */
const MOVES = ["resize", "scroll", "focusin", "focusout", "toggle", "transitionend", "animationend"] as const;

const box = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }): Box4 => [x, y, width, height].map(tenths) as Box4;
const tenths = (number: number): number => Math.round(number * 10) / 10;

/** What the page draws over the stage: what is taken out of the flow and is neither part of the canvas nor around it. */
function covers(canvas: Element, stage: DOMRect): { found: DOMRect[]; overlays: Set<Element>; ring: Ring | null } {
  let ring: Ring | null = null;
  const found: DOMRect[] = [];
  const overlays = new Set<Element>();
  const add = (one: DOMRect, around: number): void => {
    const wide = new DOMRect(one.x - around, one.y - around, one.width + 2 * around, one.height + 2 * around);
    if (one.width > 0 && one.height > 0 && meet(wide, stage)) found.push(wide);
  };
  for (const element of document.body.querySelectorAll("*")) {
    if (element.contains(canvas)) {
      const style = getComputedStyle(element, "::after");
      const sides = edges(element, style);
      const own = painted(sides, style);
      if (own === null) sides?.forEach((side) => add(side, 0));
      else ring = own;
      continue;
    }
    const style = getComputedStyle(element);
    if (style.position !== "absolute" && style.position !== "fixed") continue;
    if (element.matches(POINTER)) continue;
    if (style.visibility === "hidden" || style.opacity === "0") continue;
    overlays.add(element);
    if (element.matches(":modal")) add(stage, 0);
    add(element.getBoundingClientRect(), style.boxShadow === "none" || style.boxShadow === "" ? 0 : SHADOW);
  }
  return { found, overlays, ring };
}

/** The four sides of an outline that is drawn over the picture, inside it (`RemoteScreen.svelte`). */
function edges(element: Element, style: CSSStyleDeclaration): Sides | null {
  if (style.content === "none" || style.outlineStyle === "none") return null;
  const wide = Math.max(parseFloat(style.outlineWidth), -parseFloat(style.outlineOffset)) || 0;
  const { x, y, width, height } = element.getBoundingClientRect();
  return [
    new DOMRect(x, y, width, wide),
    new DOMRect(x, y + height - wide, width, wide),
    new DOMRect(x, y, wide, height),
    new DOMRect(x + width - wide, y, wide, height),
  ];
}

/** An outline that the app paints; none when it is one that only the page can draw. */
export function painted(sides: Sides | null, { outlineStyle, outlineColor, outlineWidth }: Pick<CSSStyleDeclaration, "outlineStyle" | "outlineColor" | "outlineWidth">): Ring | null {
  const colour = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(outlineColor)?.slice(1).map(Number);
  if (sides === null || colour === undefined || (outlineStyle !== "solid" && outlineStyle !== "dashed")) return null;
  const dash = outlineStyle === "dashed" ? DASH * parseFloat(outlineWidth) : null;
  if (dash !== null && !(dash >= LEAST_DASH)) return null;
  return { sides: sides.map(box) as Ring["sides"], colour: colour as Ring["colour"], dash };
}

const meet = (one: DOMRect, other: DOMRect): boolean => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/** No more than the app takes. */
export function few(all: readonly DOMRect[]): Box4[] {
  if (all.length <= MOST_COVERS) return all.map(box);
  const [left, top] = [Math.min(...all.map((one) => one.left)), Math.min(...all.map((one) => one.top))];
  const [right, bottom] = [Math.max(...all.map((one) => one.right)), Math.max(...all.map((one) => one.bottom))];
  return [box({ x: left, y: top, width: right - left, height: bottom - top })];
}
