/**
 * Small checks of what was parsed from JSON, to be put together. Each gives back the value as it is typed from then on.
 * Invariant: a check either returns a value within its limits or throws `Misshapen`, and never anything else.
 */

export class Misshapen extends Error {}

export type Check<T> = (value: unknown) => T;

const fail = (): never => {
  throw new Misshapen();
};

/** Is it a whole number as the wire has them? JSON's -0 is none: nobody writes it, and it would be read back as another. */
const isWhole = (value: unknown): value is number => Number.isInteger(value) && !Object.is(value, -0);

/** A whole number from 0 to `most`. */
export const upTo =
  (most: number): Check<number> =>
  (value) =>
    isWhole(value) && value >= 0 && value <= most ? value : fail();
export const u16 = upTo(0xffff);
export const u32 = upTo(0xffff_ffff);
/** Larger ones, which the wire allows, cannot be told apart here; none comes near. */
export const whole = upTo(Number.MAX_SAFE_INTEGER);
export const i16: Check<number> = (value) =>
  isWhole(value) && value >= -0x8000 && value <= 0x7fff ? value : fail();
export const boolean: Check<boolean> = (value) => (typeof value === "boolean" ? value : fail());
export const string: Check<string> = (value) => (typeof value === "string" ? value : fail());

/** A string that a further check turns into another; null from it refuses. */
export const stringThat =
  (take: (text: string) => string | null): Check<string> =>
  (value) =>
    take(string(value)) ?? fail();
export const matching = (pattern: RegExp): Check<string> => stringThat((text) => (pattern.test(text) ? text : null));

/** One of a type's words: a word that the type has and this has not does not compile. */
export const wordOf = <T extends string>(words: Record<T, true>): Check<T> =>
  (value) =>
    typeof value === "string" && Object.hasOwn(words, value) ? (value as T) : fail();

export const optional =
  <T>(check: Check<T>): Check<T | null> =>
  (value) =>
    value === undefined || value === null ? null : check(value);

export const listOf =
  <T>(check: Check<T>): Check<T[]> =>
  (value) =>
    Array.isArray(value) ? value.map(check) : fail();

export const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : fail();

type Checked<Shape> = { [Key in keyof Shape]: Shape[Key] extends Check<infer T> ? T : never };

/** An object with at least these members; others are left out. */
export const object =
  <Shape extends Record<string, Check<unknown>>>(shape: Shape): Check<Checked<Shape>> =>
  (value) => {
    const members = record(value);
    return Object.fromEntries(Object.entries(shape).map(([key, check]) => [key, check(Object.hasOwn(members, key) ? members[key] : undefined)])) as Checked<Shape>;
  };

/** The same with members that may be absent, and then are. */
export const objectWith =
  <Shape extends Record<string, Check<unknown>>, More extends Record<string, Check<unknown>>>(shape: Shape, more: More): Check<Checked<Shape> & Partial<Checked<More>>> =>
  (value) => {
    const members = record(value);
    const there = Object.entries(more).filter(([key]) => Object.hasOwn(members, key) && members[key] !== undefined);
    return { ...object(shape)(value), ...Object.fromEntries(there.map(([key, check]) => [key, check(members[key])])) } as Checked<Shape> & Partial<Checked<More>>;
  };

/** One of several objects, told apart by a member. */
export const tagged =
  <Tag extends string, Shapes extends Record<string, Record<string, Check<unknown>>>>(
    tag: Tag,
    shapes: Shapes,
  ): Check<{ [Name in keyof Shapes]: { [key in Tag]: Name } & Checked<Shapes[Name]> }[keyof Shapes]> =>
  (value) => {
    const name = string(record(value)[tag]);
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    if (!shape) return fail();
    return { [tag]: name, ...object(shape)(value) } as never;
  };
