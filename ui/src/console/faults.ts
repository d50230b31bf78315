/** What is wrong with a log, in words; a fault that this console does not know keeps its stable name. */
import { type Table, wordsOf } from "../i18n";
import type { Disorder } from "./proof/order";
import type { Fault } from "./proof/verify";

/** By the stable names of the audit format. */
export const faults: Table<Readonly<Record<string, string>>> = {
  en: {
    malformed: "this record is not in its right form",
    altered: "this record was changed after it was written",
    version: "a record is of a version that this program does not know",
    missing: "this record is missing",
    broken_chain: "this record does not follow the one before it: one of the two was replaced",
    session_gap: "this record is not the next one of its session",
    wrong_value: "a value that is shown is not the one that was recorded",
    other_signer: "this record answers for one end of a session, but is of somebody else",
    wrong_head: "this record is one machine’s signature, but for other records than those of its session: they were changed, or one was added or taken out",
    bad_signature: "the signature of one machine in this record does not fit",
    bad_checkpoint: "the checkpoint is not rightly signed",
    wrong_size: "the checkpoint counts another number of records",
    wrong_root: "the records are not those that the checkpoint was signed for",
    no_log: "this is no log of Renfort",
    changed_on_the_way: "the file was changed on its way (line ends, blank lines or text encoding), as mail programs and editors do. Export the log again and hand the file over as it is",
    bad_header: "the export does not begin with a header",
    other_key: "the export names another relay's key",
    foreign_origin: "the log is named after another key than the one that signed it: somebody signed it with a key of their own",
    no_checkpoint: "there is no checkpoint at the end",
    unreadable_kept: "what you gave as the checkpoint from before cannot be read as one, or was changed. It is four parts on lines of their own: the log’s name, a number, a line of letters and digits, and below them one that begins with —. Copy it whole",
    bad_kept: "the checkpoint from before is not one of this log, or is not signed by its key",
    cut_off: "the log is shorter than the checkpoint from before says: its end was cut off",
    rewritten: "the log does not continue the checkpoint from before: it was written anew",
  },
  fr: {
    malformed: "cet enregistrement n’a pas la forme prévue",
    altered: "cet enregistrement a été modifié après son écriture",
    version: "un enregistrement est d’une version que ce programme ne connaît pas",
    missing: "cet enregistrement manque",
    broken_chain: "cet enregistrement ne suit pas le précédent\u00a0: l’un des deux a été remplacé",
    session_gap: "cet enregistrement n’est pas le suivant de sa session",
    wrong_value: "une valeur affichée n’est pas celle qui a été enregistrée",
    other_signer: "cet enregistrement répond pour l’un des deux postes d’une session, mais vient de quelqu’un d’autre",
    wrong_head: "cet enregistrement est la signature d’un poste, mais pour d’autres enregistrements que ceux de sa session\u00a0: ils ont été modifiés, ou l’un d’eux a été ajouté ou retiré",
    bad_signature: "la signature d’un poste dans cet enregistrement n’est pas valable",
    bad_checkpoint: "la signature du point de contrôle n’est pas valable",
    wrong_size: "le point de contrôle compte un autre nombre d’enregistrements",
    wrong_root: "les enregistrements ne sont pas ceux du point de contrôle signé",
    no_log: "ce n’est pas un journal de Renfort",
    changed_on_the_way: "le fichier a été modifié en chemin (fins de ligne, lignes vides ou encodage du texte), comme le font les messageries et les éditeurs. Exportez de nouveau le journal et transmettez le fichier tel quel",
    bad_header: "l’export ne commence pas par un en-tête",
    other_key: "l’export nomme la clé d’un autre relais",
    foreign_origin: "le nom du journal est celui d’une autre clé que celle qui l’a signé\u00a0: quelqu’un l’a signé avec une clé à soi",
    no_checkpoint: "il n’y a pas de point de contrôle à la fin",
    unreadable_kept: "ce que vous avez donné comme point de contrôle antérieur n’en est pas un qui se lise, ou a été modifié. Il comporte quatre parties, chacune sur sa ligne\u00a0: le nom du journal, un nombre, une ligne de lettres et de chiffres, et plus bas une ligne qui commence par —. Copiez-le en entier",
    bad_kept: "le point de contrôle antérieur n’est pas un point de contrôle de ce journal, ou n’est pas signé par sa clé",
    cut_off: "le journal est plus court que ne le dit le point de contrôle antérieur\u00a0: sa fin a été coupée",
    rewritten: "le journal n’est pas la suite du point de contrôle antérieur\u00a0: il a été réécrit",
  },
};

/** What is told of a record that is out of its place, where it is known what stands there and where. */
export const disorders: Table<Readonly<Record<Disorder, (found: number, at: number) => string>>> = {
  en: {
    missing: (found) => `this record is missing; record ${found} stands in its place`,
    swapped: (found) => `this record and record ${found} are swapped, each stands in the other’s place`,
    moved: (found, at) => `this record is not in its place: it stands at place ${at}, and record ${found} in its place`,
    repeated: (found, at) => `record ${found} stands twice, at place ${at} and in the place of this record`,
  },
  fr: {
    missing: (found) => `cet enregistrement manque\u00a0; le ${found} se trouve à sa place`,
    swapped: (found) => `cet enregistrement et le ${found} sont intervertis, chacun est à la place de l’autre`,
    moved: (found, at) => `cet enregistrement n’est pas à sa place\u00a0: il se trouve à la place ${at}, et le ${found} à la sienne`,
    repeated: (found, at) => `l’enregistrement ${found} figure deux fois, à la place ${at} et à la place de celui-ci`,
  },
};

const words = wordsOf(faults);
const wordsOfDisorder = wordsOf(disorders);

export function faultWords(fault: string): string {
  return Object.hasOwn(words(), fault) ? (words()[fault] ?? fault) : fault;
}

/** The same of a fault that this page found, which knows more of it. */
export function foundWords({ fault, found, at }: Fault): string {
  const table = wordsOfDisorder();
  return found !== null && Object.hasOwn(table, fault) ? table[fault as Disorder](found, at ?? found) : faultWords(fault);
}
