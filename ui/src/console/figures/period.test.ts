import { describe, expect, it } from "vitest";
import { daysFrom, emptyPeriod, faultOf, formOf, groupingFor, isDay, parametersOf, type PeriodForm, queryOf, rangeOf, today } from "./period";

const NOW = "2026-11-25"; // A Wednesday.
const own = (from: string, to: string): PeriodForm => ({ ...emptyPeriod(), preset: "custom", from, to });

describe("a period", () => {
  it.each([
    ["thisWeek", "2026-11-23", "2026-11-29"],
    ["lastWeek", "2026-11-16", "2026-11-22"],
    ["thisMonth", "2026-11-01", "2026-11-30"],
    ["last30", "2026-10-27", "2026-11-25"],
    ["last90", "2026-08-28", "2026-11-25"],
  ] as const)("%s is %s to %s", (preset, from, to) => {
    expect(rangeOf({ ...emptyPeriod(), preset }, NOW)).toEqual({ from, to });
  });

  it("knows the ends of months, leap years and Sundays", () => {
    expect(rangeOf({ ...emptyPeriod(), preset: "thisMonth" }, "2028-02-15").to).toBe("2028-02-29");
    expect(rangeOf({ ...emptyPeriod(), preset: "thisMonth" }, "2026-12-31").to).toBe("2026-12-31");
    expect(rangeOf({ ...emptyPeriod(), preset: "thisWeek" }, "2026-11-29")).toEqual({ from: "2026-11-23", to: "2026-11-29" });
    expect(daysFrom("2026-03-28", "2026-03-30")).toBe(3);
    expect(isDay("2026-02-29")).toBe(false);
    expect(isDay("2026-2-9")).toBe(false);
  });

  it("is divided as fits its length, or as somebody chose", () => {
    expect([7, 31, 32, 190, 191, 400].map(groupingFor)).toEqual(["day", "day", "week", "week", "month", "month"]);
    expect(queryOf(emptyPeriod(), NOW)).toEqual({ from: "2026-10-27", to: NOW, by: "day", level: null, impact: null });
    expect(queryOf({ ...emptyPeriod(), by: "month", level: "2", impact: "team" }, NOW)).toMatchObject({ by: "month", level: 2, impact: "team" });
  });

  it("of one's own is whole, in order and not too long", () => {
    expect(faultOf(own("", "2026-01-01"))).toBe("missing");
    expect(faultOf(own("2026-02-30", "2026-03-01"))).toBe("missing");
    expect(faultOf(own("2026-01-02", "2026-01-01"))).toBe("order");
    expect(faultOf(own("2026-01-01", "2027-02-04"))).toBeNull();
    expect(faultOf(own("2026-01-01", "2027-02-05"))).toBe("long");
  });

  it("reads back from the address, and rubbish there is left out", () => {
    for (const form of [emptyPeriod(), own("2026-01-01", "2026-01-31"), { ...emptyPeriod(), preset: "lastWeek", by: "day", level: "3", impact: "organisation" } as const]) {
      expect(formOf(parametersOf(form))).toEqual(form);
    }
    expect(parametersOf(emptyPeriod()).toString()).toBe("");
    expect(formOf(new URLSearchParams("period=always&by=year&level=4&impact=<b>"))).toEqual(emptyPeriod());
    expect(formOf(new URLSearchParams("period=custom"))).toEqual(emptyPeriod());
    expect(formOf(new URLSearchParams("from=2026-13-01"))).toEqual(own("", ""));
  });

  it("begins on the reader's day", () => {
    const midnight = new Date(2026, 10, 25, 0, 0, 1).getTime();
    expect(today(midnight)).toBe(NOW);
    expect(today(midnight - 2_000)).toBe("2026-11-24");
  });
});
