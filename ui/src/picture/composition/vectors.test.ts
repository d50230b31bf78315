// @vitest-environment node
/** The picture is composed as the shared vectors say, as the engine of the desktop app composes it. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Composer } from "./composer";
import { Refused } from "./refused";

interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
}
type Step = Input & ({ readonly picture: Outcome } | { readonly refused: null });
type Input = { readonly update: string } | { readonly frame: { readonly timestamp: number; readonly colour: number } };
interface Outcome {
  readonly complete: number;
  readonly missing: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly sha256: string;
}

const { cases } = JSON.parse(readFileSync("../relay/protocol/vectors/picture.json", "utf8")) as { cases: readonly Case[] };

function takes(composer: Composer, input: Input): void {
  if ("update" in input) {
    composer.take(new Uint8Array(Buffer.from(input.update, "hex")));
    return;
  }
  const { timestamp, colour } = input.frame;
  const { width, height } = composer.picture;
  const frame = new Uint8Array(4 * width * height);
  for (let at = 0; at < frame.length; at += 4) frame.set([colour >> 16, colour >> 8, colour, 255], at);
  composer.frame(timestamp, { width, height, pixels: new Uint32Array(frame.buffer) });
}

function standing(composer: Composer): Outcome {
  const { width, height, bytes } = composer.picture;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { complete: composer.complete, missing: composer.missing(16), width, height, sha256 };
}

describe("the picture", () => {
  test("there are cases", () => expect(cases.length).toBeGreaterThan(30));

  test.each(cases)("$name", ({ steps }) => {
    const composer = new Composer();
    for (const step of steps) {
      const before = standing(composer);
      if ("picture" in step) {
        takes(composer, step);
        expect(standing(composer)).toEqual(step.picture);
      } else {
        expect(() => takes(composer, step)).toThrow(Refused);
        expect(standing(composer).complete).toBe(before.complete);
      }
    }
  });
});
