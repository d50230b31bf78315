/**
 * What the page keeps: the sign-in for as long as the tab is open (a reload finds it again), the person's choices in the
 * browser. A browser that keeps nothing forgets them, no more.
 */
import type { Theme } from "../../generated/host";
import type { Language, Token } from "../../generated/protocol";

export interface Settings {
  /** None: the browser's own. */
  readonly language: Language | null;
  readonly theme: Theme;
  /** Who signed in last. */
  readonly login: string | null;
}

export interface Storage {
  settings(): Settings;
  keepSettings(settings: Settings): void;
  token(): Token | null;
  keepToken(token: Token | null): void;
}

const THEMES: readonly Theme[] = ["system", "light", "dark"];
/** Language and colours are the same for the console in this browser. */
const KEYS = { language: "renfort.language", theme: "renfort.theme", login: "renfort.login", token: "renfort.token" } as const;

type Kept = "localStorage" | "sessionStorage";

function read(where: Kept, key: string): string | null {
  try {
    return globalThis[where].getItem(key);
  } catch {
    return null;
  }
}

function write(where: Kept, key: string, value: string | null): void {
  try {
    if (value === null) globalThis[where].removeItem(key);
    else globalThis[where].setItem(key, value);
  } catch {
    // Storage is forbidden or full: it holds until the page is closed.
  }
}

export const browserStorage: Storage = {
  settings: () => {
    const language = read("localStorage", KEYS.language);
    return {
      language: language === "fr" || language === "en" ? language : null,
      theme: THEMES.find((known) => known === read("localStorage", KEYS.theme)) ?? "system",
      login: read("localStorage", KEYS.login),
    };
  },
  keepSettings: ({ language, theme, login }) => {
    write("localStorage", KEYS.language, language);
    write("localStorage", KEYS.theme, theme);
    write("localStorage", KEYS.login, login);
  },
  token: () => {
    const token = read("sessionStorage", KEYS.token);
    return token !== null && /^[0-9a-f]{64}$/.test(token) ? token : null;
  },
  keepToken: (token) => write("sessionStorage", KEYS.token, token),
};
