/**
 * How the user's pointer is drawn: as the technician's own pointer, which the browser moves without waiting for anybody,
 * and over the picture where the user's is.
 * Invariant: a technician who has control always sees where they point.
 */
import { CURSOR_SLOTS, type Cursor, type CursorImage } from "./shape";

/** Larger ones are no cursors for browsers. */
const LARGEST = 128;
/** A cursor is shown no smaller than this, however small the picture is, unless it is that small itself. In CSS pixels. */
const LEAST = 16;

export interface Scene {
  /** There is control. */
  readonly allowed: boolean;
  /** The technician's pointer is over the picture. */
  readonly over: boolean;
  /** The user's pointer was brought where it is by its user. */
  readonly theirs: boolean;
  /** None is known. */
  readonly cursor: Cursor | null;
}

/** Is the user's pointer drawn over the picture? Not where the technician's own one is the same. */
export const drawsUsers = ({ allowed, over, theirs, cursor }: Scene): boolean => cursor !== "hidden" && (!allowed || !over || theirs);

/** By how much an image is larger in CSS pixels, where a pixel of the picture is `scale` of them. */
export function factor(image: CursorImage, scale: number): number {
  const side = Math.max(image.width, image.height);
  return Math.min(Math.max(scale, Math.min(1, LEAST / side)), LARGEST / side);
}

/** Makes a picture's address of an image, at this size in pixels; empty where nothing can be drawn. */
export type Png = (image: CursorImage, width: number, height: number) => string;

const encoded: Png = (image, width, height) => {
  const canvas = (across: number, down: number): [HTMLCanvasElement, CanvasRenderingContext2D | null] => {
    const element = document.createElement("canvas");
    [element.width, element.height] = [across, down];
    return [element, element.getContext("2d")];
  };
  const [plain, pixels] = canvas(image.width, image.height);
  pixels?.putImageData(new ImageData(image.pixels, image.width, image.height), 0, 0);
  if (width === image.width && height === image.height) return pixels ? plain.toDataURL() : "";
  const [scaled, context] = canvas(width, height);
  if (context) context.imageSmoothingQuality = "high";
  context?.drawImage(plain, 0, 0, width, height);
  return context ? scaled.toDataURL() : "";
};

/** Sizes of one image that are kept: while a window is resized there is another at every step. */
const SIZES = 8;

/** Makes each address once. The same shape comes again as another image: it is known by its pixels. As many are kept as have a slot. */
export function remembering(draw: Png): Png {
  /** The one that was used last is first. */
  const kept: { image: CursorImage; addresses: Map<string, string> }[] = [];
  return (image, width, height) => {
    const known = kept.find((one) => same(one.image, image)) ?? { image, addresses: new Map<string, string>() };
    const at = kept.indexOf(known);
    if (at >= 0) kept.splice(at, 1);
    kept.unshift(known);
    kept.length = Math.min(kept.length, CURSOR_SLOTS);
    const size = `${width}x${height}`;
    const made = known.addresses.get(size);
    if (made !== undefined) return made;
    const address = draw(image, width, height);
    if (known.addresses.size === SIZES) known.addresses.clear();
    // Where nothing could be drawn, it may be another time.
    if (address !== "") known.addresses.set(size, address);
    return address;
  };
}

const same = (one: CursorImage, other: CursorImage): boolean =>
  one === other || (one.width === other.width && one.height === other.height && one.pixels.every((byte, at) => byte === other.pixels[at]));

export const png: Png = remembering(encoded);

/** The user's pointer over the picture, as large as the picture makes it (`shell/surface.rs` paints the same). In CSS pixels. */
export interface Drawn {
  readonly url: string;
  readonly width: number;
  readonly height: number;
  /** The place in it that points. */
  readonly x: number;
  readonly y: number;
}

export function drawn(image: CursorImage, scale: number, draw: Png = png): Drawn {
  return { url: draw(image, image.width, image.height), width: image.width * scale, height: image.height * scale, x: image.x * scale, y: image.y * scale };
}

/** The technician's own pointer, as CSS has it; `density` is how many pixels of their screen a CSS pixel is. */
export function own(cursor: Cursor | null, scale: number, density: number, draw: Png = png): string {
  if (cursor === null) return "default";
  // The user sees none; the technician must know where they point all the same. An arrow would say that there is one.
  const image = cursor === "hidden" ? DOT : cursor;
  const by = cursor === "hidden" ? 1 : factor(image, scale);
  const pixels = (length: number): number => Math.max(1, Math.min(LARGEST, Math.round(length * by * density)));
  const url = draw(image, pixels(image.width), pixels(image.height));
  if (url === "") return "default";
  const hot = (at: number, length: number): number => Math.min(Math.floor((at + 0.5) * by), Math.max(0, Math.ceil(length * by) - 1));
  const spot = `${hot(image.x, image.width)} ${hot(image.y, image.height)}, default`;
  const sharp = `image-set(url("${url}") ${density}x) ${spot}`;
  return density !== 1 && CSS.supports("cursor", sharp) ? sharp : `url("${density === 1 ? url : draw(image, pixels(image.width / density), pixels(image.height / density))}") ${spot}`;
}

/** A dark dot in a bright ring: seen on any ground. */
export const DOT: CursorImage = dot(9, 3, 4.3);

function dot(side: number, dark: number, bright: number): CursorImage {
  const [middle, pixels] = [(side - 1) / 2, new Uint8ClampedArray(side * side * 4)];
  for (let at = 0; at < side * side; at += 1) {
    const away = Math.hypot((at % side) - middle, Math.floor(at / side) - middle);
    const colour = away <= dark ? 0x20 : 0xff;
    pixels.set([colour, colour, colour, away <= bright ? 0xff : 0], at * 4);
  }
  return { width: side, height: side, x: middle, y: middle, pixels };
}
