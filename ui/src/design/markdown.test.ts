/** Whatever an article holds, what is shown of it is harmless, and reads as it was meant. */
import { describe, expect, test } from "vitest";
import { markdown } from "./markdown";

function shown(text: string): HTMLElement {
  const element = document.createElement("div");
  element.innerHTML = markdown(text);
  return element;
}

const PLAIN = new Set([
  "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span",
  "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
]);
const ATTRIBUTES = new Set(["href", "title", "target", "rel", "dir", "class", "start"]);

function assertHarmless(text: string): HTMLElement {
  const element = shown(text);
  for (const node of element.querySelectorAll("*")) {
    expect(PLAIN, text.slice(0, 80)).toContain(node.localName);
    for (const { name, value } of node.attributes) {
      expect(ATTRIBUTES, `${name} of ${text.slice(0, 80)}`).toContain(name);
      if (name === "href") expect(value).toMatch(/^(?:https?:\/\/|mailto:)/i);
    }
  }
  return element;
}

const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg/onload=alert(1)>",
  "<iframe src='javascript:alert(1)'></iframe>",
  "<style>*{display:none}</style>",
  "<a href='javascript:alert(1)'>x</a>",
  "<!-- --><b onclick=alert(1)>x</b>",
  "[x]()",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](java\tscript:alert(1))",
  "[x](&#106;avascript:alert(1))",
  "[x](%6Aavascript:alert(1))",
  "[x](vbscript:msgbox(1))",
  "[x](data:text/html;base64,PHNjcmlwdD4=)",
  "[x](file:///etc/passwd)",
  "[x](//evil.example)",
  "[x](/v1/console/sign-out)",
  "[x](renfort://import/abc)",
  "[x](mailto:)",
  "<javascript:alert(1)>",
  "![x](https://tracker.example/pixel.png)",
  "![x](javascript:alert(1))",
  "![x](data:image/svg+xml;base64,PHN2Zz4=)",
  "[![x](https://a.example/i.png)](javascript:alert(1))",
  '[x](https://a.example "onmouseover=alert(1)")',
  '[x](https://a.example"onmouseover="alert(1))',
  "[x]: javascript:alert(1)\n\n[x]",
  "```html\"onload=alert(1)\n<script>alert(1)</script>\n```",
  "`<script>`",
  "| a |\n|:-:|\n| <img src=x onerror=1> |",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "\\<script\\>",
  "<details open ontoggle=alert(1)>",
  "<math><mtext></math><script>alert(1)</script>",
  "```\nnever closed",
  "~~~\n~~~\n~~~~",
  "> > > > > ".repeat(50),
];

test.each(HOSTILE)("%j does nothing", (text) => {
  assertHarmless(text);
});

describe("links", () => {
  test("lead to the web and to mail addresses, apart from the page they stand on", () => {
    const element = assertHarmless("[here](https://help.example/a?b=1&c=2) <https://x.example> [mail](mailto:help@example.org) https://bare.example/");
    const links = [...element.querySelectorAll("a")];
    expect(links.map((link) => link.getAttribute("href"))).toEqual([
      "https://help.example/a?b=1&c=2", "https://x.example", "mailto:help@example.org", "https://bare.example/",
    ]);
    for (const link of links) {
      expect(link.getAttribute("rel")).toBe("noopener noreferrer");
      expect(link.getAttribute("target")).toBe("_blank");
      expect(link.title).toBe(link.getAttribute("href"));
    }
  });

  test("are not made of what is none", () => {
    expect(shown("setup.py, config.yaml, 192.168.1.1, readme.md").querySelectorAll("a")).toHaveLength(0);
    expect(shown("[x](javascript:alert(1))").textContent).toContain("[x](javascript:alert(1))");
  });
});

test("images are not loaded; their description is shown", () => {
  const element = assertHarmless("![The cable](https://a.example/cable.png)");
  expect(element.querySelector("img")).toBeNull();
  expect(element.textContent).toContain("[The cable]");
});

test("parts begin under the page's own heading", () => {
  const element = shown("# One\n\n###### Six");
  expect([...element.children].map((child) => child.localName)).toEqual(["h2", "h6"]);
});

test("line ends stay", () => {
  expect(shown("Switch it off.\nWait.").querySelectorAll("br")).toHaveLength(1);
});

test("each block runs its own way", () => {
  const element = assertHarmless("مرحبا بالعالم\n\nHello 👩🏽‍💻\n\n- שלום");
  expect([...element.querySelectorAll("p, li")].every((block) => block.getAttribute("dir") === "auto")).toBe(true);
  expect(element.textContent).toContain("👩🏽‍💻");
});

describe("the longest and the deepest texts are done in no time", () => {
  const LONGEST = 12_000;
  const bombs: Record<string, string> = {
    "nested lists": Array.from({ length: 400 }, (_, depth) => `${" ".repeat(depth)}- x`).join("\n").slice(0, LONGEST),
    "lists in one line": "- ".repeat(LONGEST / 2),
    "quotes": ">".repeat(LONGEST),
    "open brackets": "[".repeat(LONGEST),
    "links in links": "[a](".repeat(LONGEST / 4),
    "stars": "*a ".repeat(LONGEST / 3),
    "nested stars": "**a *b ".repeat(LONGEST / 7),
    "backticks": "`".repeat(LONGEST / 2) + " " + "`".repeat(LONGEST / 3),
    "a word": "x".repeat(LONGEST),
    "a table": `|${"a|".repeat(200)}\n|${"-|".repeat(200)}\n${"|".repeat(5_000)}`,
    "entities": "&amp;".repeat(LONGEST / 5),
    "tags": "<a ".repeat(LONGEST / 3),
    "accents": "e" + "\u0301".repeat(LONGEST - 1),
    "fences": "```\n".repeat(LONGEST / 4),
  };
  test.each(Object.keys(bombs))("%s", (name) => {
    const text = bombs[name] ?? "";
    const before = performance.now();
    markdown(text);
    expect(performance.now() - before).toBeLessThan(5_000);
    assertHarmless(text);
  });

  test("a word of ten thousand letters is there whole", () => {
    expect(shown("x".repeat(10_000)).textContent?.trim()).toHaveLength(10_000);
  });
});
