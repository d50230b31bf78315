import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync("src/design/tokens.css", "utf8");
const split = css.indexOf("@media (prefers-contrast: more)");

type Pair = readonly [light: string, dark: string];

function colours(text: string): Map<string, Pair> {
  return new Map([...text.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name = "", light = "", dark = ""]) => [name, [light, dark]]));
}

const normal = colours(css.slice(0, split));
const schemes = { normal, "high contrast": new Map([...normal, ...colours(css.slice(split))]) };

/** Relative luminance and contrast after WCAG 2.2. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const SURFACES = ["ground", "surface", "sunken", "hover", "selected"];
const TEXT: [string, string[], number][] = [
  ["text", [...SURFACES, "danger-tint", "caution-tint", "good-tint"], 4.5],
  ["text-quiet", [...SURFACES, "caution-tint", "danger-tint"], 4.5],
  ["accent-text", ["ground", "surface", "selected"], 4.5],
  ["danger-text", ["ground", "surface", "danger-tint"], 4.5],
  ["caution-text", [...SURFACES, "caution-tint"], 4.5],
  ["good-text", ["surface", "good-tint"], 4.5],
  ["on-accent", ["accent", "accent-hover"], 4.5],
  ["on-danger", ["danger", "danger-hover"], 4.5],
  ["edge", ["ground", "surface"], 3],
  ["accent", ["ground", "surface"], 3],
  ["danger", ["ground", "surface"], 3],
  ["data-1", ["surface"], 3],
  ["data-2", ["surface"], 3],
  ["data-3", ["surface"], 3],
  ["focus", [...SURFACES], 3],
];

describe.each(Object.entries(schemes))("%s", (_, tokens) => {
  test.each(TEXT)("%s is readable on %s", (name, grounds, least) => {
    for (const ground of grounds) {
      for (const [index, scheme] of ["light", "dark"].entries()) {
        const [one, other] = [tokens.get(name)?.[index], tokens.get(ground)?.[index]];
        if (!one || !other) throw new Error(`no colour ${name} or ${ground}`);
        expect(contrast(one, other), `${name} on ${ground}, ${scheme}`).toBeGreaterThanOrEqual(least);
      }
    }
  });
});
