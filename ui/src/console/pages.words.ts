/** The words of the console's search, views, story, histories and live page, in the current language. */
import { wordsOf } from "../i18n";
import { en } from "./pages.en";
import { fr } from "./pages.fr";

export const p = wordsOf({ en, fr });
