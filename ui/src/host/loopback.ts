/**
 * The desktop app's picture: the app decodes. Where it can, it paints into the window itself, where this page says; the page
 * then paints only what lies beneath something of its own. Flow: address -> socket -> (place up | rectangles down -> canvas).
 * Invariant: nothing is painted or told after `close`.
 */
import type { PictureAddress } from "../generated/host";
import { Painter } from "../picture/painter";
import { Placement } from "../picture/placement";
import { PictureSocket } from "../picture/socket";
import type { PictureEvents, PictureLink } from "./index";

/** `address` gives a fresh one each time it is asked. */
export function loopbackPicture(address: () => Promise<PictureAddress>, canvas: HTMLCanvasElement, events: PictureEvents): PictureLink {
  let painter: Painter | null = null;
  let placement: Placement | null = null;
  let size: { width: number; height: number } | null = null;
  const sized = ({ width, height }: { width: number; height: number }): void => {
    if (size?.width === width && size.height === height) return;
    size = { width, height };
    events.onSize(size);
  };
  const socket = new PictureSocket(address, {
    onRectangle(rectangle) {
      painter ??= new Painter(canvas);
      painter.paint(rectangle);
      sized(rectangle.screen);
    },
    onSize(now) {
      // What is laid out is the canvas: the page paints nothing on it.
      canvas.width = now.width;
      canvas.height = now.height;
      sized(now);
      placement?.look();
    },
    onPointer: ({ x, y }) => events.onPointer({ x, y }),
    onCursor: ({ cursor }) => events.onCursor(cursor),
    onOpen(surface) {
      unplace();
      placement = surface ? new Placement(canvas, (place) => socket.place(place)) : null;
    },
    onState(state) {
      if (state === "lost") unplace();
      events.onState(state);
    },
  });
  const unplace = (): void => {
    placement?.close();
    placement = null;
  };
  return {
    send: (event) => socket.send(event),
    close() {
      unplace();
      socket.close();
    },
  };
}
