// @vitest-environment node
/** Updates of the picture, which the user's machine sends. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ComposedPicture, type ComposedEvents } from "../src/host/browser/composed";
import { type Composed, Composer } from "../src/picture/composition/composer";
import { Decoder } from "../src/picture/composition/exact";
import { OPAQUE } from "../src/picture/composition/picture";
import type { Reason } from "../src/picture/composition/refused";
import { read } from "../src/picture/composition/wire";
import { cases, refused, updates } from "../src/picture/composition/sample";
import { holds, SOAK_MS } from "./inputs";

const real = cases.map(updates);

interface Cut {
  readonly at: number;
  readonly out: number;
  readonly put: Uint8Array;
}
/** Bytes with some of them cut out, and others put in; most often near the beginning, where what follows is described. */
const near = (seeds: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> => {
  const at = fc.oneof(fc.nat(30), fc.nat(300), fc.nat(100_000));
  const cut: fc.Arbitrary<Cut> = fc.record({ at, out: fc.nat(3), put: fc.uint8Array({ maxLength: 3 }) });
  return fc.tuple(seeds, fc.array(cut, { maxLength: 3 })).map(([seed, cuts]) =>
    cuts.reduce((now, { at, out, put }) => {
      const from = at % (now.length + 1);
      return Uint8Array.from([...now.subarray(0, from), ...put, ...now.subarray(from + out)]);
    }, seed),
  );
};

/** What `act` gives, or null when it refuses, for one of these reasons if they are given. */
function unlessRefused<T>(act: () => T, reasons: readonly Reason[] = []): T | null {
  let given: T | null = null;
  const refusal = refused(() => (given = act()));
  if (refusal !== null && reasons.length > 0) expect(reasons).toContain(refusal.reason);
  return given;
}

const coded = real.flat().flatMap((update) => (unlessRefused(() => read(update))?.operations ?? []).flatMap((operation) => (operation.do === "exact" ? [operation] : [])));

const opaque = (pixels: Uint32Array): boolean => pixels.every((pixel) => pixel >= OPAQUE);

describe("updates", () => {
  const some = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...real).chain((all) => fc.tuple(...all.map((update) => near(fc.constant(update))))) },
    { weight: 2, arbitrary: fc.array(near(fc.constantFrom(...real.flat())), { maxLength: 6 }) },
    { weight: 1, arbitrary: fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 }) },
  );

  test("are carried out inside the picture, or refused, and so are the frames between them", { timeout: SOAK_MS }, async () => {
    // After which update a frame comes, of those that were announced, and whether it has the picture's size.
    const frames = fc.array(fc.record({ after: fc.nat(8), announced: fc.nat(8), fits: fc.boolean() }), { maxLength: 4 });
    await holds(fc.tuple(some, frames), ([all, coming]) => {
      const composer = new Composer();
      const announced: number[] = [];
      const inside = ({ changed }: Composed): void => {
        for (const rect of changed) if (!composer.picture.holds(rect)) throw new Error("outside");
      };
      for (const [number, update] of all.entries()) {
        for (const operation of unlessRefused(() => read(update))?.operations ?? []) if (operation.do === "video") announced.push(operation.timestamp);
        const composed = unlessRefused(() => composer.take(update));
        if (composed === null) break;
        inside(composed);
        const { width, height } = composer.picture;
        // A large one takes a while to make.
        if (width * height >= 1 << 20) continue;
        for (const { announced: which, fits } of coming.filter(({ after }) => after === number)) {
          const size = fits ? { width, height } : { width: 3, height: 2 };
          const pixels = new Uint32Array(size.width * size.height).fill(OPAQUE | 0x123456);
          inside(composer.frame(announced[which % Math.max(announced.length, 1)] ?? 7, { ...size, pixels }));
        }
      }
      // A large one takes a while to look at.
      if (composer.picture.pixels.length < 1 << 20) expect(opaque(composer.picture.pixels)).toBe(true);
    });
  });

  test("in messages about several pictures are painted inside the picture, or end the session", { timeout: SOAK_MS }, async () => {
    const about = fc.integer({ min: 0, max: 3 });
    const turns = fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 8 });
    await holds(fc.tuple(some, fc.array(about, { minLength: 1, maxLength: 8 }), turns), ([all, pictures, lengths]) => {
      let ends = 0;
      // Composed after each so many messages, and so long that a turn ends in the midst of some.
      const put: (() => void)[] = [];
      let clock = 0;
      const events: ComposedEvents = {
        onChanged: (picture, changed) => {
          for (const rect of changed) if (!picture.holds(rect)) throw new Error("outside");
        },
        onAcknowledgement: (message) => expect(message.length).toBe(13),
        onMalformed: () => (ends += 1),
        onUnfit: () => (ends += 1),
      };
      const composed = new ComposedPicture(
        events,
        (act) => void put.push(act),
        () => (clock += 3),
      );
      for (const [number, update] of all.entries()) {
        composed.message(Uint8Array.from([pictures[number % pictures.length] as number, ...update]));
        if (number % (1 + (lengths[number % lengths.length] as number)) === 0) put.splice(0).forEach((act) => act());
        if (ends > 0) composed.close();
      }
      for (let turn = 0; put.length > 0; turn += 1) {
        if (turn > all.length) throw new Error("it never ends");
        put.splice(0).forEach((act) => act());
      }
    });
  });

  test("are read, or refused, whatever they are", { timeout: SOAK_MS }, async () => {
    await holds(fc.oneof(near(fc.constantFrom(...real.flat())), fc.uint8Array({ maxLength: 200 })), (update) => {
      const known = unlessRefused(() => read(update), ["update"]);
      if (known !== null) expect(known.after).toBeLessThan(known.sequence);
    });
  });
});

test("pixels are decoded, or refused", { timeout: SOAK_MS }, async () => {
  const one = fc.constantFrom(...coded);
  const changed = one.chain((operation) => fc.tuple(near(fc.constant(operation.coded)), fc.constant(operation.rect)));
  const side = fc.integer({ min: 1, max: 100 });
  const any = fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.record({ width: side, height: side }));
  await holds(fc.array(fc.oneof({ weight: 4, arbitrary: changed }, { weight: 1, arbitrary: any }), { minLength: 1, maxLength: 4 }), (parts) => {
    const decoder = new Decoder();
    for (const [part, { width, height }] of parts) {
      const pixels = unlessRefused(() => decoder.decode(part, width, height), ["pixels"]);
      if (pixels === null) return;
      expect(pixels.length).toBe(width * height);
      expect(opaque(pixels)).toBe(true);
    }
  });
});
