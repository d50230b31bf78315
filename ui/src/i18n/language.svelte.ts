/** The current language. It is also what `<html lang>` says, so that screen readers pronounce the page rightly. */
import type { Language } from "../generated/protocol";

class CurrentLanguage {
  #current = $state<Language>("en");

  get current(): Language {
    return this.#current;
  }

  set(language: Language): void {
    this.#current = language;
    document.documentElement.lang = language;
  }

  /** What the browser or the desktop prefers, among the languages that there are. */
  static preferred(preferences: readonly string[]): Language {
    for (const preference of preferences) {
      if (/^fr\b/i.test(preference)) return "fr";
      if (/^en\b/i.test(preference)) return "en";
    }
    return "en";
  }
}

export const language = new CurrentLanguage();
export const preferredLanguage = CurrentLanguage.preferred;
