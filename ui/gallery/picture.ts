/** A socket that sends one drawn screen, so that the gallery shows a picture. What the page sends is in `window.sent`. */
const [WIDTH, HEIGHT] = [1280, 800];

function screen(): ArrayBuffer {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.fillStyle = "#3a5f7d";
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = "#20242a";
  context.fillRect(0, HEIGHT - 40, WIDTH, 40);
  context.fillStyle = "#fbfbfb";
  context.fillRect(160, 90, 820, 520);
  context.fillStyle = "#dfe3e6";
  context.fillRect(160, 90, 820, 36);
  context.fillStyle = "#20242a";
  context.font = "16px sans-serif";
  context.fillText("Print queue: HP-2F", 178, 114);
  for (let row = 0; row < 9; row += 1) context.fillText(`Document ${row + 1}      ${400 - row * 17} pages      waiting`, 190, 166 + row * 32);
  const message = new ArrayBuffer(16 + WIDTH * HEIGHT * 4);
  const view = new DataView(message);
  view.setUint8(0, 1);
  [WIDTH, HEIGHT, 0, 0, WIDTH, HEIGHT].forEach((value, index) => view.setUint16(2 + index * 2, value, true));
  new Uint8Array(message, 16).set(context.getImageData(0, 0, WIDTH, HEIGHT).data);
  return message;
}

/** A program's own pointer: a ring around what it points at. */
function cursor(): ArrayBuffer {
  const side = 25;
  const message = new ArrayBuffer(16 + side * side * 4);
  const view = new DataView(message);
  view.setUint8(0, 4);
  [side, side, 12, 12].forEach((value, index) => view.setUint16(2 + index * 2, value, true));
  const pixels = new Uint8Array(message, 16);
  for (let at = 0; at < side * side; at += 1) {
    const away = Math.hypot((at % side) - 12, Math.floor(at / side) - 12);
    if (away < 2 || (away > 8 && away < 12)) pixels.set(away > 11 || away < 1 ? [255, 255, 255, 255] : [200, 20, 60, 255], at * 4);
  }
  return message;
}

const sent: string[] = [];
Object.assign(window, { sent });

export class FakePicture {
  static readonly OPEN = 1;
  readonly readyState = 1;
  readonly bufferedAmount = 0;
  binaryType = "arraybuffer";
  onopen: (() => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor() {
    setTimeout(() => {
      this.onopen?.();
      this.onmessage?.(new MessageEvent("message", { data: screen() }));
      this.onmessage?.(new MessageEvent("message", { data: cursor() }));
      const pointer = new DataView(new ArrayBuffer(6));
      pointer.setUint8(0, 2);
      pointer.setUint16(2, 512, true);
      pointer.setUint16(4, 300, true);
      this.onmessage?.(new MessageEvent("message", { data: pointer.buffer }));
    });
  }

  send(data: unknown): void {
    if (typeof data === "string") sent.push(data);
  }
  close(): void {}
}
