import { expect, test } from "vitest";
import { CLAIRE, queue, queueEntry } from "../../host/samples";
import { matching, moved, narrowed, noFilter, type QueueFilter } from "./queue";

const ids = (change: Partial<QueueFilter>): string[] =>
  narrowed([...queue("en"), queueEntry(1099, "en", { technician: CLAIRE, state: "taken" })], { ...noFilter(), ...change }, CLAIRE.id)
    .map((ticket) => ticket.id);

test("every word of a filter must be found, whatever the accents", () => {
  const found = (text: string): string[] => matching(queue("en"), text).map((ticket) => ticket.id);
  expect(found("benali casque")).toEqual([]);
  expect(found("aicha headset")).toEqual(["T-1005"]);
  expect(found("pc-rh")).toEqual(["T-1003"]);
  expect(found("  ")).toHaveLength(5);
});

test("levels, priorities and one's own are narrowed together", () => {
  expect(ids({})).toHaveLength(6);
  expect(ids({ level: "2" })).toEqual(["T-1005"]);
  expect(ids({ priority: "2" })).toEqual(["T-1007", "T-1003"]);
  expect(ids({ priority: "2", text: "payroll" })).toEqual(["T-1003"]);
  expect(ids({ mine: true })).toEqual(["T-1099"]);
  expect(ids({ mine: true, level: "3" })).toEqual([]);
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

test("after a ticket has gone, keys go on where it stood", () => {
  expect(moved("ArrowDown", -1, 5, 2)).toBe(2);
  expect(moved("ArrowUp", -1, 5, 2)).toBe(1);
  expect(moved("ArrowDown", -1, 2, 2)).toBe(1);
  expect(moved("ArrowUp", -1, 5, 0)).toBe(0);
});
