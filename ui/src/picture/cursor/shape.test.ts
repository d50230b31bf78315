import { expect, test } from "vitest";
import { unpacked } from "./shape";

const coded = (width: number, height: number, bytes: number[], x = 0, y = 0): ReturnType<typeof unpacked> =>
  unpacked({ width, height, x, y, pixels: btoa(String.fromCharCode(...bytes)) });

test("runs and single pixels make the image", () => {
  const image = coded(3, 2, [0x81, 1, 2, 3, 4, 0x00, 9, 9, 9, 9, 0x80, 5, 6, 7, 8], 2, 1);
  expect(image).toMatchObject({ width: 3, height: 2, x: 2, y: 1 });
  expect([...(image?.pixels ?? [])]).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 9, 9, 9, 9, 5, 6, 7, 8, 5, 6, 7, 8]);
});

test("the longest run and the longest stretch of single pixels are whole", () => {
  expect(coded(129 - 1, 1, [0xfe, 1, 2, 3, 4])?.pixels).toHaveLength(512);
  expect(coded(128, 1, [0x7f, ...Array<number>(512).fill(7)])?.pixels).toHaveLength(512);
});

test("what is no image of its size is none", () => {
  expect(coded(2, 1, [0x80, 1, 2, 3, 4])).not.toBeNull();
  const wrong: [number, number, number[], number?, number?][] = [
    [2, 1, []],
    [2, 1, [0x81, 1, 2, 3, 4]],
    [2, 1, [0x00, 1, 2, 3, 4]],
    [2, 1, [0x80, 1, 2, 3]],
    [2, 1, [0x80, 1, 2, 3, 4, 0x80]],
    [2, 1, [0xff, 1, 2, 3, 4]],
    [129, 1, [0xff, 1, 2, 3, 4]],
    [0, 1, []],
    [1, 0, []],
    [2, 1, [0x80, 1, 2, 3, 4], 2, 0],
    [2, 1, [0x80, 1, 2, 3, 4], 0, 1],
  ];
  for (const [width, height, bytes, x, y] of wrong) expect(coded(width, height, bytes, x, y), JSON.stringify([width, height, bytes, x, y])).toBeNull();
});
