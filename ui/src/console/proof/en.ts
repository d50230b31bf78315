/** Words of the proof in English. */
import { counted } from "../../i18n/plural";

const n = counted("en");

export const en = {
  title: "Prove it",
  intro: "The verdict above is the relay’s own. Here your browser reads the whole exported log and checks every record and every signature by itself.",
  limit: "This page comes from the relay, too. For a check that takes nothing from it, use the command line on a machine of your own:",
  command: (checkpoint: string) => `renfort-relay audit verify audit.jsonl --checkpoint ${checkpoint} --key KEY`,
  commandKey: "KEY is the relay’s key as it was written down when the relay was set up, and not as this page shows it.",
  kept: "Compare with a checkpoint from before",
  keptLabel: "The checkpoint, as it was signed",
  keptHint: "Paste one that you kept in a file, a ticket or a mail. The log must have grown from it.",
  keptFile: "Open a checkpoint file…",
  keptTooLarge: "This file is too large for a checkpoint.",
  keptNone: (name: string) => `${name} holds no checkpoint.`,
  keptWithout: "Go on without this file",
  held: "Nothing was checked: the file that you opened as the checkpoint is none. Open another one, paste the checkpoint, or go on without it.",
  here: "Prove this relay’s log",
  file: "Check an exported file…",
  recorded: "Reading the log is itself recorded in it.",
  working: (records: number) => (records === 0 ? "Reading the log…" : `${n(records, "record holds", "records hold")} so far…`),
  stop: "Stop",
  stopped: "The check was stopped.",
  good: (records: number) => `Your browser checked ${n(records, "record", "records")}: the log holds.`,
  goodFile: (name: string, records: number) => `${name} holds: ${n(records, "record", "records")} checked by your browser.`,
  bad: "The log does not hold",
  badFile: (name: string) => `${name} does not hold`,
  at: (seq: number, fault: string) => `First fault at record ${seq}: ${fault}.`,
  somewhere: (fault: string) => `Fault: ${fault}.`,
  unchecked: "The log was not checked",
  uncheckedFile: (name: string) => `${name} was not checked`,
  uncheckedHint: "This says nothing against the log.",
  badHint: "Keep the exported file and the checkpoints as they are, and show them to whoever is in charge of security.",
  span: "Written between",
  and: "and",
  key: "Signed by the relay key",
  keyStranger: "Signed by the key",
  keyRemembered: "The same key as before.",
  keyOwn: "Compared: it is the key of the relay that this page comes from.",
  keyDiffers: "Compared: it is not the key of the relay that this page comes from.",
  keyUncompared: "The key was not compared. Anybody can sign a log with a key of their own: compare it with the relay’s key as you know it from elsewhere.",
  keyOtherTitle: "This is not this relay’s log",
  keyOther: "The file is whole in itself, but another key signed it. It is of another relay, or somebody made it up. Ask where it comes from before you rely on it.",
  compared: "Compared with",
  withGiven: "the checkpoint that you gave: it has only grown since.",
  withRemembered: (at: string) => `what this browser proved on ${at}: it has only grown since.`,
  withNothing: "nothing from before. This browser remembers the checkpoint from now on, and compares next time.",
  /** `own`: did this relay sign the file? Null where that is not known. */
  withNothingFile: (own: boolean | null) => {
    const whole = "nothing from before: the file is whole in itself.";
    if (own === false) return whole;
    const more = own === null ? "it is also shown to be this relay’s" : "it is also shown that nothing was cut off or rewritten since";
    return `${whole} With a checkpoint that you kept, ${more}.`;
  },
  rememberedIs: (at: string) => `The comparison was with what this browser proved on ${at}.`,
  forget: "Forget what this browser remembers",
  forgetHint: "Only if the relay was set up anew and you know of it.",
  forgotten: "Forgotten. The next proof begins anew.",
  signatures: "The machines’ signatures",
  signed: (sessions: number, both: number) =>
    `Of ${n(sessions, "session that was allowed and has ended", "sessions that were allowed and have ended")}, both machines signed ${both}.`,
  signedOtherwise: (sharer: number, viewer: number, neither: number) =>
    `Signed by the user’s machine only: ${sharer}; by the technician’s only: ${viewer}; by neither: ${neither}. A machine that was switched off or cut off at the end cannot sign.`,
  signedNone: "No session that its user allowed has ended yet: there is nothing to sign.",
  uncheckable: (count: number) => `${n(count, "signature cannot be checked and counts", "signatures cannot be checked and count")} as none: the key was erased or left out.`,
  personal: "Personal values",
  erased: (count: number) => `${n(count, "value was erased and is", "values were erased and are")} not shown; the log itself tells of it.`,
  withheld: (hidden: number, erased: number) =>
    `Personal values that are not shown: ${hidden}; that were erased, as the log tells: ${erased}. The rest was left out of the file, or erased while it was written.`,
  stillShown: (hidden: number, erased: number) =>
    `Personal values that were erased, as the log tells: ${erased}; that are not shown: ${hidden}. This file still holds some of them.`,
  disputed: (role: "sharer" | "viewer", reports: number, claimed: number) =>
    `${role === "sharer" ? "The user’s" : "The technician’s"} machine did not agree with the log: it made ${n(claimed, "report", "reports")}, the log has ${reports}.`,
  unsigned: (role: "sharer" | "viewer") =>
    `A report that ${role === "sharer" ? "the user’s" : "the technician’s"} machine is said to have made after it had signed: nothing shows that it did.`,
  record: (seq: number) => `record ${seq}`,
  gaps: "What the log does not tell",
  noGaps: "No gaps: every session has its end, no report of a machine is missing or disputed, and nothing was left out.",
  unended: "This session has no end in the log. It goes on, or its end was never told.",
  session: "Session",
  lastRecord: (seq: number) => `last record: ${seq}`,
  missing: (from: number, to: number) => (from === to ? `Report ${from} of one side never came.` : `Reports ${from} to ${to} of one side never came.`),
  before: (seq: number) => `before record ${seq}`,
  more: (count: number) => `and ${n(count, "further gap", "further gaps")}: renfort-relay audit verify names them all.`,
  noCrypto: "This browser cannot check the signatures. Use a current one, over a secure connection, or the command line.",
  unreadable: "The file could not be read.",
  saveCheckpoint: "Save as a file",
  mailCheckpoint: "Send by mail",
  mailSubject: (date: string) => `Checkpoint of the Renfort log, ${date}`,
};

export type ProofWords = typeof en;
