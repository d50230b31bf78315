/**
 * The desktop app's picture: the app decodes, the window paints. Flow: address -> socket -> rectangles -> canvas.
 * Invariant: nothing is painted or told after `close`.
 */
import type { PictureAddress } from "../generated/host";
import { Painter } from "../picture/painter";
import { PictureSocket } from "../picture/socket";
import type { PictureEvents, PictureLink } from "./index";

/** `address` gives a fresh one each time it is asked. */
export function loopbackPicture(address: () => Promise<PictureAddress>, canvas: HTMLCanvasElement, events: PictureEvents): PictureLink {
  const painter = new Painter(canvas);
  let size: { width: number; height: number } | null = null;
  return new PictureSocket(address, {
    onRectangle(rectangle) {
      painter.paint(rectangle);
      const { width, height } = rectangle.screen;
      if (size?.width === width && size.height === height) return;
      size = { width, height };
      events.onSize(size);
    },
    onPointer: ({ x, y }) => events.onPointer({ x, y }),
    onState: (state) => events.onState(state),
  });
}
