/** Les mots pour un lien qui installerait Renfort. */
import type { offer as english } from "./en.offer";

export const offer: typeof english = {
  title: "Installer Renfort avec ce lien ?",
  body: (name) => `Un lien vient d’être ouvert. Il permettrait à ${name} de vous aider sur cet ordinateur.`,
  through: "Par",
  replaces: (name) => `Il remplacerait ${name} : ses techniciens ne pourraient plus vous aider.`,
  sure: "Ne dites oui que si ce lien vient de votre propre assistance.",
  decline: "Ne rien changer",
  accept: "Utiliser ce lien",
  replace: "Remplacer",
};
