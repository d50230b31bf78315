/** Rules that hold for every file of the interface. */
import { readdirSync, readFileSync } from "node:fs";
import { parse, type AST } from "svelte/compiler";
import { describe, expect, test } from "vitest";

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/"));
const source = files.filter((name) => /\.(ts|svelte)$/.test(name) && !name.startsWith("generated/"));
const components = source.filter((name) => name.endsWith(".svelte"));
const read = (name: string): string => readFileSync(`src/${name}`, "utf8");

test("only one file imports the desktop shell's JavaScript API", () => {
  const importing = source.filter((name) => /(from|import\()\s*["']@tauri-apps\//.test(read(name)));
  expect(importing).toEqual(["host/desktop.ts"]);
});

test("the console is built without the desktop app, and the app without the console", () => {
  for (const name of source) {
    const imports = [...read(name).matchAll(/from "([^"]+)"/g)].map((match) => match[1] ?? "");
    if (name.startsWith("console/")) expect(imports.filter((path) => /\/(desktop|banner|host|picture)\//.test(path)), name).toEqual([]);
    else expect(imports.filter((path) => /\/console\//.test(path)), name).toEqual([]);
  }
});

test("samples and fakes are in no window", () => {
  const product = source.filter((name) => !/\.test\.ts$|(^|\/)(fake|samples?)[\w.]*\.ts$/.test(name));
  for (const name of product) expect(read(name), name).not.toMatch(/from "[^"]*\/(fake|samples?)"/);
});

/** Attributes that a person reads or hears. */
const SPOKEN = new Set(["aria-label", "title", "placeholder", "alt", "label", "legend", "hint"]);
const WORD = /\p{L}{2,}/u;
/** The product's name is the same in every language. */
const withoutName = (text: string): string => text.replaceAll("Renfort", "");

function walk(node: unknown, visit: (node: { type: string }) => void): void {
  if (Array.isArray(node)) for (const each of node) walk(each, visit);
  else if (typeof node === "object" && node !== null) {
    if ("type" in node && typeof node.type === "string") visit(node as { type: string });
    for (const value of Object.values(node)) walk(value, visit);
  }
}

describe.each(components)("%s", (name) => {
  const { fragment } = parse(read(name), { modern: true });

  test("has no word of its own: they are in the tables", () => {
    const own: string[] = [];
    walk(fragment.nodes, (node) => {
      if (node.type === "Attribute") {
        const { name: attribute, value } = node as AST.Attribute;
        const texts = value === true ? [] : (Array.isArray(value) ? value : [value]).filter((part) => part.type === "Text");
        if (SPOKEN.has(attribute)) own.push(...texts.map((text) => text.data).filter((text) => WORD.test(withoutName(text))));
      }
    });
    const texts = (nodes: AST.Fragment["nodes"]): void => {
      for (const node of nodes) {
        if (node.type === "Text" && WORD.test(withoutName(node.data))) own.push(node.data.trim());
        for (const key of ["fragment", "consequent", "alternate", "body", "fallback"] as const) {
          const inner = (node as unknown as Record<string, AST.Fragment | null | undefined>)[key];
          if (inner && Array.isArray(inner.nodes)) texts(inner.nodes);
        }
      }
    };
    texts(fragment.nodes);
    expect(own).toEqual([]);
  });

  test("has no style attribute, which the content security policy refuses", () => {
    walk(fragment.nodes, (node) => {
      if (node.type === "Attribute") expect((node as AST.Attribute).name).not.toBe("style");
    });
  });
});

test.each(["index.html", "banner.html", "console.html", "technician.html"])("%s has no inline script or style", (page) => {
  const html = readFileSync(page, "utf8");
  expect(html).toMatch(/<html lang="/);
  expect([...html.matchAll(/<script\b([^>]*)>/g)].every((match) => / src="/.test(match[1] ?? ""))).toBe(true);
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
});
