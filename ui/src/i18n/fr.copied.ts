/** Les mots pour un texte copié qui n’est pas arrivé de l’autre côté. */
import type { copied as english } from "./en.copied";
import { counted } from "./plural";

const n = counted("fr");

const why = (characters: number, most: number): string =>
  characters > most
    ? `est trop long (${n(characters, "caractère", "caractères")}, au plus ${n(most, "caractère", "caractères")})`
    : `prend trop de place (${n(characters, "caractère", "caractères")})`;

export const copied: typeof english = {
  mine: (characters, most) => `Le texte que vous avez copié ${why(characters, most)} et n’a pas été transmis.`,
  theirs: (name, characters, most) => `Le texte copié par ${name} ${why(characters, most)} et n’a pas été transmis.`,
};
