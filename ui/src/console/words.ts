/** The console's words in the current language. */
import { wordsOf } from "../i18n";
import { en } from "./en";
import { fr } from "./fr";

export const w = wordsOf({ en, fr });
