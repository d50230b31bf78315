/** Les mots français de l’aide avant la file, des réponses types et des brouillons. */
import type { articles as en } from "./en.articles";
import { counted } from "./plural";

const n = counted("fr");

export const articles: typeof en = {
  help: {
    title: "Ceci vous aidera peut-être tout de suite",
    count: (count: number) => (count === 0 ? "" : `${n(count, "article peut", "articles peuvent")} vous aider.`),
    inOther: { en: "en anglais", fr: "en français" },
    reading: "Aide immédiate",
    solved: "Mon problème est réglé",
    notSolved: "J’ai encore besoin d’aide",
    thanks: "Tant mieux\u00a0!",
    thanksHint: "Aucun ticket n’a été ouvert. Vous pouvez demander de l’aide à tout moment.",
    done: "Terminer",
    after: "Finalement, ce n’est pas réglé",
    address: "Ouvrez cette adresse dans votre navigateur\u00a0:",
  },
  replies: {
    open: "Réponses types",
    hint: "ou tapez / dans une ligne vide",
    list: "Réponses types",
    none: "Il n’y a pas encore de réponse type. Elles se préparent dans la console.",
    noneFits: "Aucune réponse type ne correspond.",
    loading: "Lecture des réponses types…",
    count: (count: number) => n(count, "réponse type", "réponses types"),
    inOther: { en: "en anglais seulement", fr: "en français seulement" },
  },
  draft: {
    make: "En faire un brouillon d’article",
    makeHint: "Pour la prochaine personne qui aura ce problème. Il est relu avant d’être visible.",
    title: "Titre",
    body: "Texte, en Markdown",
    language: { en: "en anglais", fr: "en français" },
    names: "Les noms de l’utilisateur et du poste ont été remplacés par […]. Cherchez-en d’autres\u00a0: un article ne nomme personne.",
    noNames: "Vérifiez qu’il ne nomme personne\u00a0: un article ne nomme personne.",
    missing: "Il faut un titre et un texte pour un brouillon.",
    saved: "Le brouillon est enregistré. Il se trouve dans la console, parmi les brouillons.",
    discard: "Pas de brouillon",
    problem: "Le problème",
    helped: "Ce qui a aidé",
    willSave: "Le brouillon sera enregistré avec le ticket.",
  },
};
