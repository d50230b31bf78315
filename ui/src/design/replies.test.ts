import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { CannedReply } from "../generated/protocol";
import { filled, matching, mayBeTooLong, placeholdersOf, textIn, unknownPlaceholder, type Values } from "./replies";

interface Vector {
  text: string;
  names: string[];
  unknown: string | null;
}
const vectors = JSON.parse(readFileSync("../relay/protocol/tests/placeholders.json", "utf8")) as Vector[];
const values: Values = { user: "Jeanne {ticket} $& Martin", technician: "Claire", ticket: "T-1042", machine: "PC-7" };
const reply = (title: string, en: string | null, fr: string | null): CannedReply => ({
  id: "ab".repeat(16), version: 1, team: null, title, en, fr, author: { id: 1, name: "Ada" }, at: 1,
});

test.each(vectors)("placeholders are those that the relay reads: $text", ({ text, names, unknown }) => {
  expect(placeholdersOf(text)).toEqual(names);
  expect(unknownPlaceholder(text) ?? null).toBe(unknown);
});

test("a value is put in as it is, and never looked into", () => {
  expect(filled("Hello {user}, about {ticket} on {machine}. {other} { user }", values)).toBe(
    "Hello Jeanne {ticket} $& Martin, about T-1042 on PC-7. {other} { user }",
  );
});

test("however it is filled, it fits into a message", () => {
  expect(mayBeTooLong("{user}".repeat(23))).toBe(false);
  expect(mayBeTooLong("{user}".repeat(24))).toBe(true);
});

test("a reply is in the user's language where it exists in it", () => {
  expect(textIn(reply("a", "Hello", "Bonjour"), "fr")).toEqual({ text: "Bonjour", language: "fr" });
  expect(textIn(reply("a", "Hello", null), "fr")).toEqual({ text: "Hello", language: "en" });
});

test("a reply is found by words of its title and texts, whatever their accents and case; by title first", () => {
  const replies = [reply("Goodbye", "We restarted it.", null), reply("Redémarrer", null, "Éteignez puis rallumez."), reply("Please restart", "x", null)];
  const titles = (query: string): string[] => matching(replies, query).map(({ title }) => title);
  expect(titles("RESTART")).toEqual(["Please restart", "Goodbye"]);
  expect(titles("redem")).toEqual(["Redémarrer"]);
  expect(titles("rallumez eteignez")).toEqual(["Redémarrer"]);
  expect(titles("")).toHaveLength(3);
  expect(titles("(.*")).toEqual([]);
});
