import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Place } from "../generated/host";
import { Placement, few, painted } from "./placement";

const rect = (x: number, y: number, width: number, height: number): DOMRect => new DOMRect(x, y, width, height);
const put = (element: Element, place: DOMRect): void => {
  element.getBoundingClientRect = () => place;
};
/** Whose size is observed, and who hears of it. */
let watched: Map<Element, () => void>;
let said: Place[];
let canvas: HTMLCanvasElement;
let placement: Placement | undefined;

beforeEach(() => {
  watched = new Map();
  vi.stubGlobal("ResizeObserver", class {
    constructor(private readonly changed: () => void) {}
    observe(element: Element): void {
      watched.set(element, this.changed);
    }
    unobserve(element: Element): void {
      watched.delete(element);
    }
    disconnect(): void {
      watched.clear();
    }
  });
  said = [];
  document.body.innerHTML = '<main data-plane><canvas width="1920" height="1080"></canvas></main>';
  canvas = document.querySelector("canvas") as HTMLCanvasElement;
  put(document.querySelector("main") as Element, rect(0, 40, 1000, 600));
  put(canvas, rect(20, 40, 960, 540));
});
afterEach(() => {
  placement?.close();
  vi.unstubAllGlobals();
});
const start = (): Placement => (placement = new Placement(canvas, (place) => said.push(place)));
const over = (html: string, place: DOMRect): Element => {
  document.body.insertAdjacentHTML("beforeend", html);
  const element = document.body.lastElementChild as Element;
  put(element, place);
  return element;
};

test("it says where the picture is, once, and that it is nowhere at the end", () => {
  const own = start();
  own.look();
  own.close();
  placement = undefined;
  expect(said).toEqual([
    { surface: "here", across: window.innerWidth, stage: [0, 40, 1000, 600], picture: [20, 40, 960, 540], pointer: false, covers: [], ring: null },
    { surface: "none" },
  ]);
});

test("what is taken out of the flow and seen over the picture covers it", async () => {
  start();
  over('<div style="position: absolute">menu</div>', rect(900, 30, 80, 100));
  over('<div style="position: fixed; opacity: 0">unseen</div>', rect(0, 40, 80, 100));
  over('<div style="position: fixed; visibility: hidden">hidden</div>', rect(0, 40, 80, 100));
  over('<div style="position: fixed">elsewhere</div>', rect(0, 0, 80, 30));
  over("<div>in the flow</div>", rect(0, 40, 80, 100));
  await vi.waitFor(() => expect(said).toHaveLength(2));
  expect(said[1]).toMatchObject({ covers: [[900, 30, 80, 100]] });
});

test("a shadow reaches further than what casts it", async () => {
  start();
  over('<div style="position: absolute; box-shadow: 0 0 8px black">menu</div>', rect(500, 300, 80, 100));
  await vi.waitFor(() => expect(said).toHaveLength(2));
  expect(said[1]).toMatchObject({ covers: [[468, 268, 144, 164]] });
});

test("what grows within something that lies over the picture is followed, and no longer than that is there", async () => {
  start();
  const note = over('<div style="position: absolute">note</div>', rect(500, 300, 80, 20));
  await vi.waitFor(() => expect(said).toHaveLength(2));
  put(note, rect(500, 300, 80, 40));
  (note.firstChild as Text).data = "a longer note";
  await vi.waitFor(() => expect(said).toHaveLength(3));
  expect(said[2]).toMatchObject({ covers: [[500, 300, 80, 40]] });
  put(note, rect(500, 300, 80, 60));
  watched.get(note)?.();
  await vi.waitFor(() => expect(said).toHaveLength(4));
  expect(said[3]).toMatchObject({ covers: [[500, 300, 80, 60]] });
  note.remove();
  await vi.waitFor(() => expect(said).toHaveLength(5));
  expect([...watched.keys()]).toEqual([canvas, document.querySelector("main")]);
});

test("the user's pointer covers nothing: the app paints it, too, and is not told of its every move", async () => {
  start();
  const stage = document.querySelector("main") as Element;
  stage.insertAdjacentHTML("beforeend", '<span data-users-pointer style="position: absolute"><img /></span>');
  const pointer = stage.lastElementChild as HTMLElement;
  put(pointer, rect(500, 300, 24, 24));
  await vi.waitFor(() => expect(said).toHaveLength(2));
  expect(said[1]).toMatchObject({ pointer: true, covers: [] });
  const looked = vi.spyOn(stage, "getBoundingClientRect");
  pointer.style.left = "10px";
  await new Promise((done) => setTimeout(done, 50));
  expect(looked).not.toHaveBeenCalled();
  pointer.remove();
  await vi.waitFor(() => expect(said).toHaveLength(3));
  expect(said[2]).toMatchObject({ pointer: false, covers: [] });
});

test("a pointer that the page draws is seen to become the user's, and to stop being it", async () => {
  const stage = document.querySelector("main") as Element;
  stage.insertAdjacentHTML("beforeend", '<span style="position: absolute"><svg></svg></span>');
  const pointer = stage.lastElementChild as HTMLElement;
  put(pointer, rect(500, 300, 16, 22));
  start();
  expect(said[0]).toMatchObject({ pointer: false, covers: [[500, 300, 16, 22]] });
  pointer.setAttribute("data-users-pointer", "");
  await vi.waitFor(() => expect(said).toHaveLength(2));
  expect(said[1]).toMatchObject({ pointer: true, covers: [] });
  pointer.removeAttribute("data-users-pointer");
  await vi.waitFor(() => expect(said).toHaveLength(3));
  expect(said[2]).toMatchObject({ pointer: false, covers: [[500, 300, 16, 22]] });
});

test("another cursor over the canvas is nothing to look for", async () => {
  start();
  const looked = vi.spyOn(document.querySelector("main") as Element, "getBoundingClientRect");
  canvas.style.cursor = "help";
  await new Promise((done) => setTimeout(done, 50));
  expect(looked).not.toHaveBeenCalled();
});

test("a window that has no width yet is said nothing of", async () => {
  const width = window.innerWidth;
  vi.stubGlobal("innerWidth", 0);
  start();
  expect(said).toEqual([]);
  vi.stubGlobal("innerWidth", width);
  window.dispatchEvent(new Event("resize"));
  await vi.waitFor(() => expect(said).toHaveLength(1));
  expect(said[0]).toMatchObject({ surface: "here", across: width });
});

test("where the stage has no room the app paints nothing", () => {
  const own = start();
  put(document.querySelector("main") as Element, rect(0, 0, 0, 0));
  own.look();
  expect(said[1]).toEqual({ surface: "none" });
});

test("what the page hides is nowhere, once, and here again when it is seen", async () => {
  document.head.insertAdjacentHTML("beforeend", "<style>.empty canvas { visibility: hidden }</style>");
  const stage = document.querySelector("main") as Element;
  stage.className = "empty";
  const own = start();
  expect(said).toEqual([]);
  stage.className = "";
  await vi.waitFor(() => expect(said).toHaveLength(1));
  expect(said[0]).toMatchObject({ surface: "here" });
  stage.className = "empty";
  await vi.waitFor(() => expect(said).toHaveLength(2));
  own.look();
  own.close();
  placement = undefined;
  expect(said.slice(1)).toEqual([{ surface: "none" }]);
  document.head.lastElementChild?.remove();
});

test("too many become the one that holds them all", () => {
  expect(few([rect(1, 2, 3, 4)])).toEqual([[1, 2, 3, 4]]);
  const many = Array.from({ length: 20 }, (_, step) => rect(step, step, 2, 2));
  expect(few(many)).toEqual([[0, 0, 21, 21]]);
});

test("the app paints an outline of one colour, whole or dashed, and the page any other", () => {
  const sides = [rect(0, 0, 9, 3), rect(0, 6, 9, 3), rect(0, 0, 3, 9), rect(6, 0, 3, 9)] as const;
  const outline = { outlineStyle: "solid", outlineColor: "rgb(9, 80, 255)", outlineWidth: "3px" };
  const ring = { sides: [[0, 0, 9, 3], [0, 6, 9, 3], [0, 0, 3, 9], [6, 0, 3, 9]], colour: [9, 80, 255], dash: null };
  expect(painted(sides, outline)).toEqual(ring);
  expect(painted(sides, { ...outline, outlineStyle: "dashed" })).toEqual({ ...ring, dash: 6 });
  // The app would take no place with such a ring.
  for (const outlineWidth of ["0.4px", "medium"]) expect(painted(sides, { ...outline, outlineStyle: "dashed", outlineWidth }), outlineWidth).toBeNull();
  for (const outlineStyle of ["dotted", "double", "auto"]) expect(painted(sides, { ...outline, outlineStyle }), outlineStyle).toBeNull();
  expect(painted(sides, { ...outline, outlineColor: "rgba(9, 80, 255, 0.5)" })).toBeNull();
  expect(painted(null, outline)).toBeNull();
});

/** Gives the place around the canvas a ring, in whatever colour it has at the time. */
function ringed(colour: () => string): void {
  const style = window.getComputedStyle.bind(window);
  vi.spyOn(window, "getComputedStyle").mockImplementation((element, pseudo) =>
    pseudo === "::after" && element.matches("[data-plane]")
      ? ({ content: '""', outlineStyle: "dashed", outlineColor: colour(), outlineWidth: "3px", outlineOffset: "-3px" } as CSSStyleDeclaration)
      : style(element, pseudo));
}

test("of a ring that the app paints nothing is left to the page", () => {
  ringed(() => "rgb(17, 85, 204)");
  start();
  expect(said).toMatchObject([{ covers: [], ring: { colour: [17, 85, 204], dash: 6 } }]);
});

test("in other colours the ring is said anew, whether the page has chosen them or the desktop, and not after the end", async () => {
  const desktop = Object.assign(new EventTarget(), { media: "(prefers-color-scheme: dark)" });
  vi.stubGlobal("matchMedia", (media: string) => (media === desktop.media ? desktop : expect.unreachable(media)));
  let colour = "rgb(17, 85, 204)";
  ringed(() => colour);
  const own = start();
  expect(said).toMatchObject([{ ring: { colour: [17, 85, 204] } }]);
  colour = "rgb(156, 194, 255)";
  document.documentElement.dataset.theme = "dark";
  await vi.waitFor(() => expect(said).toHaveLength(2));
  expect(said[1]).toMatchObject({ ring: { colour: [156, 194, 255] } });
  colour = "rgb(17, 85, 204)";
  delete document.documentElement.dataset.theme;
  await vi.waitFor(() => expect(said).toHaveLength(3));
  colour = "rgb(156, 194, 255)";
  desktop.dispatchEvent(new Event("change"));
  await vi.waitFor(() => expect(said).toHaveLength(4));
  expect(said[3]).toMatchObject({ ring: { colour: [156, 194, 255] } });
  own.close();
  placement = undefined;
  colour = "rgb(17, 85, 204)";
  document.documentElement.dataset.theme = "light";
  desktop.dispatchEvent(new Event("change"));
  await new Promise((done) => setTimeout(done, 50));
  expect(said.slice(4)).toEqual([{ surface: "none" }]);
  delete document.documentElement.dataset.theme;
});
