import { describe, expect, it } from "vitest";
import { emptyForm, type FilterForm } from "./filter";
import { ME } from "./sample";
import { parse } from "./tokens";

const read = (typed: string, form: FilterForm = emptyForm(), complete = true): ReturnType<typeof parse> =>
  parse(typed, form, ME.technicians, complete);

describe("what is typed into the search", () => {
  it("becomes fields where it is a token, in both languages, and words where it is not", () => {
    const english = read('printer level:2 state:waiting person:"Jeanne Martin" tech:alice is:reopened since:week');
    expect(english).toEqual({
      form: { ...emptyForm(), level: "2", state: "waiting", person: "Jeanne Martin", technician: "3", reopened: "yes", since: "week" },
      rest: "printer",
      words: "printer",
      unknown: [],
    });
    const french = read("imprimante niveau:2 état:attente personne:«\u00a0Jeanne Martin\u00a0» tech:alice est:rouvert depuis:semaine");
    expect(french.form).toEqual(english.form);
    expect(french.rest).toBe("imprimante");
  });

  it("takes a ticket number by itself, and leaves other numbers as words", () => {
    expect(read("T-1042").form.ticket).toBe("T-1042");
    expect(read("error 1042")).toMatchObject({ form: emptyForm(), rest: "error 1042" });
  });

  it("does not take the last word before it is finished", () => {
    expect(read("level:2", emptyForm(), false)).toMatchObject({ form: emptyForm(), rest: "level:2" });
    expect(read("level:2 ", emptyForm(), false)).toMatchObject({ form: { level: "2" }, rest: "" });
    expect(read("printer ", emptyForm(), false).rest).toBe("printer ");
    expect(read("printer level:", emptyForm(), false)).toMatchObject({ words: "printer", rest: "printer level:", unknown: [] });
  });

  it("says which tokens make no sense, and loses none of them", () => {
    const { form, rest, unknown } = read("level:9 state:gone tech:nobody from:yesterday outcome: http://x a:b");
    expect(form).toEqual(emptyForm());
    expect(unknown).toEqual(["level:9", "state:gone", "tech:nobody", "from:yesterday", "outcome:"]);
    expect(rest).toBe("level:9 state:gone tech:nobody from:yesterday outcome: http://x a:b");
  });

  it("takes a technician only when the name is clear", () => {
    expect(read("tech:a").unknown).toEqual(["tech:a"]);
    expect(read("tech:basile").form.technician).toBe("4");
    expect(read('tech:"basile nguessan"').form.technician).toBe("4");
  });

  it("lets days and 'since' replace each other", () => {
    const dated = read("from:2026-03-01 to:2026-03-02").form;
    expect(read("since:today", dated).form).toMatchObject({ since: "today", from: "", to: "" });
    expect(read("du:2026-03-05", { ...emptyForm(), since: "month" }).form).toMatchObject({ since: "", from: "2026-03-05" });
  });

  it("survives what nobody would type", () => {
    for (const odd of [":", "::", '"', 'person:"', "«", "constructor:x", "__proto__:x", "level:constructor", "x".repeat(5000), "😀:🙃", "شخص:فاطمة"]) {
      expect(() => read(odd)).not.toThrow();
    }
    expect(read(`person:${"é".repeat(500)}`).form.person).toHaveLength(80);
  });
});
