import { expect, test } from "vitest";
import { Moves } from "./moves";

const move = (x: number, y: number) => ({ input: "move", order: 1, x, y }) as const;

test("what comes back of one's own moves is not the user's", () => {
  const moves = new Moves();
  expect(moves.brought({ x: 0, y: 0 }, 0)).toBe(false);
  for (let x = 0; x < 10; x += 1) expect(moves.sent(move(x, 5), x * 16)).toBe(true);
  // Late, and not all of them.
  expect(moves.brought({ x: 3, y: 5 }, 300)).toBe(true);
  expect(moves.brought({ x: 9, y: 5 }, 300)).toBe(true);
  expect(moves.brought({ x: 9, y: 6 }, 300)).toBe(false);
});

test("a click brings the pointer, too; a key does not", () => {
  const moves = new Moves();
  expect(moves.sent({ input: "button", button: "left", pressed: true, x: 7, y: 8 }, 0)).toBe(true);
  expect(moves.sent({ input: "release_all" }, 0)).toBe(false);
  expect(moves.brought({ x: 7, y: 8 }, 10)).toBe(true);
});

test("the last place counts however long ago it was, others for a while", () => {
  const moves = new Moves();
  moves.sent(move(1, 1), 0);
  moves.sent(move(2, 2), 0);
  expect(moves.brought({ x: 1, y: 1 }, 2_999)).toBe(true);
  expect(moves.brought({ x: 1, y: 1 }, 3_000)).toBe(false);
  expect(moves.brought({ x: 2, y: 2 }, 3_600_000)).toBe(true);
});

test("only so many are kept", () => {
  const moves = new Moves();
  for (let x = 0; x < 1_000; x += 1) moves.sent(move(x, 0), 0);
  expect(moves.brought({ x: 500, y: 0 }, 1)).toBe(false);
  expect(moves.brought({ x: 950, y: 0 }, 1)).toBe(true);
});
