/** Le code que l’utilisateur lit au technicien par téléphone, en français. */
import type { code as english } from "./en.code";
import { counted } from "./plural";

const n = counted("fr");

export const code: typeof english = {
  offer: "Vous êtes au téléphone avec l’assistance ?",
  show: "Afficher un code",
  summary: "Au téléphone : lit un code au technicien",
  none: "Votre organisation n’utilise pas de codes. Si quelqu’un vous en demande un au téléphone, ce n’est pas votre assistance.",
  title: "Code à lire à voix haute",
  good: "Valable encore",
  left: (count) => `Il reste ${n(count, "essai", "essais")}.`,
  care: "Ne le lisez qu’à quelqu’un que vous avez appelé vous-même ou dont vous attendiez l’appel. Ne l’envoyez jamais par courriel.",
  hide: "Masquer le code",
  expired: "Ce code n’est plus valable : ses dix minutes sont passées.",
  spent: "Ce code n’est plus valable : il a été essayé trois fois.",
  again: "Afficher un nouveau code",
  tried: (left) =>
    left === 0
      ? { what: "Quelqu’un a saisi un code erroné pour la troisième fois. Le vôtre n’est plus valable.", todo: "Si vous êtes encore au téléphone avec votre assistance, affichez-en un nouveau." }
      : {
          what: `Quelqu’un a saisi un code erroné.${left === null ? "" : ` Il reste ${n(left, "essai", "essais")} pour le vôtre.`}`,
          todo: "Relisez le vôtre, chiffre par chiffre. Si vous n’êtes pas au téléphone avec votre assistance, masquez-le.",
        },

  unverified: "nom non vérifié",
  consent: "Nom non vérifié : cette personne a seulement saisi le code que vous avez lu.",

  enter: "Code…",
  enterHint: "Quelqu’un au téléphone vous lit un code",
  enterTitle: "Aider avec un code",
  enterLead: "La personne choisit « Afficher un code » dans son Renfort et vous le lit en entier.",
  field: "Code lu par la personne",
  fieldHint: "Le numéro du ticket puis six chiffres. Les espaces et les tirets ne comptent pas.",
  use: "Utiliser le code",
  cancel: "Annuler",
  checking: "Vérification du code…",
  offline: "Il n’y a pas de connexion en ce moment. Attendez qu’elle revienne, puis utilisez le code.",
  cardless: "Vous pouvez aider quand même : une personne au téléphone avec vous lit un code, et vous le saisissez sous « Code… ».",
  noneRevoked: "D’ici là, cet appareil ne permet d’aider personne, même avec un code.",
  noneHere: "Votre organisation ne permet pas d’aider avec un code : attendez votre carte.",
  faults: {
    empty: "Saisissez d’abord le code.",
    characters: "Un code ne contient que des chiffres.",
    short: "Il manque des chiffres : c’est le numéro du ticket, puis six autres.",
    long: "Le code est trop long : c’est le numéro du ticket, puis six chiffres.",
    zero: "Un numéro de ticket ne commence pas par 0. Faites relire le code à la personne.",
    other: (typed, held) => `Ce code est celui du ticket ${typed}, et vous avez le ${held}. Faites relire le code, ou fermez d’abord le ${held}.`,
    number: (typed, what) => `${what} Vous avez saisi ${typed} : faites relire le code.`,
  },
};
