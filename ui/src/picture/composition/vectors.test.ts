// @vitest-environment node
/** The picture is composed as the shared vectors say, as the engine of the desktop app composes it. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Composer, type Composed } from "./composer";
import { bytes, cases, refused, updates, type Input, type Outcome } from "./sample";

function takes(composer: Composer, input: Input): Composed {
  if ("update" in input) return composer.take(bytes(input.update));
  const { timestamp, colour } = input.frame;
  const { width, height } = composer.picture;
  const frame = new Uint8Array(4 * width * height);
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [at % width, Math.floor(at / width)];
    frame.set([colour >> 16, (colour >> 8) ^ y, colour ^ x, 255], 4 * at);
  }
  return composer.frame(timestamp, { width, height, pixels: new Uint32Array(frame.buffer) });
}

function standing(composer: Composer): Outcome {
  const { width, height, bytes } = composer.picture;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { complete: composer.complete, missing: composer.missing(16), width, height, sha256 };
}

describe("the picture", () => {
  test("there are cases", () => {
    expect(cases.length).toBeGreaterThan(40);
    const reasons = cases.flatMap(({ steps }) => steps.flatMap((step) => ("refused" in step ? [step.refused] : [])));
    expect(new Set(reasons)).toEqual(new Set(["update", "pixels", "outside", "not_kept", "too_much", "announced", "too_far_ahead", "early"]));
  });

  test.each(cases)("$name", ({ steps }) => {
    const composer = new Composer();
    for (const step of steps) {
      const before = standing(composer);
      if ("picture" in step) {
        const { began } = takes(composer, step);
        expect({ ...standing(composer), ...(began ? { began } : {}) }).toEqual(step.picture);
      } else {
        expect(refused(() => takes(composer, step))?.reason).toBe(step.refused);
        expect(standing(composer)).toEqual(before);
      }
    }
  });

  // In one case an update does not wait for a copy out of what it overwrites. No sharer sends that: the order matters there.
  const careless = "what comes late writes only where nothing newer stands, and a copy waits";
  const whole = cases.filter(
    ({ name, steps }) => name !== careless && steps.every((step) => "picture" in step && "update" in step && step.picture.missing.length === 0),
  );
  test.each(whole)("is the same in whatever order updates come: $name", (one) => {
    const inOrder = new Composer();
    const all = updates(one);
    for (const update of all) inOrder.take(update);
    const order = fc.shuffledSubarray([...all.keys(), ...all.keys()], { minLength: 2 * all.length });
    fc.assert(
      fc.property(order, (places) => {
        const composer = new Composer();
        for (const place of places) composer.take(all[place] as Uint8Array);
        expect(standing(composer)).toEqual(standing(inOrder));
      }),
      { numRuns: 20, seed: 1 },
    );
  });
});
