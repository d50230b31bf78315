import { describe, expect, it } from "vitest";
import { offset, span } from "./durations";

const plain = (text: string): string => text.replaceAll("\u00a0", " ");

describe("a duration", () => {
  it("has two units at most, and is never rounded up", () => {
    expect(plain(span(0, "en"))).toBe("0 s");
    expect(plain(span(59_999, "en"))).toBe("59 s");
    expect(plain(span(60_000, "en"))).toBe("1 min");
    expect(plain(span(272_000, "en"))).toBe("4 min 32 s");
    expect(plain(span(3_900_000, "en"))).toBe("1 h 05 min");
    expect(plain(span(183_600_000, "fr"))).toBe("2 j 03 h");
    expect(plain(span(-5, "en"))).toBe("0 s");
  });

  it("counts from the beginning in both directions", () => {
    expect(offset(0)).toBe("+0:00");
    expect(offset(72_400)).toBe("+1:12");
    expect(offset(3_723_000)).toBe("+1:02:03");
    expect(offset(-3_000)).toBe("\u22120:03");
  });
});
