/**
 * Paints rectangles on one canvas. The canvas has the size of the user's screen in pixels and takes a new one when that
 * screen changes. Invariant: only what a message covers is painted.
 */
import type { Rectangle } from "./message";

export class Painter {
  readonly #context: CanvasRenderingContext2D | null;

  constructor(private readonly canvas: HTMLCanvasElement) {
    // Opaque and unsynchronised: the least work between a rectangle and the screen.
    this.#context = canvas.getContext("2d", { alpha: false, desynchronized: true });
  }

  paint({ screen, x, y, width, height, pixels }: Rectangle): void {
    if (this.canvas.width !== screen.width || this.canvas.height !== screen.height) {
      this.canvas.width = screen.width;
      this.canvas.height = screen.height;
    }
    this.#context?.putImageData(new ImageData(pixels, width, height), x, y);
  }
}
