import { expect, test } from "vitest";
import { recurring } from "./recurring";

const of = (...summaries: string[]): { id: string; summary: string }[] => summaries.map((summary, index) => ({ id: `T-${index + 1}`, summary }));

test("words that several tickets share are trouble that recurs, whatever case, accents and plural", () => {
  const found = recurring(of("L’imprimante n’imprime plus", "IMPRIMANTES en panne", "Écran noir", "encore l'ecran", "Le wifi"));
  expect(found).toEqual([
    { word: "Écran", tickets: ["T-3", "T-4"] },
    { word: "imprimante", tickets: ["T-1", "T-2"] },
  ]);
});

test("a ticket counts once, and words of requests in general not at all", () => {
  expect(recurring(of("VPN VPN vpn.exe vpn.exe", "please help, it does not work", "please help again, 2024 2024"))).toEqual([]);
});

test("what people really write does no harm", () => {
  const odd = of("constructor __proto__ <b>mail</b>", "constructor <i>mail</i>", "😀😀😀", "😀😀😀", "فاطمة الزهراء", "فاطمة", "x".repeat(5000), "");
  expect(recurring(odd).map(({ word }) => word)).toEqual(["constructor", "mail", "فاطمة"]);
});
