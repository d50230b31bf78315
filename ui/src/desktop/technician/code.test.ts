import { expect, test } from "vitest";
import { beginningOf, codeOf } from "./code";

test("a code is the ticket's number and six digits, however it is written", () => {
  const whole = { ticket: "T-1042", secret: "583921" };
  for (const typed of [
    "1042583921", "1042 583 921", "1042 – 583 921", "T-1042 583 921", "t1042-583-921", " T\u20111042\u00a0583\u202f921\u2009", "1042.583.921", "10 42 58 39 21",
    "1042—583—921", "１０４２ ５８３ ９２１",
  ]) expect(codeOf(typed), typed).toEqual(whole);
});

test("the secret may begin with zeros, the number may be short or long", () => {
  expect(codeOf("7 000 001")).toEqual({ ticket: "T-7", secret: "000001" });
  expect(codeOf("123456789 000 000")).toEqual({ ticket: "T-123456789", secret: "000000" });
});

test("for the ticket in hand the number stands there, and may be typed once more", () => {
  expect(beginningOf("T-1001")).toBe("1001 ");
  expect(beginningOf(null)).toBe("");
  const whole = { ticket: "T-1001", secret: "583921" };
  for (const typed of ["1001 583921", "1001 1001 583 921", "1001 T-1001-583921", "1001 t1001583921"]) expect(codeOf(typed, "T-1001"), typed).toEqual(whole);
  for (const typed of ["1001 ", "1001 58", "1001 58 392"]) expect(codeOf(typed, "T-1001"), typed).toEqual({ fault: "short" });
  expect(codeOf("1042 583 921", "T-1001"), "of another ticket").toEqual({ ticket: "T-1042", secret: "583921" });
});

test.each([
  ["", "empty"], [" \u00a0- ", "empty"], ["T-", "empty"],
  ["1042 58a 921", "characters"], ["TT-1042 583 921", "characters"], ["1042+583921", "characters"], ["١٠٤٢٥٨٣٩٢١", "characters"],
  ["583 921", "short"], ["T-1", "short"],
  ["1234567890 583 921", "long"], ["9".repeat(20), "long"], ["9".repeat(400), "long"],
  ["0042 583 921", "zero"],
])("%j is no code: %s", (typed, fault) => expect(codeOf(typed)).toEqual({ fault }));
