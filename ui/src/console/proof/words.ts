/** The words of the proof in the current language. */
import { wordsOf } from "../../i18n";
import { en } from "./en";
import { fr } from "./fr";

export const wp = wordsOf({ en, fr });
