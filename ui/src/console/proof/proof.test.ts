import { readFileSync } from "node:fs";
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { language } from "../../i18n";
import App from "../App.svelte";
import { FakeApi } from "../fake";
import { sampleRelay } from "../sample";
import { remembered } from "./remembered";

const PATIENCE_MS = 5_000;
vi.setConfig({ testTimeout: 4 * PATIENCE_MS });

interface Case {
  readonly name: string;
  readonly lines: readonly (number | string)[];
  readonly kept: readonly string[];
}
const vectors = JSON.parse(readFileSync("../relay/audit/vectors/log-proof.json", "utf8")) as { lines: string[]; cases: Case[] };
const caseOf = (name: string): Case => vectors.cases.find((told) => told.name === name) as Case;
const fileOf = (name: string): string => caseOf(name).lines.map((line) => `${typeof line === "number" ? vectors.lines[line] : line}\n`).join("");

let api: FakeApi;
let app: Record<string, unknown>;

beforeEach(() => {
  localStorage.clear();
  const relay = sampleRelay(Date.now(), 3);
  const { checkpoint } = JSON.parse(vectors.lines.at(-1) as string) as { checkpoint: string };
  api = new FakeApi({ ...relay, log: { ...relay.log, checkpoint } });
  api.exported = fileOf("the whole log");
  language.set("en");
  history.replaceState(null, "", "#/log");
  app = mount(App, { target: document.body, props: { api } });
});

afterEach(async () => {
  await unmount(app);
  document.body.replaceChildren();
  localStorage.clear();
});

function found<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const element = document.querySelector<Kind>(`[data-testid="${id}"]`);
  if (element === null) throw new Error(`no ${id} in: ${document.body.textContent}`);
  return element;
}
const shown = (id: string): Promise<HTMLElement> => vi.waitFor(() => found(id), { timeout: PATIENCE_MS });
/** A number and its noun do not part: the space between them is another one. */
const textOf = async (id: string): Promise<string> => (await shown(id)).textContent.replaceAll("\u00a0", " ");
const isShown = (id: string): boolean => document.querySelector(`[data-testid="${id}"]`) !== null;

async function proveHere(): Promise<void> {
  (await shown("prove")).click();
  flushSync();
  await vi.waitFor(() => expect(isShown("proof-stop")).toBe(false), { timeout: PATIENCE_MS });
}

async function choose(input: string, name: string, text: string): Promise<void> {
  const field = (await shown(input)) as HTMLInputElement;
  Object.defineProperty(field, "files", { configurable: true, value: [new File([text], name)] });
  field.dispatchEvent(new Event("change", { bubbles: true }));
  flushSync();
}

function give(text: string): void {
  const field = found<HTMLTextAreaElement>("proof-kept");
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
}

test("the log is proved in the page, its gaps are listed, and the proof is compared with next time", async () => {
  await proveHere();
  expect(await textOf("proof-good")).toContain("6 records");
  expect(found("proof-compared").textContent).toContain("nothing from before");
  // Its one session has no end.
  expect(found("proof-gaps").textContent).toContain("T-1001");
  expect(remembered()?.size).toBe(6);

  api.exported = fileOf("sessions without an end, and missing reports");
  await proveHere();
  expect(await textOf("proof-good")).toContain("8 records");
  expect(found("proof-compared").textContent).toMatch(/this browser proved on \d/);
  expect(found("proof-gaps").textContent).toContain("Reports 3 to 4");
  expect(remembered()?.size).toBe(8);
});

test("a log that was cut off and signed again is noticed by what the browser remembers, until that is forgotten", async () => {
  await proveHere();
  api.exported = fileOf("the end cut off and signed again");
  await proveHere();
  expect((await shown("proof-fault")).dataset.fault).toBe("cut_off");
  expect(found("proof-bad").textContent).toContain("First fault at record 4");
  // When that was, and not how long ago: it may be now.
  expect(await textOf("proof-before")).toMatch(/proved on \d{1,2} \w+ \d{4}, \d\d:\d\d\.$/);
  // A fault is not remembered in place of the proof.
  expect(remembered()?.size).toBe(6);
  found("proof-forget").click();
  flushSync();
  expect(remembered()).toBeNull();
  await proveHere();
  expect(await textOf("proof-good")).toContain("4 records");
});

test("another key than the one that was seen before is a fault", async () => {
  await proveHere();
  api.exported = fileOf("signed by a key of its own");
  await proveHere();
  expect((await shown("proof-fault")).dataset.fault).toBe("other_key");
});

test("a checkpoint that somebody kept is compared with, also with the line ends of a mail", async () => {
  const [kept] = caseOf("written anew and signed again").kept as [string];
  await shown("proof-kept");
  give(`  ${kept.replaceAll("\n", "\r\n")}\r\n`);
  await proveHere();
  expect(await textOf("proof-compared")).toContain("that you gave");
  api.exported = fileOf("written anew and signed again");
  localStorage.clear();
  await proveHere();
  expect((await shown("proof-fault")).dataset.fault).toBe("rewritten");
});

test("a file is checked without the relay, and names the first record that fails", async () => {
  await choose("proof-log-input", "mars.jsonl", fileOf("a bit flipped in a record"));
  expect(await textOf("proof-bad")).toContain("mars.jsonl does not hold");
  expect(found("proof-fault").textContent).toContain("record 1");
  await choose("proof-log-input", "mars.jsonl", fileOf("the whole log"));
  expect(await textOf("proof-good")).toContain("mars.jsonl holds");
  expect(api.calls).not.toContain("exportLog");
  expect(remembered()).toBeNull();
});

test("a file's key is compared with this relay's own, and a log of another key is told as that", async () => {
  await vi.waitFor(() => expect(found("log-root").textContent).not.toBe("–"), { timeout: PATIENCE_MS });
  await choose("proof-log-input", "mars.jsonl", fileOf("the whole log"));
  expect(await textOf("proof-key-compared")).toContain("it is the key of the relay");
  expect(await textOf("proof-compared")).toContain("nothing was cut off or rewritten since");
  expect(await textOf("proof-compared")).not.toContain("this relay’s");
  expect(isShown("proof-key-other")).toBe(false);
  await choose("proof-log-input", "forged.jsonl", fileOf("signed by a key of its own"));
  expect(await textOf("proof-key-other")).toContain("This is not this relay’s log");
  expect(await textOf("proof-key-compared")).toContain("it is not the key");
  expect(await textOf("proof-compared")).not.toContain("With a checkpoint");
  language.set("fr");
  flushSync();
  expect(await textOf("proof-key-other")).toContain("Ce n’est pas le journal de ce relais");
  await proveHere();
  expect(await textOf("proof-key-compared")).toContain("n’a pas été comparée");
});

test.each([
  ["another file", "hello\n", "no_log", "This is no log of Renfort", "Ce n’est pas un journal de Renfort"],
  ["an empty file", "", "no_log", "This is no log of Renfort", "Ce n’est pas un journal de Renfort"],
  ["other line ends", fileOf("the whole log").replaceAll("\n", "\r\n"), "changed_on_the_way", "Export the log again", "Exportez de nouveau"],
])("%s: not checked, and no word against a log", async (_, content, fault, english, french) => {
  await choose("proof-log-input", "mars.jsonl", content);
  expect((await shown("proof-fault")).dataset.fault).toBe(fault);
  expect(await textOf("proof-unchecked")).toContain("mars.jsonl was not checked");
  expect(await textOf("proof-fault")).toContain(english);
  expect(isShown("proof-bad")).toBe(false);
  language.set("fr");
  flushSync();
  expect(await textOf("proof-fault")).toContain(french);
});

test.each([
  ["two records swapped that are far apart", "swapped", "record 0: this record and record 4 are swapped", "l’enregistrement 0 : cet enregistrement et le 4 sont intervertis"],
  ["a record moved to the end", "moved", "record 1: this record is not in its place: it stands at place 5, and record 2 in", "cet enregistrement n’est pas à sa place : il se trouve à la place 5, et le 2 à la sienne"],
  ["a record also before its place", "repeated", "record 1: record 4 stands twice, at place 5 and", "l’enregistrement 4 figure deux fois, à la place 5 et"],
  ["a record removed", "missing", "record 2: this record is missing; record 3 stands in its place", "cet enregistrement manque ; le 3 se trouve à sa place"],
  ["two records swapped, their numbers too", "altered", "record 1: this record was changed", "cet enregistrement a été modifié"],
])("%s: named with what stands where", async (name, fault, english, french) => {
  await choose("proof-log-input", "mars.jsonl", fileOf(name));
  expect((await shown("proof-fault")).dataset.fault).toBe(fault);
  expect(await textOf("proof-fault")).toContain(english);
  language.set("fr");
  flushSync();
  expect(await textOf("proof-fault")).toContain(french);
});

test("a checkpoint is read from a file", async () => {
  const [kept] = caseOf("written anew and signed again").kept as [string];
  await choose("proof-kept-input", "checkpoint.txt", kept);
  await vi.waitFor(() => expect(found<HTMLTextAreaElement>("proof-kept").value).toBe(kept));
  await proveHere();
  expect(await textOf("proof-compared")).toContain("that you gave");
});

test.each([["an empty file", ""], ["another file", "hello"], ["a file that is no text", "\u0000\ufffd\u0000"]])("%s as the checkpoint: that is said, and nothing is checked until it is settled", async (_, content) => {
  const [kept] = caseOf("written anew and signed again").kept as [string];
  await shown("proof-kept");
  give(kept);
  await choose("proof-kept-input", "empty.txt", content);
  await vi.waitFor(() => expect(found("proof").textContent).toContain("empty.txt holds no checkpoint."));
  expect(found<HTMLTextAreaElement>("proof-kept").value, "what was there before").toBe(kept);
  await proveHere();
  expect(await textOf("proof-held")).toContain("Nothing was checked");
  await choose("proof-log-input", "mars.jsonl", fileOf("the whole log"));
  expect(isShown("proof-good") || isShown("proof-stop")).toBe(false);
  expect(api.calls).not.toContain("exportLog");
  language.set("fr");
  flushSync();
  expect(await textOf("proof-held")).toContain("Rien n’a été contrôlé");
  expect(found("proof").textContent).toContain("ne contient aucun point de contrôle");
  language.set("en");
  found("proof-kept-without").click();
  flushSync();
  expect(isShown("proof-held")).toBe(false);
  await proveHere();
  expect(await textOf("proof-compared")).toContain("that you gave");
});

test("a text that holds no checkpoint is no word against the log", async () => {
  await shown("proof-kept");
  give("hello");
  await proveHere();
  expect((await shown("proof-fault")).dataset.fault).toBe("unreadable_kept");
  expect(isShown("proof-bad")).toBe(false);
  expect(await textOf("proof-unchecked")).toContain("The log was not checked");
  language.set("fr");
  flushSync();
  expect(await textOf("proof-unchecked")).toContain("ne dit rien contre le journal");
});

test("the checkpoint leaves with a date that is read one way only, and the command names its file and the key", async () => {
  const link = (await shown("mail-checkpoint")) as HTMLAnchorElement;
  const subject = (): string => new URL(link.href).searchParams.get("subject") ?? "";
  expect(subject()).toMatch(/^Checkpoint of the Renfort log, \d{1,2} [A-Z]\w+ \d{4}, \d\d:\d\d$/);
  const records = api.relay.log.records;
  expect(await textOf("proof-command")).toBe(`renfort-relay audit verify audit.jsonl --checkpoint checkpoint-${records}.txt --key KEY`);
  expect(found("proof").textContent).toContain("KEY is the relay’s key");
  language.set("fr");
  flushSync();
  expect(subject()).toMatch(/^Point de contrôle du journal Renfort, \d{1,2} \S+ \d{4}, \d\d:\d\d$/);
  expect(found("proof").textContent).toContain("CLÉ est la clé du relais");
});

test("a relay that does not answer is told as that, and nothing is said of the log", async () => {
  // What the page itself asks for is here: the refusal is for the proof.
  await vi.waitFor(() => expect(found("log-root").textContent).not.toBe("–"), { timeout: PATIENCE_MS });
  api.refusals.push("relay_unreachable");
  await proveHere();
  await shown("proof-failure");
  expect(isShown("proof-bad") || isShown("proof-good")).toBe(false);
});

test("the proof speaks French", async () => {
  language.set("fr");
  flushSync();
  await proveHere();
  expect(await textOf("proof-good")).toContain("le journal est intègre");
  expect(found("proof-gaps").textContent).toContain("n’a pas de fin");
});

test("who signed the sessions is told; what is disputed, made up or left out is listed", async () => {
  const told = async (name: string): Promise<void> => {
    await choose("proof-log-input", "journal.jsonl", fileOf(name));
    await vi.waitFor(() => expect(found("proof-good").textContent).toContain("journal.jsonl"), { timeout: PATIENCE_MS });
    await vi.waitFor(() => expect(isShown("proof-stop")).toBe(false), { timeout: PATIENCE_MS });
  };
  await told("a session that both ends signed");
  expect(await textOf("proof-signatures")).toContain("both machines signed 1");
  expect(isShown("proof-no-gaps")).toBe(true);
  await told("a session that the user's machine alone signed");
  await vi.waitFor(async () => expect(await textOf("proof-signatures")).toContain("user’s machine only: 1"), { timeout: PATIENCE_MS });
  await told("a session whose end the technician's machine disputes");
  await vi.waitFor(async () => expect(await textOf("proof-gaps")).toContain("it made 4 reports, the log has 1"), { timeout: PATIENCE_MS });
  await told("a report made up after its end had signed");
  await vi.waitFor(async () => expect(await textOf("proof-gaps")).toContain("said to have made after it had signed"), { timeout: PATIENCE_MS });
  await told("signatures whose keys were erased");
  await vi.waitFor(async () => expect(await textOf("proof-erased")).toContain("2 values were erased"), { timeout: PATIENCE_MS });
  expect(await textOf("proof-signatures")).toContain("2 signatures cannot be checked");
  await told("values that were left out");
  await vi.waitFor(async () => expect(await textOf("proof-withheld")).toContain("not shown: 4; that were erased, as the log tells: 0"), { timeout: PATIENCE_MS });
});

test("a signature that does not fit is named with its record", async () => {
  await choose("proof-log-input", "journal.jsonl", fileOf("a signature for other records"));
  expect(await textOf("proof-fault")).toContain("record 8");
  expect(found("proof-fault").dataset.fault).toBe("wrong_head");
});
