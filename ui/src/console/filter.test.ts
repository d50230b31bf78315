import { describe, expect, it } from "vitest";
import {
  emptyForm, faultOf, filterOf, type FilterForm, formOf, formOfView, isEmptyForm, parametersOf, ticketNumber, viewFilterOf,
} from "./filter";

const full: FilterForm = {
  ticket: "T-1042", text: "écran noir", person: "Zoë & co?=#%", machine: "pc-7", technician: "7", level: "2", state: "open",
  reopened: "yes", since: "", from: "2026-03-28", to: "2026-03-29", outcome: "not_solved",
};

describe("a filter in the address", () => {
  it("reads back as it was written, whatever was typed", () => {
    expect(formOf(new URLSearchParams(parametersOf(full).toString()))).toEqual(full);
  });

  it("is empty when nothing is narrowed", () => {
    expect(parametersOf(emptyForm()).toString()).toBe("");
    expect(isEmptyForm(formOf(new URLSearchParams("")))).toBe(true);
  });

  it("leaves out what makes no sense", () => {
    const parameters = new URLSearchParams("technician=7;drop&from=2026-02-30&to=yesterday&outcome=won&other=1");
    expect(formOf(parameters)).toEqual(emptyForm());
  });
});

describe("a saved view", () => {
  it("reads back as it was saved, days as days", () => {
    expect(formOfView(viewFilterOf(full))).toEqual(full);
    const relative: FilterForm = { ...emptyForm(), since: "week" };
    expect(formOfView(viewFilterOf(relative))).toEqual(relative);
    expect(viewFilterOf(relative)).toMatchObject({ since: "week", from: null });
    expect(formOfView(viewFilterOf(emptyForm()))).toEqual(emptyForm());
  });

  it("of days that end today means other days tomorrow", () => {
    const at = (day: number): number => new Date(2026, 2, day, 15, 30).getTime();
    const today: FilterForm = { ...emptyForm(), since: "today" };
    expect(filterOf(today, at(1)).from).toBe(new Date(2026, 2, 1).getTime());
    expect(filterOf(today, at(2)).from).toBe(new Date(2026, 2, 2).getTime());
    expect(filterOf({ ...today, since: "week" }, at(1)).from).toBe(new Date(2026, 1, 23).getTime());
    expect(filterOf(today, at(1)).to).toBeNull();
  });

  it("cannot hold both days and such that end today", () => {
    expect(formOf(new URLSearchParams("since=today&from=2026-01-01&to=2026-01-02"))).toEqual({ ...emptyForm(), since: "today" });
  });
});

describe("a filter for the relay", () => {
  it("leaves the members null that narrow nothing", () => {
    expect(filterOf(emptyForm())).toEqual({
      ticket: null, text: null, person: null, machine: null, technician: null, level: null, state: null, reopened: null,
      from: null, to: null, outcome: null, after: null,
    });
  });

  it("holds whole days of the reader, the last one included, also when the clocks change", () => {
    const { from, to } = filterOf(full);
    expect(from).toBe(new Date(2026, 2, 28).getTime());
    expect(to).toBe(new Date(2026, 2, 30).getTime());
  });

  it("takes a ticket number as people write it", () => {
    for (const typed of ["1042", "T-1042", "t-1042", " T 1042 ", "t1042"]) expect(ticketNumber(typed)).toBe("T-1042");
    for (const wrong of ["", "T-", "T-01042", "0", "-1", "10.5", "X-1", "1".repeat(16)]) expect(ticketNumber(wrong)).toBeNull();
  });

  it("is not sent when the number, a day or the order of the days is wrong", () => {
    expect(faultOf(full)).toBeNull();
    expect(faultOf({ ...full, ticket: "abc" })).toBe("ticket");
    expect(faultOf({ ...full, from: "0202-03-28" })).toBe("from");
    expect(faultOf({ ...full, to: "2026-03-27" })).toBe("order");
  });
});
