/** Both keyboards, how keys are sent, and texts that are typed: in words and by hand. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Side, TechnicianPage, TechnicianSession, View } from "../generated/host";
import type { KeyboardLayout, Typing } from "../generated/protocol";
import { language } from "../i18n";
import { samples, viewOf } from "../host/samples";
import { stage, type Stage } from "./fake.stage";
import { keyboardLine, layoutName } from "./technician/keyboard";

let shown: Stage | undefined;
beforeEach(() => language.set("en"));
afterEach(async () => {
  await shown?.end();
  shown = undefined;
});

type Open = Extract<TechnicianSession, { stage: "open" }>;
const controlled = (change: Partial<Open> = {}, view: View = samples.remoteControl("en")): View => {
  const side = view.side as Extract<TechnicianPage, { page: "ticket" }>;
  return viewOf(view.language, { ...side, session: { ...side.session, ...change } } as unknown as Side);
};
const layout = (name: string, variant: string | null = null): KeyboardLayout => ({ layout: name, variant });
const typing = (typed: number, state: Typing): Partial<Open> => ({ typing: { ...state, typed } });
const said = (): string => (shown?.get("typing-state").textContent ?? "").replaceAll("\u00a0", " ");
const going: Typing = { typed: 0, of: 5, state: "going" };

test("one line says both keyboards and the mode, in both languages", () => {
  const line = (): string => keyboardLine({ mine: layout("us"), theirs: layout("fr"), choice: "automatic" });
  expect(line()).toBe("You: QWERTY (US) · User: AZERTY (France) · character mode");
  language.set("fr");
  expect(line()).toBe("Vous\u00a0: QWERTY (États-Unis) · Utilisateur\u00a0: AZERTY (France) · mode caractère");
});

test("a layout without a name of its own has XKB's, and one that is not known says so", () => {
  expect(layoutName(layout("ch", "fr"))).toBe("QWERTZ (Switzerland, French)");
  expect(layoutName(layout("tr", "f"))).toBe("tr(f)");
  expect(layoutName(layout("constructor"))).toBe("constructor");
  expect(layoutName(null)).toBe("unknown");
});

test("a browser that does not tell its layout is said to have an unknown one, and keys go by what they mean", () => {
  const line = (): string => keyboardLine({ mine: null, theirs: layout("fr"), choice: "automatic" });
  expect(line()).toBe("You: unknown · User: AZERTY (France) · character mode");
  language.set("fr");
  expect(line()).toBe("Vous\u00a0: inconnu · Utilisateur\u00a0: AZERTY (France) · mode caractère");
});

test("the way to leave the user's keyboard is on screen before it is entered, in both languages", async () => {
  for (const [code, words] of [["en", "Ctrl twice"], ["fr", "Ctrl deux fois"]] as const) {
    language.set(code);
    shown = await stage(controlled({}, samples.remoteControl(code)));
    expect(shown.get("keyboard-hint").textContent).toContain(words);
    await shown.end();
  }
  shown = undefined;
});

test("the mode is chosen from a menu, by keyboard alone", async () => {
  shown = await stage(controlled());
  await shown.click("keyboard-line");
  expect(document.activeElement).toBe(shown.get("key-mode-automatic"));
  expect(shown.get("key-mode-automatic").getAttribute("aria-checked")).toBe("true");
  await shown.press("ArrowDown");
  expect(document.activeElement).toBe(shown.get("key-mode-physical"));
  await shown.click("key-mode-physical");
  expect(shown.host.actions).toEqual([{ action: "choose_key_mode", choice: "physical" }]);
  expect(document.activeElement).toBe(shown.get("keyboard-line"));
  await shown.show(controlled({ keyboard: { mine: layout("us"), theirs: layout("fr"), choice: "physical" } }));
  expect(shown.get("keyboard-line").textContent).toContain("physical mode");
  expect(shown.get("remote-keys").hidden).toBe(true);
});

test("the same layout on both sides sends keys by their place, and a change is followed", async () => {
  shown = await stage(controlled({ keyboard: { mine: layout("fr"), theirs: layout("fr"), choice: "automatic" } }));
  expect(shown.get("keyboard-line").textContent).toContain("physical mode");
  expect(shown.get("remote-keys").hidden).toBe(true);
  await shown.show(controlled({ keyboard: { mine: layout("fr"), theirs: layout("be"), choice: "automatic" } }));
  expect(shown.get("keyboard-line").textContent).toContain("AZERTY (Belgium) · character mode");
  expect(shown.get("remote-places").hidden).toBe(true);
});

test("while the keyboard is on the user's machine, the way to leave it is on screen in both modes", async () => {
  for (const choice of ["physical", "character"] as const) {
    shown = await stage(controlled({ keyboard: { mine: null, theirs: null, choice } }));
    shown.get(choice === "physical" ? "remote-places" : "remote-keys").focus();
    await shown.show(controlled({ keyboard: { mine: null, theirs: null, choice } }));
    expect(shown.get("keyboard-hint").textContent).toContain("press Ctrl twice");
    await shown.end();
  }
  shown = undefined;
});

test("a text is typed from a dialog, which the shortcut opens and nothing but the picture's keys go to the user", async () => {
  shown = await stage(controlled());
  const shortcut = new KeyboardEvent("keydown", { key: "T", code: "KeyT", ctrlKey: true, altKey: true, shiftKey: true, cancelable: true, bubbles: true });
  shown.get("remote-keys").dispatchEvent(shortcut);
  await shown.show(controlled());
  expect(shortcut.defaultPrevented).toBe(true);
  await shown.click("start-typing");
  expect(shown.host.actions).toEqual([]);
  await shown.type("type-text", "pass wörd\n");
  await shown.click("start-typing");
  expect(shown.host.actions).toEqual([{ action: "type_text", text: "pass wörd\n" }]);
});

test("the dialog shows how far it is, stops, and says how it ended", async () => {
  shown = await stage(controlled());
  await shown.click("type-text-open");
  await shown.show(controlled(typing(2, going)));
  expect(said()).toBe("2 of 5 characters typed…");
  expect(shown.get<HTMLTextAreaElement>("type-text").disabled).toBe(true);
  await shown.click("stop-typing");
  expect(shown.host.actions).toEqual([{ action: "stop_typing" }]);
  await shown.show(controlled(typing(3, { ...going, state: "cancelled" })));
  expect(said()).toBe("Stopped after 3 of 5 characters.");
  await shown.show(controlled(typing(3, { ...going, state: "denied", reason: "paused" })));
  expect(said()).toContain("Stopped after 3 of 5 characters. ");
  await shown.show(controlled(typing(5, { ...going, state: "done" })));
  expect(said()).toBe("All 5 characters were typed.");
  await shown.click("close-typing");
  expect(shown.all("type-text-dialog")).toEqual([]);
});

test("what cannot be typed is said before anything is sent", async () => {
  shown = await stage(controlled());
  await shown.click("type-text-open");
  for (const text of ["\u001b[A", "x".repeat(2_001), ""]) {
    await shown.type("type-text", text);
    await shown.click("start-typing");
  }
  expect(shown.host.actions).toEqual([]);
  await shown.type("type-text", "\u0007");
  expect(document.body.textContent).toContain("a character that no key gives");
});
