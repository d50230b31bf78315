/**
 * What is fed to the parsers of the pages: anything at all, and real messages with something about them changed.
 *
 * Flow: `holds` draws inputs and tries a promise on each: a few hundred in the ordinary tests, always the same ones; as many
 * as `RENFORT_FUZZ_RUNS` says, others each time, in a soak.
 * Invariant: a promise is kept in bounded time, or it is broken.
 */
import { readdirSync, readFileSync } from "node:fs";
import { setImmediate as breath } from "node:timers/promises";
import fc from "fast-check";

/** Inputs a promise in the ordinary tests. */
const ORDINARY = 300;
/** The longest that one input may take, in milliseconds of the processor: how busy the machine is does not count. */
const PATIENCE_MS = 2_000;
/** Inputs of a soak that are tried in one go. */
const AT_ONCE = 5_000;
/** The longest that a soak may take, in milliseconds. */
export const SOAK_MS = 24 * 60 * 60_000;

const asked = Number(process.env.RENFORT_FUZZ_RUNS ?? "0");
if (!Number.isSafeInteger(asked) || asked < 0) throw new Error("RENFORT_FUZZ_RUNS is no number of inputs");

const worked = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

function inTime(began: number): void {
  const took = worked() - began;
  if (took > PATIENCE_MS) throw new Error(`it took ${Math.round(took)} ms`);
}

/** `promise` holds for every input. */
export async function holds<T>(input: fc.Arbitrary<T>, promise: (input: T) => void | Promise<void>): Promise<void> {
  const property = fc.asyncProperty(input, async (value) => {
    const began = worked();
    await promise(value);
    inTime(began);
  });
  if (asked === 0) return fc.assert(property, { numRuns: ORDINARY, seed: 1 });
  for (let left = asked; left > 0; left -= AT_ONCE) {
    await fc.assert(property, { numRuns: Math.min(left, AT_ONCE) });
    // Whoever runs the tests wants to hear that they go on.
    await breath();
  }
}

/** The seeds of a target in Rust, each the text of a file. */
export function corpus(target: string): string[] {
  const folder = new URL(`../../tests/fuzz/corpus/${target}/`, import.meta.url);
  return readdirSync(folder).sort().map((name) => readFileSync(new URL(name, folder), "utf8"));
}

/** A file of vectors that Rust and this page share. */
export function vectors(path: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../relay/${path}`, import.meta.url), "utf8"));
}

/** Texts with what is seldom thought of: half characters, directions, ends of lines, nothing. */
export const text = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.string({ unit: fc.constantFrom("\ud83d", "\ude00", "\u202e", "\ufeff", "\0", "\r\n", "\u2028", "é", "a", " "), maxLength: 20 }),
    fc.constantFrom("", "__proto__", "constructor", "toString", "T-1", "T-0", "0", "-0", "1e400"),
    fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), maxLength: 128 }),
  );

/** Any value that JSON has, and members that every object has by itself. */
export const json = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    text(),
    fc.constantFrom<unknown>(null, true, false, 0, -0, -1, 0.5, 2 ** 16, 2 ** 32, 2 ** 53, 1e308, [], {}),
    fc.integer(),
    fc.jsonValue({ maxDepth: 3 }),
    fc.dictionary(text(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 4 }),
  );

type Change =
  | { readonly change: "put"; readonly value: unknown }
  | { readonly change: "remove" | "twice" | "list" }
  | { readonly change: "name"; readonly name: string };

interface Mutation {
  /** Which of all values, counted through; beyond the last it begins anew. */
  readonly at: number;
  readonly how: Change;
}

const mutation = (): fc.Arbitrary<Mutation> =>
  fc.record({
    at: fc.nat(10_000),
    how: fc.oneof(
      json().map((value): Change => ({ change: "put", value })),
      fc.constantFrom<Change>({ change: "remove" }, { change: "twice" }, { change: "list" }),
      text().map((name): Change => ({ change: "name", name })),
    ),
  });

type Holder = Record<string, unknown> | unknown[];
const isHolder = (value: unknown): value is Holder => typeof value === "object" && value !== null;

/** Every place in a value where another could stand. */
function places(value: unknown): [Holder, string][] {
  if (!isHolder(value)) return [];
  return Object.keys(value).flatMap((name) => [[value, name] as [Holder, string], ...places((value as Record<string, unknown>)[name])]);
}

function put(holder: Holder, name: string, value: unknown): void {
  // Also where the name means something of its own.
  Object.defineProperty(holder, name, { value, configurable: true, enumerable: true, writable: true });
}

function mutate(value: unknown, { at, how }: Mutation): unknown {
  const all = places(value);
  if (all.length === 0) return how.change === "put" ? how.value : value;
  const [holder, name] = all[at % all.length] as [Holder, string];
  const old = (holder as Record<string, unknown>)[name];
  switch (how.change) {
    case "put":
      put(holder, name, structuredClone(how.value));
      break;
    case "list":
      put(holder, name, [old]);
      break;
    case "remove":
      if (Array.isArray(holder)) holder.splice(Number(name), 1);
      else delete holder[name];
      break;
    case "twice":
      if (Array.isArray(holder)) holder.push(structuredClone(old));
      else put(holder, `${name}_`, structuredClone(old));
      break;
    case "name":
      if (!Array.isArray(holder)) {
        delete holder[name];
        put(holder, how.name, old);
      }
  }
  return value;
}

/** One of these values, as it is or with some things changed. */
export const near = <T>(seeds: readonly T[]): fc.Arbitrary<unknown> =>
  fc
    .tuple(fc.constantFrom(...seeds), fc.array(mutation(), { maxLength: 4 }))
    .map(([seed, mutations]) => mutations.reduce<unknown>((value, one) => mutate(value, one), structuredClone(seed)));

interface Cut {
  readonly at: number;
  readonly out: number;
  readonly put: string;
}

const cut = (): fc.Arbitrary<Cut> => fc.record({ at: fc.nat(100_000), out: fc.nat(8), put: text() });

/** One of these texts, as it is or with some of it cut out, and something else put in. */
export const nearText = (seeds: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...seeds), fc.array(cut(), { maxLength: 4 }))
    .map(([seed, cuts]) => cuts.reduce((now, { at, out, put: more }) => {
      const from = at % (now.length + 1);
      return now.slice(0, from) + more + now.slice(from + out);
    }, seed));

/** What may come as the text of a message that should be one of these. */
export const messageText = (seeds: readonly unknown[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: near(seeds).map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: nearText(seeds.map((seed) => JSON.stringify(seed))) },
    { weight: 1, arbitrary: json().map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: text() },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom("[", '{"type":', '{"a":['), fc.nat(20_000)).map(([part, times]) => part.repeat(times)) },
  );
