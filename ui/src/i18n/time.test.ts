import { expect, test } from "vitest";
import { preferredLanguage } from "./language.svelte";
import { age, clock, day, duration, exact, relative, stamp, timeOfDay, timeToTheSecond } from "./time";

const MINUTE = 60_000;
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, " ");

test("time left is rounded up and never negative, so 0:00 means over", () => {
  expect(clock(1)).toBe("0:01");
  expect(clock(29 * MINUTE + 12_000)).toBe("29:12");
  expect(clock(61 * MINUTE)).toBe("1:01:00");
  expect(clock(0)).toBe("0:00");
  expect(clock(-5_000)).toBe("0:00");
});

test("durations are told in at most two units", () => {
  expect(plain(duration(1_000, "en"))).toBe("1 second");
  expect(plain(duration(3 * MINUTE, "fr"))).toBe("3 minutes");
  expect(plain(duration(65 * MINUTE, "en"))).toBe("1 hour 5 minutes");
  expect(plain(duration(119 * MINUTE + 50_000, "en"))).toBe("2 hours");
  expect(plain(duration(-1, "en"))).toBe("0 seconds");
});

test("times are relative in the reader's language", () => {
  const now = 1_000 * MINUTE;
  expect(relative(now - 10_000, now, "en")).toBe("now");
  expect(relative(now - 45_000, now, "en")).toBe("1 minute ago");
  expect(plain(relative(now - 4 * MINUTE, now, "fr"))).toBe("il y a 4 minutes");
  expect(relative(now + 2 * 60 * MINUTE, now, "en")).toBe("in 2 hours");
  expect(relative(now - 24 * 60 * MINUTE, now, "fr")).toBe("hier");
});

test("ages are short", () => {
  expect(plain(age(40_000, "en"))).toBe("40 s");
  expect(plain(age(22 * MINUTE, "en"))).toBe("22 min");
  expect(plain(age(26 * 60 * MINUTE, "fr"))).toBe("1 j");
});

test("the first preferred language that there is wins", () => {
  expect(preferredLanguage(["de-DE", "fr-CA", "en"])).toBe("fr");
  expect(preferredLanguage(["en-GB", "fr"])).toBe("en");
  expect(preferredLanguage(["fry"])).toBe("en");
  expect(preferredLanguage([])).toBe("en");
});

test("instants are written alike everywhere, days before months and with 24 hours", () => {
  const at = new Date(2026, 2, 9, 15, 4, 5).getTime();
  expect(plain(timeOfDay(at, "en"))).toBe("15:04");
  expect(plain(timeToTheSecond(at, "en"))).toBe("15:04:05");
  expect(plain(timeToTheSecond(at, "fr"))).toBe("15:04:05");
  expect(plain(stamp(at, "en"))).toBe("9 Mar 2026, 15:04");
  expect(day(at, "en")).toMatch(/^Monday,? 9 March 2026$/);
  expect(exact(at, "en")).toContain("15:04:05");
  expect(exact(at, "en")).toContain("9 March");
});
