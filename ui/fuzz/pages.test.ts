/** Addresses, articles, pictures, answers and what was kept: whatever else a page reads that somebody else wrote. */
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "../src/console/api";
import { fetchApi } from "../src/console/api.fetch";
import { remembered } from "../src/console/proof/remembered";
import { addressOf, placeOf } from "../src/console/route";
import { markdown } from "../src/design/markdown";
import { browserStorage } from "../src/host/browser/storage";
import { errorText } from "../src/i18n/errors";
import { decode } from "../src/picture/message";
import { organisationServed } from "../src/technician/organisation";
import { holds, json, nearText, SOAK_MS, text } from "./inputs";

afterEach(() => void vi.unstubAllGlobals());

const ID = "0102030405060708090a0b0c0d0e0f10";
const PLACES = [
  "#/sessions?person=Jeanne+Martin&level=2&state=open&reopened=yes&since=week", "#/tickets?from=2026-11-01&to=2026-11-26&text=%C3%A9cran&technician=3",
  `#/session/${ID}?entry=12`, "#/ticket/T-1042", "#/person/Jeanne%20Martin", "#/machine/PC-42", "#/live", "#/log",
  "#/figures?from=2026-10-01&to=2026-11-26&by=week&level=1&impact=team", "#/figures?period=lastWeek",
  `#/sessions?text=${"x".repeat(75)}%F0%9F%98%80%F0%9F%98%80%F0%9F%98%80`, `#/articles?search=${"x".repeat(198)}%F0%9F%98%80%F0%9F%98%80%F0%9F%98%80`,
  "#/articles?search=%C3%A9cran&language=fr&state=draft&missing=en", `#/article/${ID}/fr`, "#/article/new/en", "#/replies",
];

test("an address names a place, and that place has an address that names it", { timeout: SOAK_MS }, async () => {
  for (const address of PLACES) expect(placeOf(address).page, address).not.toBe("nowhere");
  // Browsers give no half characters.
  await holds(fc.oneof(nearText(PLACES), text()).filter((address) => !/\p{Cs}/u.test(address)), (address) => {
    const place = placeOf(address);
    if (place.page !== "nowhere") expect(placeOf(addressOf(place))).toEqual(place);
  });
});

describe("articles", () => {
  const ELEMENTS = new Set("p h2 h3 h4 h5 h6 a span ul ol li blockquote code pre em strong s br hr table thead tbody tr th td".split(" "));
  const ATTRIBUTES = new Set(["href", "title", "target", "rel", "class", "dir", "start"]);
  /** A tag in the one spelling that leaves a browser nothing to guess. */
  const TAG = /<\/?([a-z][a-z0-9]*)((?: [a-z]+="[^"<>]*")*)>/g;
  const SEEDS = [
    "# Titre\n\nUn *mot*, **deux**, ~~trois~~ et `quatre`.\n\n1. un\n2. deux\n   - trois\n\n> cité\n\n```sh\nls\n```\n",
    "| a | b |\n|:--|--:|\n| 1 | 2 |\n\n[lien](https://aide.example/?a=\"b\" 'titre') <https://x.example> ![image](https://x.example/i.png)\n",
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) [y](data:text/html,x) [z](vbscript:x)\n",
    "[a]: https://a.example \"b\"\n[a] [mail](mailto:a@b.example) &lt;b&gt; &#x3c;i&#x3e; \\<u\\>\n",
  ];
  /** As the relay has it. */
  const LONGEST = 12_000;
  const marks = fc
    .tuple(fc.array(fc.constantFrom("*", "_", "[", "](", ")", "`", "~", "> ", "- ", "1. ", "\n", "|", "<", "&", "![", "\\", "a", "http://", "#"), { minLength: 1, maxLength: 4 }), fc.nat(2_000))
    .map(([some, times]) => some.join("").repeat(times).slice(0, LONGEST));

  test("become a few plain elements that lead nowhere but to the web and to mail", { timeout: SOAK_MS }, async () => {
    await holds(fc.oneof({ weight: 5, arbitrary: nearText(SEEDS) }, { weight: 1, arbitrary: marks }, { weight: 1, arbitrary: text() }), (written) => {
      const html = markdown(written);
      expect(html.replaceAll(TAG, "")).not.toMatch(/[<>]/);
      for (const [tag, name = "", attributes = ""] of html.matchAll(TAG)) {
        if (!ELEMENTS.has(name)) throw new Error(tag);
        for (const [, attribute = "", value = ""] of attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)) {
          const allowed = ATTRIBUTES.has(attribute) && (attribute !== "href" || /^(?:https?:\/\/|mailto:)/i.test(value));
          if (!allowed) throw new Error(tag);
        }
      }
    });
  });
});

test("a picture's message is nothing, or lies wholly on its screen", { timeout: SOAK_MS }, async () => {
  const u16 = fc.oneof(fc.nat(4), fc.nat(0xffff));
  const rectangle = fc.tuple(u16, u16, u16, u16, fc.nat(4), fc.nat(4), fc.integer({ min: -2, max: 2 })).map(([screenWidth, screenHeight, x, y, width, height, off]) => {
    const bytes = new Uint8Array(Math.max(0, 16 + width * height * 4 + off));
    const header = new Uint8Array(new Uint16Array([1, screenWidth, screenHeight, x, y, width, height, 0]).buffer);
    bytes.set(header.subarray(0, bytes.length));
    return bytes;
  });
  await holds(fc.oneof(rectangle, fc.uint8Array({ maxLength: 64 })), (bytes) => {
    const decoded = decode(Uint8Array.from(bytes).buffer);
    if (decoded?.kind !== "rectangle") return;
    const { screen, x, y, width, height, pixels } = decoded;
    expect(x + width <= screen.width && y + height <= screen.height && width > 0 && height > 0).toBe(true);
    expect(pixels.length).toBe(width * height * 4);
  });
});

describe("answers over HTTP", () => {
  const body = fc.oneof(json().map((value) => JSON.stringify(value)), nearText(['{"code":"too_fast","params":{"seconds":"9"}}', '{"name":"Mairie"}']), text());
  const answer = fc.record({ status: fc.constantFrom(200, 400, 401, 403, 404, 409, 429, 500, 502, 503), body });
  const answering = ({ status, body: content }: { status: number; body: string }): void => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(content, { status })));
  };

  test("that refuse are errors with a code, which can be worded", { timeout: SOAK_MS }, async () => {
    const key = { current: () => null, find: () => Promise.resolve(null), keep: () => undefined, forget: () => undefined };
    const api = fetchApi(key);
    await holds(answer, async (given) => {
      answering(given);
      const refused = await api.views().then(() => null, (thrown: unknown) => thrown);
      if (refused === null) return expect(given.status).toBe(200);
      expect(refused).toBeInstanceOf(ApiError);
      const { wire } = refused as ApiError;
      const { what, todo } = errorText(wire);
      expect([typeof what, typeof todo]).toEqual(["string", "string"]);
      for (const param of Object.values(wire.params ?? {})) expect(typeof param).toBe("string");
    });
  });

  test("that tell whom the relay serves are a name, or the relay's own", { timeout: SOAK_MS }, async () => {
    await holds(answer, async (given) => {
      answering(given);
      expect(await organisationServed()).toEqual({ name: expect.any(String), codes: expect.any(Boolean) });
    });
  });
});

test("what was kept in the browser is what it was, or forgotten", { timeout: SOAK_MS }, async () => {
  const kept = fc.oneof(json().map((value) => JSON.stringify(value)), nearText(['{"checkpoint":"c","key":"k","size":5,"at":6}']), text());
  await holds(kept, (value) => {
    for (const name of ["renfort.proof", "renfort.language", "renfort.theme"]) localStorage.setItem(name, value);
    sessionStorage.setItem("renfort.token", value);
    const proved = remembered();
    if (proved !== null) expect([typeof proved.checkpoint, typeof proved.key, typeof proved.size, typeof proved.at]).toEqual(["string", "string", "number", "number"]);
    const { language, theme } = browserStorage.settings();
    expect([null, "fr", "en"]).toContain(language);
    expect(["system", "light", "dark"]).toContain(theme);
    expect(browserStorage.token() ?? "0".repeat(64)).toMatch(/^[0-9a-f]{64}$/);
  });
});
