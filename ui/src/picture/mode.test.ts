import { expect, test } from "vitest";
import type { KeyboardLayout } from "../generated/protocol";
import { keyMode, layoutId } from "./mode";

const layout = (name: string, variant: string | null = null): KeyboardLayout => ({ layout: name, variant });

test("keys go by their place only where both layouts are known and the same", () => {
  const automatic = (mine: KeyboardLayout | null, theirs: KeyboardLayout | null): string => keyMode({ mine, theirs, choice: "automatic" });
  expect(automatic(layout("fr"), layout("fr"))).toBe("physical");
  expect(automatic(layout("ch", "fr"), layout("ch", "fr"))).toBe("physical");
  expect(automatic(layout("ch"), layout("ch", "fr"))).toBe("character");
  expect(automatic(layout("fr"), layout("be"))).toBe("character");
  expect(automatic(null, layout("fr"))).toBe("character");
  expect(automatic(layout("fr"), null)).toBe("character");
  expect(automatic(null, null)).toBe("character");
});

test("what the technician chose counts", () => {
  expect(keyMode({ mine: layout("fr"), theirs: layout("us"), choice: "physical" })).toBe("physical");
  expect(keyMode({ mine: layout("fr"), theirs: layout("fr"), choice: "character" })).toBe("character");
});

test("a layout is written as XKB writes it", () => {
  expect([layoutId(layout("fr")), layoutId(layout("ch", "fr"))]).toEqual(["fr", "ch(fr)"]);
});
