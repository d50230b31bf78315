/**
 * The picture socket's binary messages, little endian.
 *
 * | byte | rectangle (kind 1)            | pointer (kind 2) | size (kind 3): the app paints | cursor (kind 4)        |
 * |------|-------------------------------|------------------|-------------------------------|------------------------|
 * | 0    | u8 kind, u8 0                 | u8 kind, u8 0    | u8 kind, u8 0                 | u8 kind, u8 0          |
 * | 2    | u16 screen width, u16 height  | u16 x, u16 y     | u16 screen width, u16 height  | u16 width, u16 height  |
 * | 6    | u16 x, y, width, height       |                  |                               | u16 x, y of what points |
 * | 14   | two unused bytes              |                  |                               | from 10: unused        |
 * | 16   | pixels, RGBA                  |                  |                               | pixels, RGBA           |
 *
 * A cursor without width and height is hidden.
 * Invariant: whatever comes in, decoding does not throw, and a rectangle it returns lies wholly on its screen.
 */
import { fits, type Cursor } from "./cursor/shape";

export const RECTANGLE_HEADER_BYTES = 16;
const POINTER_BYTES = 6;
const BYTES_PER_PIXEL = 4;

/** Pixels to be painted, in place. */
export interface Rectangle {
  kind: "rectangle";
  screen: { width: number; height: number };
  x: number;
  y: number;
  width: number;
  height: number;
  /** RGBA, a view on the message. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** Where the user's own pointer is. */
export interface UserPointer {
  kind: "pointer";
  x: number;
  y: number;
}

/** How large the picture is that the app paints. */
export interface ScreenSize {
  kind: "size";
  width: number;
  height: number;
}

/** What the user's pointer looks like. */
export interface UserCursor {
  kind: "cursor";
  cursor: Cursor;
}

/** Reads a message; null when it is not one. */
export function decode(message: ArrayBuffer): Rectangle | UserPointer | ScreenSize | UserCursor | null {
  if (message.byteLength < POINTER_BYTES) return null;
  const view = new DataView(message);
  const u16 = (at: number): number => view.getUint16(at, true);
  switch (view.getUint8(0)) {
    case 1: {
      if (message.byteLength < RECTANGLE_HEADER_BYTES) return null;
      const screen = { width: u16(2), height: u16(4) };
      const [x, y, width, height] = [u16(6), u16(8), u16(10), u16(12)];
      const bytes = width * height * BYTES_PER_PIXEL;
      if (width === 0 || height === 0 || x + width > screen.width || y + height > screen.height) return null;
      if (message.byteLength !== RECTANGLE_HEADER_BYTES + bytes) return null;
      return { kind: "rectangle", screen, x, y, width, height, pixels: new Uint8ClampedArray(message, RECTANGLE_HEADER_BYTES, bytes) };
    }
    case 2:
      return { kind: "pointer", x: u16(2), y: u16(4) };
    case 3:
      return u16(2) > 0 && u16(4) > 0 ? { kind: "size", width: u16(2), height: u16(4) } : null;
    case 4: {
      if (message.byteLength < RECTANGLE_HEADER_BYTES) return null;
      const [width, height, x, y] = [u16(2), u16(4), u16(6), u16(8)];
      const bytes = width * height * BYTES_PER_PIXEL;
      if (message.byteLength !== RECTANGLE_HEADER_BYTES + bytes) return null;
      if (width === 0 && height === 0) return { kind: "cursor", cursor: "hidden" };
      const image = { width, height, x, y, pixels: new Uint8ClampedArray(message, RECTANGLE_HEADER_BYTES, bytes) };
      return fits(image) ? { kind: "cursor", cursor: image } : null;
    }
    default:
      return null;
  }
}
