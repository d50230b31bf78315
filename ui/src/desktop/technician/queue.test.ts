import { expect, test } from "vitest";
import { queue } from "../../host/samples";
import { matching, moved } from "./queue";

test("every word of a filter must be found, whatever the accents", () => {
  const ids = (filter: string): string[] => matching(queue("en"), filter).map((ticket) => ticket.id);
  expect(ids("benali casque")).toEqual([]);
  expect(ids("aicha headset")).toEqual(["T-1005"]);
  expect(ids("pc-rh")).toEqual(["T-1003"]);
  expect(ids("  ")).toHaveLength(5);
});

test("keys stay inside the list", () => {
  expect(moved("j", -1, 3)).toBe(0);
  expect(moved("ArrowUp", -1, 3)).toBe(0);
  expect(moved("ArrowDown", 2, 3)).toBe(2);
  expect(moved("k", 0, 3)).toBe(0);
  expect(moved("End", 0, 3)).toBe(2);
  expect(moved("x", 0, 3)).toBeNull();
  expect(moved("j", 0, 0)).toBeNull();
});
