import { describe, expect, it } from "vitest";
import { emptyForm } from "./filter";
import { addressOf, type Place, placeOf } from "./route";

describe("a place in the address", () => {
  const places: Place[] = [
    { page: "sessions", filter: emptyForm() },
    { page: "sessions", filter: { ...emptyForm(), person: "a?b=c&d#e/f", outcome: "open" } },
    { page: "tickets", filter: { ...emptyForm(), ticket: "T-7", from: "2026-01-31" } },
    { page: "session", id: "0123456789abcdef0123456789abcdef" },
    { page: "session", id: "0123456789abcdef0123456789abcdef", entry: 1043 },
    { page: "ticket", id: "T-1042" },
    { page: "ticket", id: "T-1042", entry: 0 },
    { page: "person", name: "<b>/?#%é فاطمة 😀" },
    { page: "machine", name: "PC-7" },
    { page: "live" },
    { page: "log" },
  ];

  it.each(places)("reads back: $page", (place) => {
    expect(placeOf(addressOf(place))).toEqual(place);
  });

  it("is the list of sessions when there is none", () => {
    for (const hash of ["", "#", "#/"]) expect(placeOf(hash)).toEqual({ page: "sessions", filter: emptyForm() });
  });

  it("is nowhere when the address is cut off or made up", () => {
    for (const hash of ["#/session/0123", "#/session", "#/nothing", "#/sessions/extra", "#/session/../log", "#/ticket/T-0", "#/ticket/1042", "#/person/", "#/person/%", "#/person/%20", `#/machine/${"x".repeat(81)}`, "#/live/now"]) {
      expect(placeOf(hash)).toEqual({ page: "nowhere" });
    }
  });
});
