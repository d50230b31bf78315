// @vitest-environment node
/** The page says of every log what the relay's own verifier says. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { prove } from "./verify";

interface Case {
  readonly name: string;
  readonly lines: readonly (number | string)[];
  readonly key: string | null;
  readonly kept: readonly string[];
  readonly expect: Readonly<Record<string, unknown>>;
}

const vectors = JSON.parse(readFileSync(new URL("../../../../relay/audit/vectors/log-proof.json", import.meta.url), "utf8")) as {
  readonly lines: readonly string[];
  readonly cases: readonly Case[];
};

/** In parts of an odd size, so that they end within lines and within characters. */
async function* inParts(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function fileOf({ lines }: Case): string {
  return lines.map((line) => `${typeof line === "number" ? vectors.lines[line] : line}\n`).join("");
}

describe("logs of the shared vectors", () => {
  test.each(vectors.cases)("$name", async (told) => {
    for (const size of [7, 1 << 20]) {
      const outcome = await prove(inParts(fileOf(told), size), told);
      if ("fault" in outcome) expect(outcome).toEqual(told.expect);
      else {
        const { size, root, unended, missingReports, hidden, erased } = outcome;
        const { both, sharerOnly, viewerOnly, neither, unchecked, disagreements, unsigned } = outcome.signatures;
        const signatures = { both, sharer_only: sharerOnly, viewer_only: viewerOnly, neither, unchecked, disagreements, unsigned };
        expect({ size, root, unended, missing_reports: missingReports, hidden, erased, signatures }).toEqual(told.expect);
      }
    }
  });

  test("a byte that is no UTF-8 is malformed, and not taken for the sign that stands for such bytes", async () => {
    const bytes = new TextEncoder().encode(fileOf(vectors.cases[0] as Case));
    const at = bytes.findIndex((byte) => byte >= 0x80);
    bytes[at] = 0xff;
    async function* file(): AsyncGenerator<Uint8Array> {
      yield bytes;
    }
    expect(await prove(file(), { key: null, kept: [] })).toEqual({ fault: "malformed", seq: 1, found: null, at: null });
  });

  test("a log in UTF-16 was changed on its way", async () => {
    const text = `\ufeff${fileOf(vectors.cases[0] as Case)}`;
    const bytes = Uint8Array.from([...text].flatMap((letter) => [letter.charCodeAt(0) & 0xff, letter.charCodeAt(0) >> 8]));
    async function* file(): AsyncGenerator<Uint8Array> {
      yield bytes;
    }
    expect(await prove(file(), { key: null, kept: [] })).toMatchObject({ fault: "changed_on_the_way" });
  });

  test("a bit flipped anywhere is noticed, and its record named", async () => {
    const whole = new TextEncoder().encode(fileOf(vectors.cases[0] as Case));
    const starts = [...whole.keys()].filter((at) => at === 0 || whole[at - 1] === 0x0a);
    for (let at = 0; at < whole.length - 1; at += 5) {
      const flipped = whole.slice();
      flipped[at] = (whole[at] as number) ^ (1 << (at % 8));
      async function* file(): AsyncGenerator<Uint8Array> {
        yield flipped;
      }
      const outcome = await prove(file(), { key: null, kept: [] });
      expect("fault" in outcome, `byte ${at}`).toBe(true);
      const line = starts.findLastIndex((start) => start <= at);
      if (line > 0 && line <= 6 && whole[at] !== 0x0a && flipped[at] !== 0x0a) expect(outcome, `byte ${at}`).toMatchObject({ seq: line - 1 });
    }
  });
});
