/** The words of the pages of articles and canned replies in the current language. */
import { wordsOf } from "../../i18n";
import { en } from "./en";
import { fr } from "./fr";

export const wa = wordsOf({ en, fr });
