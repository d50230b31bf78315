/** Qui est qui, en français : les cartes, les deux mots, et ce qui est dit quand quelque chose a été modifié en chemin. */
import type { CardFault, Tampered } from "../generated/protocol";
import type { trust as english } from "./en.trust";

const NOT_BELIEVED: Record<CardFault, string> = {
  missing: "cette personne n’a pas de carte",
  version: "sa carte demande un Renfort plus récent ici",
  foreign: "sa carte n’a pas été signée par votre organisation",
  stolen: "la carte montrée est celle de quelqu’un d’autre",
  not_yet: "sa carte porte une date future, à moins que l’horloge de cet ordinateur ne soit fausse",
  expired: "sa carte a expiré",
  revoked: "votre organisation a retiré sa carte",
};

const CHANGED: Record<Exclude<Tampered, "card">, string> = {
  ask: "Quelque chose entre les deux ordinateurs a modifié la question du technicien. Rien n’a été montré.",
  replayed: "Quelque chose entre les deux ordinateurs a reposé une ancienne question. Rien n’a été montré.",
  ready: "Quelque chose entre les deux ordinateurs a modifié la réponse de l’ordinateur de l’utilisateur. Rien n’a été montré.",
  reveal: "Quelque chose entre les deux ordinateurs a modifié l’envoi de l’ordinateur du technicien. Rien n’a été montré.",
  allowance: "Quelque chose entre les deux ordinateurs a modifié ce que l’utilisateur autorisait. Rien n’a été montré ainsi.",
  offer: "Quelque chose entre les deux ordinateurs a modifié leur façon de se joindre. Rien n’a été montré par cette connexion.",
  answer: "Quelque chose entre les deux ordinateurs a modifié leur façon de se joindre. Rien n’a été montré par cette connexion.",
};

export const trust: typeof english = {
  checked: (organisation) => `Vérifié : la carte de cette personne a été signée par ${organisation}.`,
  until: (day) => `La carte est valable jusqu’au ${day}.`,
  words: {
    label: "Mots à comparer :",
    compare: "Au téléphone avec cette personne ? Les deux écrans doivent montrer les mêmes deux mots :",
    refuse: "Si les siens sont différents, refusez.",
    userHint: "L’écran du technicien montre les mêmes deux mots. Si les siens sont différents, appuyez sur Arrêter.",
    technicianHint: "L’écran de l’utilisateur montre les mêmes deux mots. Comparez-les au téléphone ; s’ils sont différents, arrêtez ici et prévenez votre administrateur.",
  },
  card: {
    neededTitle: "Vous ne pouvez encore appeler personne",
    takeNeeds: "Il faut une carte, ou un code lu au téléphone.",
    takeNeedsCard: "Il faut une carte.",
    number: "Numéro de cet appareil, qui doit être celui que voit votre administrateur :",
    requested: "Votre demande de carte a été envoyée à votre administrateur. La carte arrivera ici d’elle-même.",
    notRequested: "Votre demande n’a pas encore été envoyée.",
    request: "Envoyer la demande",
    again: "Renvoyer",
    expiring: (day) => `Votre carte est valable jusqu’au ${day}. Demandez-en une nouvelle à temps à votre administrateur.`,
    faults: {
      missing: { what: "Cet appareil n’a pas de carte, qui montre aux utilisateurs qui vous êtes.", todo: "Demandez une carte à votre administrateur." },
      version: { what: "La carte de cet appareil demande un Renfort plus récent.", here: "Mettez Renfort à jour.", todo: "Mettez Renfort à jour, ou demandez une nouvelle carte à votre administrateur." },
      foreign: { what: "La carte de cet appareil n’a pas été signée par votre organisation.", todo: "Demandez une nouvelle carte à votre administrateur." },
      stolen: { what: "La carte présente ici est celle d’un autre appareil ou d’un autre compte.", todo: "Demandez à votre administrateur une carte pour celui-ci." },
      not_yet: { what: "La carte de cet appareil porte une date future.", here: "Vérifiez l’horloge de cet ordinateur.", todo: "Vérifiez l’horloge de cet ordinateur, ou demandez une nouvelle carte à votre administrateur." },
      expired: { what: "La carte de cet appareil a expiré.", todo: "Demandez une nouvelle carte à votre administrateur." },
      revoked: { what: "Votre organisation a retiré la carte de cet appareil.", todo: "Demandez une nouvelle carte à votre administrateur." },
    },
  },
  tampered: (what, fault) => {
    if (what === null) return "Quelque chose a été modifié entre les deux ordinateurs : Renfort a refusé la session.";
    if (what !== "card") return CHANGED[what];
    return `La demande venait de quelqu’un qui n’a pas pu montrer qui il est${fault ? `\u00a0: ${NOT_BELIEVED[fault]}` : ""}. Rien n’a été montré.`;
  },
  tell: "Prévenez votre service informatique.",
};
