import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { frameSource, shown, type Frame } from "./frames";

const track = {} as MediaStreamTrack;
const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

/** A frame as a browser decodes it, in one colour. */
class Decoded {
  closed = 0;
  readonly [key: string]: unknown;
  constructor(
    readonly displayWidth: number,
    readonly displayHeight: number,
    private readonly colour: number,
    private readonly rtpTimestamp?: number,
  ) {}
  metadata(): object {
    return this.rtpTimestamp === undefined ? {} : { rtpTimestamp: this.rtpTimestamp };
  }
  allocationSize({ format }: { format: string }): number {
    return format === "RGBA" ? 4 * this.displayWidth * this.displayHeight : 0;
  }
  copyTo(room: Uint32Array, { format }: { format: string }): Promise<void> {
    if (format === "RGBA") room.fill(this.colour);
    return Promise.resolve();
  }
  close(): void {
    this.closed += 1;
  }
}

let give: (frame: Decoded) => void;
let cancelled: boolean;
class Processor {
  readonly readable = new ReadableStream<Decoded>({
    start: (stream) => {
      give = (frame) => stream.enqueue(frame);
    },
    cancel: () => {
      cancelled = true;
    },
  });
}

beforeEach(() => {
  cancelled = false;
  vi.stubGlobal("MediaStreamTrackProcessor", Processor);
  vi.stubGlobal("VideoFrame", Decoded);
});
afterEach(() => vi.unstubAllGlobals());

test("decoded frames come with their timestamp and their pixels, and are given back once", async () => {
  const frames: Frame[] = [];
  const stop = frameSource()(track, (frame) => frames.push(frame));
  const [first, second] = [new Decoded(4, 2, 0xff00_00ff, 77), new Decoded(6, 2, 0xff00_ff00)];
  give(first);
  give(second);
  await settled();
  expect(frames.map(({ width, height, timestamp, lasts }) => [width, height, timestamp, lasts])).toEqual([[4, 2, 77, true], [6, 2, null, true]]);
  expect(await frames[0]?.pixels()).toEqual(new Uint32Array(8).fill(0xff00_00ff));
  expect(await frames[1]?.pixels()).toEqual(new Uint32Array(12).fill(0xff00_ff00));
  expect([first.closed, second.closed]).toEqual([0, 0]);
  frames[0]?.release();
  expect([first.closed, second.closed]).toEqual([1, 0]);
  stop();
  await settled();
  expect(cancelled).toBe(true);
});

test("a frame whose pixels are others than those that are shown gives none", async () => {
  const frames: Frame[] = [];
  frameSource()(track, (frame) => frames.push(frame));
  const odd = new Decoded(4, 2, 0);
  odd.allocationSize = () => 4 * 6 * 4;
  give(odd);
  await settled();
  await expect(frames[0]?.pixels()).rejects.toThrow("other pixels");
});

test("an element's frames come where the browser gives no decoded ones, or none that tell when they are of", () => {
  vi.stubGlobal("VideoFrame", class {});
  expect(frameSource()).toBe(shown);
  vi.stubGlobal("VideoFrame", Decoded);
  expect(frameSource()).not.toBe(shown);
  vi.stubGlobal("MediaStreamTrackProcessor", undefined);
  expect(frameSource()).toBe(shown);
});

test("an element tells the timestamp of what it shows, if it knows it, until it is stopped", () => {
  const video = document.createElement("video");
  let next = (_now: number, _metadata: object): void => undefined;
  let asked = 0;
  Object.assign(video, { play: () => Promise.resolve(), requestVideoFrameCallback: (callback: typeof next) => ((next = callback), (asked += 1)) });
  Object.defineProperties(video, { videoWidth: { value: 640 }, videoHeight: { value: 480 }, srcObject: { value: null, writable: true } });
  vi.stubGlobal("MediaStream", class {});
  vi.spyOn(document, "createElement").mockImplementationOnce(() => video);
  const frames: Frame[] = [];
  const stop = shown(track, (frame) => frames.push(frame));
  next(1, { rtpTimestamp: 77 });
  next(2, {});
  expect(frames.map(({ width, height, timestamp, lasts }) => [width, height, timestamp, lasts])).toEqual([[640, 480, 77, false], [640, 480, null, false]]);
  stop();
  next(3, { rtpTimestamp: 78 });
  expect([frames.length, asked]).toEqual([2, 3]);
});
