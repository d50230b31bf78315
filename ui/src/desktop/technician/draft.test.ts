import { expect, test } from "vitest";
import { queueEntry } from "../../host/samples";
import { draftOf, REMOVED, withoutNames } from "./draft";

const user = { name: "Jeanne Martin-Le Gall", machine: "PC-COMPTA-04" };

test.each([
  ["Jeanne Martin-Le Gall a appelé", `${REMOVED} a appelé`],
  ["JEANNE MARTIN-LE GALL a appelé", `${REMOVED} a appelé`],
  ["Mme Martin a appelé", `Mme ${REMOVED} a appelé`],
  ["le poste pc-compta-04 ne démarre pas", `le poste ${REMOVED} ne démarre pas`],
  ["l’écran de Jeanne.", `l’écran de ${REMOVED}.`],
  ["PC-COMPTA-041 et Jeannette restent", "PC-COMPTA-041 et Jeannette restent"],
  ["un martin-pêcheur", "un martin-pêcheur"],
  ["Jeanne Martin", REMOVED],
])("names are taken out: %s", (text, expected) => {
  expect(withoutNames(text, user)).toBe(expected);
});

test("a name that would be an expression is a name", () => {
  expect(withoutNames("salut (.*) + [a]", { name: "(.*) + [a]", machine: "a|b" })).toBe(`salut ${REMOVED}`);
});

test("an accent written in two characters is the same accent", () => {
  expect(withoutNames("He\u0301lène appelle", { name: "Hélène", machine: "x" })).toBe(`${REMOVED} appelle`);
});

test("a draft is in the ticket's language, whatever the technician's", () => {
  const entry = queueEntry(1042, "fr", { summary: "L’imprimante de Jeanne Martin est bloquée" });
  const { title, body } = draftOf(entry, "J’ai vidé la file.", "", ["Sur PC-COMPTA-04 : toner vide."]);
  expect(title).toBe(`L’imprimante de ${REMOVED} est bloquée`);
  expect(body).toBe(`# Le problème\n\n${title}\n\n# Ce qui a aidé\n\nJ’ai vidé la file.\n\nSur ${REMOVED} : toner vide.`);
  expect(draftOf({ ...entry, language: "en" }, "", "", []).body).toContain("# The problem");
});

test("a long summary makes a title that fits", () => {
  expect([...draftOf(queueEntry(1, "fr", { summary: "👍".repeat(300) }), "", "", []).title]).toHaveLength(120);
});
