/** English words for a copied text that did not get to the other side. */
import { counted } from "./plural";

const n = counted("en");

const why = (characters: number, most: number): string =>
  characters > most
    ? `is too long (${n(characters, "character", "characters")}, at most ${n(most, "character", "characters")})`
    : `takes up too much room (${n(characters, "character", "characters")})`;

export const copied = {
  mine: (characters: number, most: number) => `The text you copied ${why(characters, most)} and was not passed on.`,
  theirs: (name: string, characters: number, most: number) => `The text that ${name} copied ${why(characters, most)} and was not passed on.`,
};
