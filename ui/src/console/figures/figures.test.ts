/** What is written and drawn, out of figures. */
import { describe, expect, it } from "vitest";
import type { FigureGroup, Figures } from "../../generated/protocol";
import { shownLabels } from "./axes";
import { cardsOf } from "./cards";
import { AGES, chartsOf, isEmpty } from "./charts";
import { en } from "./en";
import { businessSpan, countTicks, partLabel, percent, range, timeTicks } from "./format";
import { fr } from "./fr";
import { hoursText, weekText } from "./hours";
import { HOURS, NO_FIGURES, sampleFigures } from "./sample";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const spaces = (text: string): string => text.replaceAll(/[\u00a0\u202f\u2009]/g, " ");
const leaves = (words: object, path = ""): [string, unknown][] => Object.entries(words).flatMap(([key, value]): [string, unknown][] =>
  typeof value === "object" && value !== null ? leaves(value, `${path}.${key}`) : [[`${path}.${key}`, value]]);

describe("business time", () => {
  it("is told in hours, never in days of 24 hours", () => {
    expect(spaces(businessSpan(4 * MINUTE + 32_000, "en"))).toBe("4 min 32 s");
    expect(spaces(businessSpan(27 * HOUR, "en"))).toBe("27 h");
    expect(spaces(businessSpan(127 * HOUR + 5 * MINUTE, "fr"))).toBe("127 h 05 min");
    expect(spaces(businessSpan(1_500 * HOUR, "fr"))).toBe("1 500 h");
  });

  it("has hours in words, days alike told together", () => {
    expect(weekText(HOURS, en)).toBe("Monday to Friday 08:00–18:00");
    const week = HOURS.week.map((openings, day) => (day === 5 ? [{ from: "09:00", to: "12:00" }] : day === 2 ? [] : openings)) as typeof HOURS.week;
    expect(weekText({ ...HOURS, week }, fr)).toBe("lundi au mardi 08:00–18:00; jeudi au vendredi 08:00–18:00; samedi 09:00–12:00");
    expect(spaces(hoursText({ ...HOURS, holidays: ["2026-12-25"] }, fr, "fr"))).toBe("Heures ouvrées : lundi au vendredi 08:00–18:00 (Europe/Paris). Fermé : 25 décembre 2026.");
  });
});

describe("figures in words", () => {
  it("are a dash where there is nothing to tell", () => {
    expect(percent({ part: 0, of: 0 }, "en")).toBeNull();
    const cards = cardsOf(NO_FIGURES, NO_FIGURES, en, "en");
    expect(cards).toHaveLength(12);
    for (const key of ["waiting", "response", "resolution", "firstContact", "handled", "resolved", "satisfaction"]) {
      expect(cards.find((card) => card.key === key)?.value, key).toBeNull();
    }
  });

  it("follow each language's numbers and dates", () => {
    expect(spaces(percent({ part: 2, of: 3 }, "fr") ?? "")).toBe("67 %");
    expect(percent({ part: 2, of: 3 }, "en")).toBe("67%");
    expect(spaces(range("2026-11-02", "2026-11-08", "en"))).toBe("2 – 8 Nov 2026");
    expect(partLabel("2026-11-02", "month", "fr")).toBe("nov. 2026");
  });

  it("compare with the period before and say what may still change", () => {
    const now: Figures = {
      ...NO_FIGURES, opened: 12, waiting: { count: 12, median_ms: 11 * MINUTE, p90_ms: HOUR },
      first_contact: { part: 6, of: 8 }, first_contact_open: 2, satisfaction: { asked: 10, answered: 4, solved: 3 },
    };
    const before: Figures = { ...NO_FIGURES, opened: 9, waiting: { count: 9, median_ms: 14 * MINUTE, p90_ms: HOUR } };
    const cards = new Map(cardsOf(now, before, en, "en").map((card) => [card.key, card]));
    expect(cards.get("opened")).toMatchObject({ value: "12", before: "9" });
    expect(spaces(`${cards.get("waiting")?.value} ${cards.get("waiting")?.second?.value} ${cards.get("waiting")?.before}`)).toBe("11 min 1 h 14 min");
    expect(cards.get("firstContact")).toMatchObject({ value: "75%", before: null });
    expect(spaces(cards.get("firstContact")?.details.join(" | ") ?? "")).toBe("6 of 8 | 2 of them were closed less than 7 days ago and may still come back");
    expect(cards.get("satisfaction")).toMatchObject({ value: "75%", details: ["40% answered (4 of 10)"] });
  });

  it("are there in both languages, with the right spaces", () => {
    expect(leaves(fr).map(([path]) => path).sort()).toEqual(leaves(en).map(([path]) => path).sort());
    for (const [path, value] of [...leaves(en), ...leaves(fr)]) {
      if (typeof value === "string") expect(value.trim(), path).not.toBe("");
    }
    for (const [path, value] of leaves(fr)) {
      if (typeof value === "string") expect(value, path).not.toMatch(/« | »| [:;?!]/);
    }
  });
});

describe("charts", () => {
  const groups: FigureGroup[] = sampleFigures({ from: "2026-11-01", to: "2026-11-30", by: "week", level: null, impact: null }, 0).groups;

  it("have a value for every part and a name for every series, in both languages", () => {
    for (const words of [en, fr]) {
      const charts = chartsOf(groups, words.charts);
      expect(charts).toHaveLength(8);
      for (const { key, title, desc, series } of charts) {
        expect(title && desc, key).toBeTruthy();
        for (const one of series) {
          expect(one.values, key).toHaveLength(groups.length);
          expect(one.label, key).not.toBe(one.key);
        }
      }
    }
  });

  it("break where there is nothing to tell instead of drawing zero", () => {
    const [chart] = chartsOf([{ from: "2026-11-01", to: "2026-11-01", figures: NO_FIGURES }], en.charts).filter(({ key }) => key === "waiting");
    expect(chart?.series.map(({ values }) => values)).toEqual([[null], [null]]);
  });

  it("know the backlog's ages and what is empty", () => {
    expect(AGES).toHaveLength(6);
    expect(isEmpty(NO_FIGURES)).toBe(true);
    expect(isEmpty({ ...NO_FIGURES, backlog: { ...NO_FIGURES.backlog, older: 1 } })).toBe(false);
    expect(isEmpty({ ...NO_FIGURES, deflections: 1 })).toBe(false);
  });

  it("have marks that reach the largest value, in steps that people count in", () => {
    expect(countTicks(0)).toEqual([0, 1]);
    expect(countTicks(7)).toEqual([0, 2, 4, 6, 8]);
    expect(countTicks(23)).toEqual([0, 5, 10, 15, 20, 25]);
    expect(timeTicks(HOUR)).toEqual([0, 15, 30, 45, 60].map((minutes) => minutes * MINUTE));
    for (const max of [1, 999, 10_000_000, 9_000_000_000]) {
      for (const ticks of [countTicks(max), timeTicks(max)]) {
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(max);
        expect(ticks.length).toBeLessThanOrEqual(6);
      }
    }
  });

  it("write as many labels as there is room for", () => {
    expect(shownLabels(7, 600)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(shownLabels(400, 300).length).toBeLessThan(5);
    expect(shownLabels(0, 600)).toEqual([]);
    expect(shownLabels(3, 10)).toEqual([0]);
  });
});
