/** Les mots de la page du technicien dans un navigateur. */
import type { browser as english } from "./en.browser";

export const browser: typeof english = {
  newTicket: "Nouvelle demande d’aide",
  inBrowser: "Dans un navigateur",
  limitsTitle: "Ce qui change dans un navigateur",
  limitsLead: "Tout le reste marche ici comme dans l’application Renfort.",
  limits: {
    shortcuts: {
      title: "Raccourcis",
      text: "Le navigateur et votre système en gardent pour eux, comme Ctrl + W, Ctrl + T et Alt + Tab. Le menu « Touches spéciales » envoie ceux qui comptent.",
      lift: "Plein écran, toutes les touches",
      lifted: "En plein écran, toutes les touches vont à la machine de l’utilisateur. Maintenez Échap pour en sortir.",
      undo: "Quitter le plein écran",
    },
    clipboard: {
      title: "Presse-papiers",
      text: "Un texte copié ailleurs est transmis quand cette page revient au premier plan, dès que le navigateur peut lire le presse-papiers.",
      lift: "Autoriser le presse-papiers",
      refused: "Le navigateur n’autorise pas cette page à lire le presse-papiers : seuls les textes copiés dans cette page sont transmis. Cela se change dans les réglages du site, à côté de l’adresse.",
    },
    notifications: {
      title: "Notifications",
      text: "Le navigateur n’annonce les nouvelles demandes qu’avec votre autorisation. Le nombre de tickets en attente figure toujours dans le titre de l’onglet.",
      lift: "Autoriser les notifications",
      refused: "Le navigateur n’autorise pas cette page à vous prévenir. Cela se change dans les réglages du site, à côté de l’adresse. Le nombre de tickets en attente figure toujours dans le titre de l’onglet.",
    },
    origin: {
      title: "Confiance",
      text: "Le programme de cette page vient du serveur de votre assistance à chaque ouverture. Seule l’application Renfort n’en dépend pas.",
    },
  },
  console: "Console du superviseur",
  unsupported: {
    title: "Ce navigateur ne peut pas montrer l’écran d’un utilisateur",
    lead: "Utilisez une version récente de Chromium, Chrome, Edge ou Firefox, ou l’application Renfort.",
    missing: "Il manque ici :",
    parts: {
      secure: "une connexion sécurisée (https)",
      signature: "les signatures Ed25519",
      webrtc: "WebRTC",
    },
  },
};
