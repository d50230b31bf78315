/** What is wrong with a log, in words; a fault that this console does not know keeps its stable name. */
import { type Table, wordsOf } from "../i18n";

/** By the stable names of the audit format. */
export const faults: Table<Readonly<Record<string, string>>> = {
  en: {
    malformed: "this record is not in its right form",
    altered: "this record was changed after it was written",
    version: "this record is of a version that this relay does not know",
    missing: "this record is missing",
    broken_chain: "this record does not follow the one before it: one of the two was replaced",
    session_gap: "this record is not the next one of its session",
    wrong_value: "a value that is shown is not the one that was recorded",
    bad_checkpoint: "the checkpoint is not rightly signed",
    wrong_size: "the checkpoint counts another number of records",
    wrong_root: "the records are not those that the checkpoint was signed for",
    bad_header: "the export does not begin with a header",
    other_key: "the export names another relay's key",
    no_checkpoint: "there is no checkpoint at the end",
    bad_kept: "the checkpoint from before is not one of this log, or is not signed by its key",
    cut_off: "the log is shorter than the checkpoint from before says: its end was cut off",
    rewritten: "the log does not continue the checkpoint from before: it was written anew",
  },
  fr: {
    malformed: "cet enregistrement n’a pas la forme prévue",
    altered: "cet enregistrement a été modifié après son écriture",
    version: "cet enregistrement est d’une version que ce relais ne connaît pas",
    missing: "cet enregistrement manque",
    broken_chain: "cet enregistrement ne suit pas le précédent\u00a0: l’un des deux a été remplacé",
    session_gap: "cet enregistrement n’est pas le suivant de sa session",
    wrong_value: "une valeur affichée n’est pas celle qui a été enregistrée",
    bad_checkpoint: "la signature du point de contrôle n’est pas valable",
    wrong_size: "le point de contrôle compte un autre nombre d’enregistrements",
    wrong_root: "les enregistrements ne sont pas ceux du point de contrôle signé",
    bad_header: "l’export ne commence pas par un en-tête",
    other_key: "l’export nomme la clé d’un autre relais",
    no_checkpoint: "il n’y a pas de point de contrôle à la fin",
    bad_kept: "le point de contrôle antérieur n’est pas un point de contrôle de ce journal, ou n’est pas signé par sa clé",
    cut_off: "le journal est plus court que ne le dit le point de contrôle antérieur\u00a0: sa fin a été coupée",
    rewritten: "le journal n’est pas la suite du point de contrôle antérieur\u00a0: il a été réécrit",
  },
};

const words = wordsOf(faults);

export function faultWords(fault: string): string {
  return Object.hasOwn(words(), fault) ? (words()[fault] ?? fault) : fault;
}
