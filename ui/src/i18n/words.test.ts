import { readdirSync, readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import type { Code, Language } from "../generated/protocol";
import { en } from "./en";
import { fr } from "./fr";
import { errorText, language } from "./index";

const protocol = readFileSync("src/generated/protocol.ts", "utf8");
const codes = [...(/export type Code = ([^;]+);/.exec(protocol)?.[1] ?? "").matchAll(/"(\w+)"/g)].map((match) => match[1] as Code);

/** Every path to a word, with what stands there. */
function leaves(words: object, path = ""): [string, unknown][] {
  return Object.entries(words).flatMap(([key, value]): [string, unknown][] =>
    typeof value === "object" && value !== null ? leaves(value, `${path}.${key}`) : [[`${path}.${key}`, value]],
  );
}

test("both languages have the same words, and none is empty", () => {
  const [english, french] = [leaves({ ...en, errors: {} }), leaves({ ...fr, errors: {} })];
  expect(french.map(([path]) => path).sort()).toEqual(english.map(([path]) => path).sort());
  for (const [path, value] of [...english, ...french]) {
    if (typeof value === "string") expect(value.trim(), path).not.toBe("");
    else expect(value, path).toBeTypeOf("function");
  }
});

describe.each<Language>(["en", "fr"])("errors in %s", (which) => {
  beforeEach(() => language.set(which));

  test("the protocol's codes were found", () => expect(codes.length).toBeGreaterThan(25));

  test.each(codes)("%s says what happened and a way out, with and without parameters", (code) => {
    for (const params of [undefined, { limit: "9", supported: "1", seconds: "30", technician: "Zoé", ticket: "T-9", reason: "r", file: "f", detail: "d" }]) {
      const { what, todo } = errorText(params ? { code, params } : { code });
      expect(what).toMatch(/[.…]$/);
      expect(todo).toMatch(/[\p{L}\d.”»\u2069]$/u);
      expect(what + todo).not.toMatch(/undefined|\[object|NaN/);
    }
  });

  test("parameters are in the text", () => {
    expect(errorText({ code: "already_taken", params: { technician: "Zoé Blanc" } }).what).toContain("Zoé Blanc");
    expect(errorText({ code: "sign_in_limited", params: { seconds: "30" } }).todo).toContain("30");
    expect(errorText({ code: "ticket_open", params: { ticket: "T-1009" } }).what).toContain("T-1009");
  });

  test("what this computer knows to be wrong with a receipt is said in words, and anything else by its name", () => {
    const told = ["version", "other_device", "other_technician", "not_as_told", "report_missing", "no_yes"].map((fault) => errorText({ code: "bad_receipt", params: { fault } }).what);
    expect(new Set(told).size).toBe(told.length);
    for (const text of told) expect(text).not.toMatch(/_|\(/);
    expect(errorText({ code: "bad_receipt", params: { fault: "session_gap" } }).what).toContain("session_gap");
  });

  test("a code of a newer version is worded as a defect, not left blank", () => {
    for (const code of ["from_the_future", "toString", "__proto__"]) {
      expect(errorText({ code: code as Code })).toEqual(errorText({ code: "internal" }));
    }
  });
});

test("an error reads differently in each language", () => {
  for (const code of codes) {
    language.set("en");
    const english = errorText({ code }).what;
    language.set("fr");
    expect(errorText({ code }).what).not.toBe(english);
  }
});

const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => /\.(ts|svelte)$/.test(name) && !/\.test\.ts$/.test(name));

/** Each text of a source; what a template puts in is `◆`. */
function textsOf(source: string): string[] {
  const texts: string[] = [];
  const take = (_: string, text: string): string => {
    texts.push(text);
    return "◆";
  };
  let [before, rest] = ["", source.replace(/"([^"\n]*)"/g, take)];
  while (rest !== before) {
    before = rest;
    // From the inside out.
    rest = rest.replace(/\$\{[^{}`]*\}/g, "◆").replace(/`((?:[^`$\n]|\$(?!\{))*)`/g, take);
  }
  return texts;
}

test("French punctuation keeps to its word with a no-break space", () => {
  const french = sources.filter((name) => /(^|[/.])fr\.ts$|(^|\/)fr\.\w+\.ts$/.test(name));
  expect(french.length).toBeGreaterThan(12);
  for (const name of french) {
    const source = readFileSync(`src/${name}`, "utf8").replaceAll("\\u00a0", "\u00a0").replaceAll("\\u202f", "\u202f");
    const strings = textsOf(source);
    expect(strings.filter((text) => /« | »|[^,] [:;?!](?!\w)/.test(text)), name).toEqual([]);
    // Or none at all: `${label}: ` and “Attente: ”.
    expect(strings.filter((text) => /[\p{L}\d◆)»”][:;?!](?=\s|$)/u.test(text)), name).toEqual([]);
  }
});

test("what is put together of words has each language’s own colon between them", () => {
  for (const name of sources) {
    if (/(^|[/.])en(\.\w+)?\.ts$|fake|sample|generated/.test(name)) continue;
    const source = readFileSync(`src/${name}`, "utf8");
    const markup = name.endsWith(".svelte") ? source.replace(/<(script|style)[^]*?<\/\1>/g, "") : "";
    expect([...markup.matchAll(/.*\}: .*/g), ...source.matchAll(/.*\$\{[^}]*\}: .*/g)].map(([line]) => line.trim()), name).toEqual([]);
  }
});

test("nouns follow each language's own plural", () => {
  expect(en.finished.clicks(0)).toBe("0\u00a0clicks");
  expect(fr.finished.clicks(0)).toBe("0\u00a0clic");
  expect(fr.finished.clicks(2)).toBe("2\u00a0clics");
  expect(en.waiting.before(1)).toBe("1\u00a0person is before you.");
});

test("the document says its language", () => {
  language.set("fr");
  expect(document.documentElement.lang).toBe("fr");
  language.set("en");
  expect(document.documentElement.lang).toBe("en");
});
