/**
 * Where the user's screen lies in the technician's page, as a browser lays it out: the canvas has the screen's shape whatever room
 * there is, the user's pointer is drawn where it is on that screen, and the technician's own one is measured by the same place. Where the
 * app paints, it hears of that place, and of the ring around it as the page would draw it.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Place } from "../src/generated/host";
import { PLAIN, Stage, TECHNICIAN } from "./stage";

/** The stand's screen, and its user's pointer there (`gallery/picture.ts`). */
const SCREEN = { width: 1280, height: 800 };
const POINTER = { x: 512, y: 300 };
/** The pixel of the pointer's image that points, from the left and from the top. */
const HOT_SPOT = 12;
/** What a browser may round, in CSS pixels: Chromium lays out in parts of 1/64, and several add up here. */
const ROUNDED = 0.1;

/** High rooms and wide ones, narrower than a phone and larger than the screen. */
const SIZES = [TECHNICIAN, { width: 1280, height: 560 }, { width: 900, height: 860 }, { width: 320, height: 512 }, { width: 1600, height: 1200 }];

type Box = Record<"x" | "y" | "width" | "height", number>;

/** Says where the picture is, and what of the page is over it. */
type Said = Extract<Place, { surface: "here" }>;

declare global {
  interface Window {
    /** What the page sent to the user's machine. */
    sent: string[];
  }
}

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterEach(async () => {
  await stage.devtools.send("Emulation.clearDeviceMetricsOverride");
  expect(stage.faults()).toEqual([]);
});
afterAll(() => stage.close());

const boxOf = (which: string): Promise<Box> => stage.page.evaluate((name) => document.querySelector(name)?.getBoundingClientRect().toJSON() as Box, which);

/** Puts the picture into a window of this size, with so many pixels of this screen for a CSS pixel. */
async function show({ width, height }: { width: number; height: number }, density = 1): Promise<void> {
  await stage.size({ width, height });
  await stage.devtools.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: density, mobile: false });
  await stage.app("remoteControl");
  await stage.get("users-pointer").waitFor();
}

async function inItsOwnSize(): Promise<void> {
  await stage.get("fit-toggle").click();
  await stage.drawn();
}

/** The canvas' box, when what is measured and drawn by it lies where it should. */
async function measured(): Promise<Box> {
  await stage.drawn();
  const canvas = await boxOf("canvas");
  const scale = canvas.width / SCREEN.width;
  expect(Math.abs(canvas.height - SCREEN.height * scale), "the screen's shape").toBeLessThan(ROUNDED);
  // The ring is drawn at its edge.
  const around = await boxOf("[data-plane] > *");
  for (const side of ["x", "y", "width", "height"] as const) expect(around[side], `around it, ${side}`).toBeCloseTo(canvas[side], 1);
  const drawn = await boxOf("[data-users-pointer] img");
  expect(Math.abs(drawn.x + HOT_SPOT * scale - (canvas.x + POINTER.x * scale)), "the pointer across").toBeLessThan(ROUNDED);
  expect(Math.abs(drawn.y + HOT_SPOT * scale - (canvas.y + POINTER.y * scale)), "the pointer down").toBeLessThan(ROUNDED);
  return canvas;
}

/** Points where the user's pointer is drawn, which must be where it is. */
async function pointThere(canvas: Box): Promise<void> {
  const scale = canvas.width / SCREEN.width;
  const at = (start: number, pixel: number): number => start + (pixel + 0.5) * scale;
  await stage.page.evaluate(() => void window.sent.splice(0));
  await stage.page.mouse.move(at(canvas.x, POINTER.x), at(canvas.y, POINTER.y));
  const move = (): Promise<{ x: number; y: number } | null> => stage.page.evaluate(() => JSON.parse(window.sent.at(-1) ?? "null") as { x: number; y: number } | null);
  await expect.poll(move).toMatchObject({ input: "move" });
  const to = await move();
  // An event tells whole CSS pixels.
  const whole = Math.ceil(1 / scale);
  expect(Math.abs((to?.x ?? Number.NaN) - POINTER.x)).toBeLessThanOrEqual(whole);
  expect(Math.abs((to?.y ?? Number.NaN) - POINTER.y)).toBeLessThanOrEqual(whole);
}

describe.each(SIZES)("in a window of $width x $height", (size) => {
  test("fitted, all of it is seen in the middle of its room, as large as it can be", async () => {
    await show(size);
    const canvas = await measured();
    const room = await boxOf("[data-plane]");
    const largest = Math.min(1, room.width / SCREEN.width, room.height / SCREEN.height);
    expect(Math.abs(canvas.width - SCREEN.width * largest), "its width").toBeLessThan(ROUNDED);
    for (const [side, length] of [["x", "width"], ["y", "height"]] as const) {
      expect(Math.abs(canvas[side] + canvas[length] / 2 - room[side] - room[length] / 2), side).toBeLessThan(ROUNDED);
    }
    await pointThere(canvas);
  });

  test("in its own size, wherever it is scrolled to", async () => {
    await show(size);
    await inItsOwnSize();
    for (const share of [0, 0.5, 1]) {
      await stage.page.evaluate((part) => {
        const room = document.querySelector("[data-plane]");
        room?.scrollTo((room.scrollWidth - room.clientWidth) * part, (room.scrollHeight - room.clientHeight) * part);
      }, share);
      expect((await measured()).width).toBe(SCREEN.width);
    }
  });
});

test("in its own size and scrolled, a click goes where the user's pointer is drawn", async () => {
  await show({ width: 900, height: 560 });
  await inItsOwnSize();
  await stage.page.evaluate(() => document.querySelector("[data-plane]")?.scrollTo(137, 91));
  await pointThere(await measured());
});

test.each([1.5, 2])("where %s pixels of this screen are a CSS pixel", async (density) => {
  await show(TECHNICIAN, density);
  await pointThere(await measured());
  await inItsOwnSize();
  await stage.get("users-pointer").waitFor();
  const canvas = await measured();
  expect(canvas.width).toBeCloseTo(SCREEN.width / density, 1);
  await pointThere(canvas);
});

test("in its own size it stays pixel for pixel while the page is zoomed", async () => {
  await show(TECHNICIAN);
  await inItsOwnSize();
  const zoomed = { width: TECHNICIAN.width / 2, height: TECHNICIAN.height / 2, deviceScaleFactor: 2, mobile: false };
  await stage.devtools.send("Emulation.setDeviceMetricsOverride", zoomed);
  await expect.poll(async () => (await measured()).width).toBe(SCREEN.width / 2);
});

describe("where the app paints", () => {
  const DARK = [156, 194, 255];
  const LIGHT = [17, 85, 204];
  const said = (): Promise<Said | null> =>
    stage.page.evaluate(() => JSON.parse(window.sent.filter((one) => one.includes('"surface":"here"')).at(-1) ?? "null") as Said | null);
  const ring = async (): Promise<unknown> => (await said())?.ring;
  /** Within the picture, without control: the keys stay here. */
  async function lookOn(theme: "light" | "system"): Promise<void> {
    await stage.size(TECHNICIAN);
    await stage.page.evaluate(() => void window.sent.splice(0));
    await stage.app("remote", { ...PLAIN, theme, surface: true });
    await stage.get("remote-keys").focus();
  }

  afterEach(() => stage.page.emulateMedia({ colorScheme: "light" }));

  test("it paints the ring, dashed or whole, and leaves nothing of it to the page", async () => {
    await lookOn("light");
    await expect.poll(ring).toMatchObject({ colour: LIGHT, dash: 6 });
    const { picture, covers, ring: dashed } = (await said()) as Said;
    expect(covers).toEqual([]);
    const [x, y, width, height] = picture.map((number) => expect.closeTo(number, 0) as number);
    expect(dashed?.sides).toEqual([[x, y, width, 3], [x, expect.anything(), width, 3], [x, y, 3, height], [expect.anything(), y, 3, height]]);
    await stage.next("remoteControl");
    await expect.poll(ring).toMatchObject({ colour: LIGHT, dash: null });
    expect(await said()).toMatchObject({ covers: [] });
  });

  test("it hears of the ring's other colour when the technician or the desktop chooses other colours", async () => {
    await stage.page.emulateMedia({ colorScheme: "light" });
    await lookOn("system");
    await expect.poll(ring).toMatchObject({ colour: LIGHT });
    await stage.page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(ring).toMatchObject({ colour: DARK });
    await stage.next("remote", { theme: "light" });
    await expect.poll(ring).toMatchObject({ colour: LIGHT });
    await stage.next("remote", { theme: "dark" });
    await expect.poll(ring).toMatchObject({ colour: DARK });
  });
});
