/** The names of everything that can be used, from the browser's own accessibility tree. */
import type { Language } from "../src/generated/protocol";
import type { Stage } from "./stage";

interface Node {
  role?: { value?: string };
  name?: { value?: string };
  ignored?: boolean;
}

/** Roles of what can be pressed, typed into or chosen, and of what must be told apart. */
const USED: ReadonlySet<string> = new Set([
  "button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "listbox", "option", "menu", "menuitem", "switch", "slider",
  "spinbutton", "tab", "Date", "dialog", "alertdialog", "radiogroup", "search", "table", "navigation", "img", "image",
]);

/** Words that only the other language has. */
const OTHER: Record<Language, RegExp> = { en: /[«»éèêà]|\b(le|la|les|des|vous|votre|pour)\b/i, fr: /\b(the|your|with|of|to|and|is|you)\b/i };

/** What people of the samples wrote or are called, in whichever language. */
const OF_PEOPLE = /Hélène|Aïcha|N’Guessan|Clairval|Croix-Rouge|Zoë|Groß|فاطمة|T-\d+|PC-|LAPTOP|Français|English|HYPERLINK|planning|My screen|<b>|Scan|Mot de passe|Marc-Antoine|the guide/i;

/** What has no name, and what is called by words of the other language. */
export async function namesOf(stage: Stage, language: Language): Promise<{ nameless: string[]; foreign: string[] }> {
  const { nodes } = (await stage.devtools.send("Accessibility.getFullAXTree")) as unknown as { nodes: Node[] };
  const used = nodes
    .filter(({ ignored, role }) => !ignored && USED.has(role?.value ?? ""))
    .map(({ role, name }) => ({ role: role?.value ?? "", name: (name?.value ?? "").trim() }));
  return {
    nameless: used.filter(({ name }) => name === "").map(({ role }) => role),
    foreign: used.filter(({ name }) => OTHER[language].test(name) && !OF_PEOPLE.test(name)).map(({ role, name }) => `${role} ${name}`),
  };
}
