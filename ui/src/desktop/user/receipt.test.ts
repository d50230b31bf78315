import { expect, test } from "vitest";
import { receipt } from "../../host/samples";
import { language } from "../../i18n";
import { receiptSentence } from "./receipt";

test("the receipt says plainly what was done", () => {
  const said = (change: Partial<typeof receipt>): string => receiptSentence({ ...receipt, ...change }, language.current).replaceAll("\u00a0", " ").replaceAll(/[\u2068\u2069]/g, "");
  language.set("en");
  expect(said({})).toBe("Claire Fontaine saw your screen for 3 minutes and used your mouse and keyboard for 2 minutes: 45 key presses, 12 clicks and 1 text copied.");
  const none = { keys: 0, clicks: 0, clipboard_to_user: 0, clipboard_from_user: 0, chat: 1 };
  expect(said({ controlled_ms: 0, counts: none })).toBe("Claire Fontaine saw your screen for 3 minutes, and did not use your mouse or keyboard.");
  expect(said({ counts: none })).toBe("Claire Fontaine saw your screen for 3 minutes and used your mouse and keyboard for 2 minutes.");
  expect(said({ viewed_ms: 0, controlled_ms: 0, counts: none })).toBe("Claire Fontaine did not see your screen.");
  language.set("fr");
  expect(said({ counts: { ...none, clicks: 1 } })).toBe("Claire Fontaine a vu votre écran pendant 3 minutes et a utilisé votre souris et votre clavier pendant 2 minutes : 1 clic.");
});
