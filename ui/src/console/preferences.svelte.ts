/**
 * Language and appearance, kept in this browser. A browser that keeps nothing (private windows) forgets them, no more.
 */
import { language, preferredLanguage } from "../i18n/language.svelte";
import type { Language } from "../generated/protocol";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const LANGUAGE_KEY = "renfort.language";
const THEME_KEY = "renfort.theme";

let theme = $state<Theme>("system");

export function currentTheme(): Theme {
  return theme;
}

/** Takes what was kept, else what the browser asks for. */
export function restorePreferences(): void {
  const kept = read(LANGUAGE_KEY);
  language.set(kept === "fr" || kept === "en" ? kept : preferredLanguage(navigator.languages));
  showTheme(THEMES.find((known) => known === read(THEME_KEY)) ?? "system");
}

export function chooseLanguage(chosen: Language): void {
  language.set(chosen);
  write(LANGUAGE_KEY, chosen);
}

export function chooseTheme(chosen: Theme): void {
  showTheme(chosen);
  write(THEME_KEY, chosen);
}

function showTheme(chosen: Theme): void {
  theme = chosen;
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is forbidden or full: the choice holds until the page is closed.
  }
}
