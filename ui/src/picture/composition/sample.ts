/** Updates for tests, as a sharer writes them: one that behaves, and one that does not. */
import { readFileSync } from "node:fs";
import { Refused, type Reason } from "./refused";

export const number = (value: number): number[] => (value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...number(Math.floor(value / 0x80))]);
const numbers = (...values: number[]): number[] => values.flatMap(number);

export const update = (sequence: number, after: number, ...operations: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([...numbers(sequence, sequence - after), ...operations.flat()]);

type Place = [x: number, y: number, width: number, height: number];
export const begin = (width: number, height: number): number[] => [1, ...numbers(width, height)];
export const copy = (to: Place, x: number, y: number): number[] => [2, ...numbers(...to, x, y)];
export const keep = (slot: number, x: number, y: number): number[] => [3, ...numbers(slot, x, y)];
export const recall = (slot: number, x: number, y: number): number[] => [4, ...numbers(slot, x, y)];
export const exact = (to: Place, coded: readonly number[]): number[] => [5, ...numbers(...to, coded.length), ...coded];
export const solid = (to: Place, colour: number): number[] => exact(to, [0, colour >> 16, (colour >> 8) & 0xff, colour & 0xff]);
export const video = (timestamp: number, ...rects: Place[]): number[] => [6, 0, 0, 0, timestamp, ...numbers(rects.length, ...rects.flat())];

/** A frame of Zstandard without its magic number: the blocks, each whole. */
export const frame = (...blocks: readonly (readonly number[])[]): number[] => [0, 0x50, ...blocks.flat()];
/** A compressed block. */
export const block = (content: readonly number[], last = true): number[] => {
  const header = content.length * 8 + 4 + (last ? 1 : 0);
  return [header & 0xff, (header >> 8) & 0xff, header >> 16, ...content];
};

export type Input = { readonly update: string } | { readonly frame: { readonly timestamp: number; readonly colour: number } };
export interface Outcome {
  readonly complete: number;
  readonly missing: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly sha256: string;
  /** It is shown as a whole now. */
  readonly began?: true;
}

/** The vectors that every viewer shares. */
export interface Case {
  readonly name: string;
  readonly steps: readonly (Input & ({ readonly picture: Outcome } | { readonly refused: Reason }))[];
}

export const { cases } = JSON.parse(readFileSync("../relay/protocol/vectors/picture.json", "utf8")) as { cases: readonly Case[] };

export const bytes = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex, "hex"));

/** All updates of a case. */
export const updates = ({ steps }: Case): Uint8Array<ArrayBuffer>[] => steps.flatMap((step) => ("update" in step ? [bytes(step.update)] : []));

/** What `act` is refused for, or null. */
export function refused(act: () => unknown): Refused | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}
