import { describe, expect, it } from "vitest";
import { emptyForm, faultOf, filterOf, type FilterForm, formOf, isEmptyForm, parametersOf, ticketNumber } from "./filter";

const full: FilterForm = {
  ticket: "T-1042", person: "Zoë & co?=#%", technician: "7", from: "2026-03-28", to: "2026-03-29", outcome: "not_solved",
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

describe("a filter for the relay", () => {
  it("leaves the members null that narrow nothing", () => {
    expect(filterOf(emptyForm())).toEqual({
      ticket: null, person: null, technician: null, from: null, to: null, outcome: null, after: null,
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
