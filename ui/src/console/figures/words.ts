/** The words of the page of figures in the current language. */
import { wordsOf } from "../../i18n";
import { en } from "./en";
import { fr } from "./fr";

export const wf = wordsOf({ en, fr });
