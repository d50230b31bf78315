/** Le français. Les textes destinés aux utilisateurs évitent les mots techniques. */
import type { en } from "./en";
import { articles } from "./fr.articles";
import { code } from "./fr.code";
import { copied } from "./fr.copied";
import { keyboard } from "./fr.keyboard";
import { browser } from "./fr.browser";
import { errors } from "./fr.errors";
import { offer } from "./fr.offer";
import { technician } from "./fr.technician";
import { trust } from "./fr.trust";
import { counted } from "./plural";

const n = counted("fr");
const list = new Intl.ListFormat("fr", { type: "conjunction" });

export const fr: typeof en = {
  code,
  copied,
  keyboard,
  offer,
  trust,
  browser,
  errors,
  erased: "[effacé]",
  colon: "\u00a0: ",
  ...technician,
  ...articles,

  field: {
    left: (count) => `encore ${n(count, "caractère", "caractères")}`,
    over: (count) => `${n(count, "caractère", "caractères")} de trop`,
  },
  dialog: { close: "Fermer" },
  notice: { dismiss: "Fermer ce message" },
  chat: {
    title: (other) => `Messages avec ${other}`,
    empty: (other) => `Écrivez ici à ${other}.`,
    write: "Écrire un message",
    send: "Envoyer",
    me: "Vous",
  },
  priority: { 1: "Critique", 2: "Haute", 3: "Moyenne", 4: "Basse", 5: "Planifiée" },
  impact: { person: "Moi seul", team: "Mon équipe", organisation: "Tout le site" },
  urgency: { low: "Cela peut attendre", medium: "Je travaille, avec difficulté", high: "Je ne peux pas travailler" },
  level: {
    1: "Technicien de niveau 1 : premier secours",
    2: "Technicien de niveau 2 : spécialiste",
    3: "Technicien de niveau 3 : expert",
  },

  app: {
    unnamed: "Renfort",
    settings: "Réglages",
    online: "Connecté",
    connecting: "Connexion…",
    offline: "Non connecté",
    retryIn: (time) => `Nouvel essai dans ${time}.`,
    retryNow: "Essayer maintenant",
    starting: "Démarrage…",
    failed: "Le programme derrière cette fenêtre ne répond pas. Fermez Renfort puis ouvrez-le à nouveau.",
  },
  settings: {
    title: "Réglages",
    language: "Langue",
    languages: { en: "English", fr: "Français" },
    theme: "Couleurs",
    themes: { system: "Comme sur mon ordinateur", light: "Claires", dark: "Sombres" },
    zoom: "Taille du texte et des boutons",
    percent: (count) => `${count}\u00a0%`,
    name: "Mon nom",
    nameHint: "Les techniciens voient ce nom quand vous demandez de l’aide.",
    save: "Enregistrer",
    toTechnician: {
      title: "Je suis technicien",
      hint: "Affiche la file des demandes à la place de « Obtenir de l’aide ». Il faut un compte.",
      change: "Voir la file",
    },
    toUser: {
      title: "J’ai moi-même besoin d’aide",
      hint: "Affiche « Obtenir de l’aide » à la place de la file.",
      change: "Demander de l’aide",
    },
    about: (version) => `Renfort ${version}`,
    belongs: (organisation, relay) => `Installé pour ${organisation}, par ${relay}`,
  },

  organisation: {
    title: "Qui vous aide ?",
    lead: "Renfort a besoin, une seule fois, d’un petit fichier de votre assistance informatique. Il dit qui peut vous aider.",
    choose: "Choisir le fichier…",
    or: "ou collez le lien que vous avez reçu",
    link: "Lien de votre assistance",
    placeholder: "renfort://import/…",
    import: "Utiliser ce lien",
    missing: "Collez d’abord le lien.",
    hint: "Vous n’avez ni l’un ni l’autre ? Demandez à votre assistance « le fichier d’organisation Renfort ».",
  },

  home: {
    title: "Obtenir de l’aide",
    lead: "Un technicien de votre assistance va regarder avec vous.",
    summary: "Que se passe-t-il ?",
    placeholder: "L’imprimante du deuxième étage sort des pages blanches",
    summaryMissing: "Écrivez une phrase sur ce qui ne va pas.",
    summaryLong: "Merci de raccourcir.",
    impact: "Qui est bloqué ?",
    urgency: "Pouvez-vous encore travailler ?",
    chooseOne: "Choisissez une des trois réponses.",
    send: "Obtenir de l’aide",
    offline: "Votre demande pourra partir dès que vous serez connecté.",
  },

  waiting: {
    title: "L’aide arrive",
    number: "Votre ticket",
    next: "Vous êtes le prochain.",
    before: (count) => `${n(count, "personne est", "personnes sont")} avant vous.`,
    inQueue: "Vous êtes dans la file.",
    lastSession: "Votre dernière session",
    since: (time) => `Demandé ${time}`,
    takenBy: (name) => `${name} s’occupe de votre ticket`,
    takenHint: "Personne ne voit votre écran pour l’instant. On vous le demandera avant.",
    mayClose: "Vous pouvez fermer cette fenêtre. Renfort reste près de l’horloge et vous appellera.",
    reopened: "Votre ticket est de nouveau ouvert.",
    offline: "Votre ticket est conservé. Vous gardez votre place le temps que la connexion revienne.",
    cancel: "Je n’ai plus besoin d’aide",
    cancelTitle: "Retirer votre demande ?",
    cancelBody: (ticket) => `Le ticket ${ticket} sera fermé et vous perdrez votre place dans la file.`,
    cancelYes: "Retirer la demande",
    cancelNo: "Continuer d’attendre",
  },

  consent: {
    title: (name) => `${name} souhaite voir votre écran`,
    about: "Au sujet de votre ticket",
    sees: "Cette personne verra tout votre écran",
    seesHint: "Toujours compris : autoriser, c’est d’abord laisser voir. Fermez ce qu’elle ne doit pas voir.",
    control: {
      label: "Elle peut utiliser votre souris et votre clavier",
      hint: "Elle clique et tape comme si elle était à côté de vous. Sans cela, elle ne peut que regarder.",
      forbidden: "Votre organisation ne permet pas de commander votre ordinateur.",
    },
    clipboard: {
      label: "Les textes copiés sont partagés",
      hint: "Les textes copiés par l’un peuvent être collés par l’autre.",
      forbidden: "Votre organisation ne permet pas de partager les textes copiés.",
    },
    warnings: {
      first_time: {
        what: (name) => `${name} ne vous a encore jamais aidé.`,
        hint: "Si quelqu’un vous appelle et vous demande d’ouvrir ceci, méfiez-vous. Si vous n’avez pas demandé d’aide, refusez.",
      },
      not_verified: {
        what: () => "Personne n’a vérifié qui est cette personne.",
        hint: "N’autorisez que si vous êtes au téléphone avec elle en ce moment et que vous avez appelé vous-même votre service informatique ou attendiez son appel.",
      },
      not_asked_for: {
        what: () => "Vous n’avez pas envoyé vous-même cette demande d’aide.",
        hint: "Elle a été ouverte pour un appel téléphonique, ou par quelqu’un d’autre. Si vous n’avez pas appelé votre service informatique, refusez.",
      },
    },
    allowWorks: "Vous pouvez autoriser maintenant.",
    lasts: "Pendant combien de temps ?",
    lastsHint: "Vous pouvez arrêter à tout moment.",
    answerBy: "Sans réponse, c’est non. Temps restant :",
    allow: "Autoriser",
    refuse: "Refuser",
  },

  session: {
    title: (name) => `L’aide de ${name}`,
    sees: "Voit votre écran",
    seesNothing: "Ne voit pas votre écran pour l’instant",
    controls: "Voit et commande votre ordinateur",
    connecting: "Connexion en cours…",
    lost: "Connexion interrompue : rien ne se fait",
    left: "Temps restant",
    extend: "5 minutes de plus",
    allowed: "Ce qui est autorisé",
    view: "Voir mon écran",
    control: "Utiliser ma souris et mon clavier",
    clipboard: "Partager les textes copiés",
    noLonger: "Votre organisation n’accorde pas plus de temps.",
    stop: "Arrêter",
    stopHint: "Met fin à tout aussitôt, ou Ctrl + Alt + Maj + S.",
    toTechnician: (name, characters) => `${name} a reçu un texte copié (${n(characters, "caractère", "caractères")})`,
    fromTechnician: (name, characters) =>
      `${name} a mis un texte dans votre presse-papiers (${n(characters, "caractère", "caractères")})`,
  },

  question: {
    control: (name) => `${name} demande à utiliser votre souris et votre clavier`,
    controlBody: "Cette personne pourra cliquer et taper comme si elle était à côté de vous.",
    controlHint: "Vous pouvez reprendre la main à tout moment.",
    clipboard: (name) => `${name} demande à échanger avec vous les textes copiés`,
    clipboardBody: "Les textes copiés par l’un pourront être collés par l’autre.",
    clipboardHint: "Vous pouvez y mettre fin à tout moment.",
    view: (name) => `${name} demande à voir votre écran`,
    viewBody: "Cette personne verra tout votre écran.",
    viewHint: "Vous pouvez arrêter à tout moment.",
    allow: "Autoriser",
    refuse: "Refuser",
    answerBy: "Sans réponse, c’est non. Temps restant :",
  },

  abuse: {
    button: "Signaler un abus",
    title: "Signaler un abus ?",
    rests: (name) => `Tant que cette question est ouverte, ${name} ne voit rien de votre écran et ne peut rien faire, sans savoir pourquoi. Si vous reprenez la session, ${name} revoit votre écran, et n’y fait rien sans votre autorisation.`,
    bodyRunning: (name) =>
      `Si vous signalez un abus, la session se termine. ${name} ne peut plus demander ce ticket, et un responsable examine ce qui s’est passé. Quelqu’un d’autre vous aidera.`,
    body: (name) => `${name} ne peut plus reprendre ce ticket, et un responsable examine ce qui s’est passé.`,
    sentence: "Que s’est-il passé ?",
    sentenceHint: "En une phrase, si vous le souhaitez. Un responsable la lira.",
    tooLong: "Merci de raccourcir.",
    confirmRunning: "Arrêter et signaler",
    confirm: "Signaler",
    cancel: "Revenir",
    cancelRunning: "Reprendre la session",
    reported: "Votre signalement est transmis à un responsable. Ce qu’il faut pour l’examiner est conservé.",
  },

  finished: {
    title: "L’aide est terminée",
    cancelled: "Votre demande a été retirée",
    saw: (name, time) => `${name} a vu votre écran pendant ${time}`,
    sawNothing: (name) => `${name} n’a pas vu votre écran.`,
    used: (time, counts) =>
      ` et a utilisé votre souris et votre clavier pendant ${time}${counts === null ? "" : `\u00a0: ${counts}`}.`,
    usedNothing: ", sans utiliser votre souris ni votre clavier.",
    keys: (count) => n(count, "touche pressée", "touches pressées"),
    clicks: (count) => n(count, "clic", "clics"),
    copied: (count) => n(count, "texte copié", "textes copiés"),
    list: (parts) => list.format(parts),
    none: "Personne n’a vu votre écran.",
    message: (name) => `${name} vous écrit`,
    messageFromHelpdesk: "Votre assistance vous écrit",
    ask: "Votre problème est-il résolu ?",
    yes: "Oui, c’est résolu",
    no: "Non, pas résolu",
    noHint: "« Non » rouvre votre ticket et vous remet dans la file.",
    offline: "Votre réponse pourra partir dès que vous serez connecté.",
    thanks: "Merci de votre réponse.",
    home: "Revenir au début",
    saveReceipt: "Enregistrer le reçu",
    receiptHint: "Une page qui dit ce qui a été fait, et que tout le monde peut vérifier.",
    receiptBusy: "Le reçu est préparé et vérifié. Choisissez ensuite où le ranger.",
    receiptSaved: (file) => `Le reçu a été vérifié et enregistré\u00a0: ${file}`,
    receiptOffline: "Le reçu pourra être enregistré dès que vous serez connecté.",
  },

  banner: {
    sees: (name) => `${name} voit votre écran`,
    controls: (name) => `${name} commande votre ordinateur`,
    asks: (name) => `${name} attend votre réponse dans Renfort`,
    lost: (name) => `${name} est injoignable pour le moment`,
    connecting: (name) => `${name} se connecte`,
    extend: "+5 min",
    extendLabel: "5 minutes de plus",
    stop: "Arrêter",
    none: "Personne ne voit votre écran",
    title: "Renfort : quelqu’un voit votre écran",
  },

  outcome: (outcome) =>
    outcome.outcome === "solved" ? "Résolu" : outcome.outcome === "not_solved" ? "Non résolu" : `Transmis au niveau ${outcome.to}`,
};
