/** Words of the proof in French. */
import { counted } from "../../i18n/plural";
import type { ProofWords } from "./en";

const n = counted("fr");

export const fr: ProofWords = {
  title: "Prouver",
  intro: "Le verdict ci-dessus est celui du relais. Ici, c’est votre navigateur qui lit tout le journal exporté et contrôle lui-même chaque enregistrement et chaque signature.",
  limit: "Cette page vient aussi du relais. Pour un contrôle qui ne lui doit rien, utilisez la ligne de commande sur votre propre machine\u00a0:",
  command: (checkpoint) => `renfort-relay audit verify audit.jsonl --checkpoint ${checkpoint} --key CLÉ`,
  commandKey: "CLÉ est la clé du relais, telle qu’elle a été notée à sa mise en place, et non telle que cette page la montre.",
  kept: "Comparer avec un point de contrôle antérieur",
  keptLabel: "Le point de contrôle, tel qu’il a été signé",
  keptHint: "Collez celui que vous avez gardé dans un fichier, un ticket ou un message. Le journal doit en être la suite.",
  keptFile: "Ouvrir un fichier de point de contrôle…",
  keptTooLarge: "Ce fichier est trop grand pour un point de contrôle.",
  keptNone: (name) => `${name} ne contient aucun point de contrôle.`,
  keptWithout: "Continuer sans ce fichier",
  held: "Rien n’a été contrôlé\u00a0: le fichier ouvert comme point de contrôle n’en est pas un. Ouvrez-en un autre, collez le point de contrôle, ou continuez sans lui.",
  here: "Prouver le journal de ce relais",
  file: "Contrôler un fichier exporté…",
  recorded: "La lecture du journal y est elle-même inscrite.",
  working: (records) => (records === 0 ? "Lecture du journal…" : `${n(records, "enregistrement conforme", "enregistrements conformes")} jusqu’ici…`),
  stop: "Arrêter",
  stopped: "Le contrôle a été arrêté.",
  good: (records) => `Votre navigateur a contrôlé ${n(records, "enregistrement", "enregistrements")}\u00a0: le journal est intègre.`,
  goodFile: (name, records) => `${name} est intègre\u00a0: ${n(records, "enregistrement contrôlé", "enregistrements contrôlés")} par votre navigateur.`,
  bad: "Le journal n’est pas intègre",
  badFile: (name) => `${name} n’est pas intègre`,
  at: (seq, fault) => `Premier défaut à l’enregistrement ${seq}\u00a0: ${fault}.`,
  somewhere: (fault) => `Défaut\u00a0: ${fault}.`,
  unchecked: "Le journal n’a pas été contrôlé",
  uncheckedFile: (name) => `${name} n’a pas été contrôlé`,
  uncheckedHint: "Cela ne dit rien contre le journal.",
  badHint: "Conservez tels quels le fichier exporté et les points de contrôle, et montrez-les au responsable de la sécurité.",
  span: "Écrit entre",
  and: "et",
  key: "Signé par la clé du relais",
  keyStranger: "Signé par la clé",
  keyRemembered: "La même clé qu’auparavant.",
  keyOwn: "Comparée\u00a0: c’est la clé du relais d’où vient cette page.",
  keyDiffers: "Comparée\u00a0: ce n’est pas la clé du relais d’où vient cette page.",
  keyUncompared: "La clé n’a pas été comparée. N’importe qui peut signer un journal avec une clé à soi\u00a0: comparez-la avec la clé du relais que vous connaissez d’une autre source.",
  keyOtherTitle: "Ce n’est pas le journal de ce relais",
  keyOther: "Le fichier est cohérent en lui-même, mais signé par une autre clé. Il vient d’un autre relais, ou quelqu’un l’a fabriqué. Demandez d’où il vient avant de vous y fier.",
  compared: "Comparé avec",
  withGiven: "le point de contrôle que vous avez fourni\u00a0: le journal n’a fait que grandir depuis.",
  withRemembered: (at) => `ce que ce navigateur avait prouvé le ${at}\u00a0: le journal n’a fait que grandir depuis.`,
  withNothing: "rien d’antérieur. Ce navigateur retient désormais le point de contrôle et comparera la prochaine fois.",
  withNothingFile: (own) => {
    const whole = "rien d’antérieur\u00a0: le fichier est cohérent en lui-même.";
    if (own === false) return whole;
    const more = own === null ? "qu’il vient de ce relais" : "que rien n’a été coupé ni réécrit depuis";
    return `${whole} Un point de contrôle que vous avez gardé montrerait aussi ${more}.`;
  },
  rememberedIs: (at) => `La comparaison portait sur ce que ce navigateur avait prouvé le ${at}.`,
  forget: "Oublier ce que ce navigateur a retenu",
  forgetHint: "Seulement si le relais a été réinstallé et que vous le savez.",
  forgotten: "Oublié. La prochaine preuve repart de zéro.",
  signatures: "Signatures des postes",
  signed: (sessions, both) =>
    `Sur ${n(sessions, "session autorisée et terminée", "sessions autorisées et terminées")}, les deux postes en ont signé ${both}.`,
  signedOtherwise: (sharer, viewer, neither) =>
    `Signées par le seul poste de l’utilisateur : ${sharer} ; par le seul poste du technicien : ${viewer} ; par aucun des deux : ${neither}. Un poste éteint ou déconnecté à la fin ne peut pas signer.`,
  signedNone: "Aucune session autorisée n’est encore terminée : il n’y a rien à signer.",
  uncheckable: (count) => `${n(count, "signature ne peut pas être contrôlée et n’est pas comptée", "signatures ne peuvent pas être contrôlées et ne sont pas comptées")} : la clé a été effacée ou omise.`,
  personal: "Données personnelles",
  erased: (count) => `${n(count, "valeur effacée n’est pas montrée", "valeurs effacées ne sont pas montrées")} ; le journal lui-même en rend compte.`,
  withheld: (hidden, erased) =>
    `Valeurs personnelles non montrées : ${hidden} ; effacées d’après le journal : ${erased}. Le reste a été omis du fichier, ou effacé pendant qu’il s’écrivait.`,
  stillShown: (hidden, erased) =>
    `Valeurs personnelles effacées d’après le journal : ${erased} ; non montrées : ${hidden}. Ce fichier en contient encore.`,
  disputed: (role, reports, claimed) =>
    `Le poste ${role === "sharer" ? "de l’utilisateur" : "du technicien"} n’est pas d’accord avec le journal : il a fait ${n(claimed, "compte rendu", "comptes rendus")}, le journal en a ${reports}.`,
  unsigned: (role) =>
    `Un compte rendu que le poste ${role === "sharer" ? "de l’utilisateur" : "du technicien"} aurait fait après avoir signé : rien ne montre qu’il l’a fait.`,
  record: (seq) => `enregistrement ${seq}`,
  gaps: "Ce que le journal ne dit pas",
  noGaps: "Aucune lacune\u00a0: chaque session a sa fin, aucun compte rendu d’un poste ne manque ni n’est contesté, et rien n’a été omis.",
  unended: "Cette session n’a pas de fin dans le journal. Elle est en cours, ou sa fin n’a jamais été signalée.",
  session: "Session",
  lastRecord: (seq) => `dernier enregistrement\u00a0: ${seq}`,
  missing: (from, to) => (from === to ? `Le compte rendu ${from} d’un des deux postes n’est jamais arrivé.` : `Les comptes rendus ${from} à ${to} d’un des deux postes ne sont jamais arrivés.`),
  before: (seq) => `avant l’enregistrement ${seq}`,
  more: (count) => `et ${n(count, "autre lacune", "autres lacunes")}\u00a0: renfort-relay audit verify les nomme toutes.`,
  noCrypto: "Ce navigateur ne peut pas contrôler les signatures. Utilisez un navigateur à jour, avec une connexion sécurisée, ou la ligne de commande.",
  unreadable: "Le fichier n’a pas pu être lu.",
  saveCheckpoint: "Enregistrer dans un fichier",
  mailCheckpoint: "Envoyer par courriel",
  mailSubject: (date) => `Point de contrôle du journal Renfort, ${date}`,
};
