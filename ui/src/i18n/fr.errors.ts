/** Ce qui n’a pas marché et comment en sortir, en français, pour chaque code du protocole. */
import type { ErrorTable } from "./errors";
import { code } from "./fr.code";
import { trust } from "./fr.trust";
import { isFault, isReceiptFault, isTampered, type ReceiptFault } from "./named";

const UNLIKE: Readonly<Record<ReceiptFault, string>> = {
  version: "Le reçu du serveur vient d’une autre version de Renfort que celle-ci",
  other_device: "Le reçu du serveur concerne un autre ordinateur que celui-ci",
  other_technician: "Le reçu du serveur concerne un autre technicien que celui que vous avez laissé entrer, ou une autre carte ou un autre ordinateur que les siens",
  not_as_told: "Le reçu du serveur ne dit pas ce que cet ordinateur a rapporté de la session",
  report_missing: "Le reçu du serveur omet une partie de ce que cet ordinateur a rapporté de la session",
  no_yes: "Le reçu du serveur ne dit pas que vous avez accepté",
};

export const errors: ErrorTable = {
  malformed: { what: "Le serveur n’a pas pu lire cette demande.", todo: "Vérifiez ce que vous avez écrit et réessayez. Si cela se répète, mettez Renfort à jour." },
  too_large: (p) => ({
    what: p.limit ? `C’est trop volumineux : ${p.limit} octets au plus peuvent être envoyés.` : "C’est trop volumineux pour être envoyé.",
    todo: "Raccourcissez et réessayez.",
  }),
  too_fast: { what: "Trop de choses ont été envoyées en peu de temps.", todo: "Attendez dix secondes et réessayez." },
  wrong_version: (p) => ({
    what: `Ce Renfort et le serveur de votre assistance ne parlent pas la même version${p.supported ? ` (le serveur parle ${p.supported})` : ""}.`,
    todo: "Demandez à votre assistance la version actuelle de Renfort.",
  }),
  out_of_order: { what: "Ce n’est pas possible en ce moment.", todo: "Regardez où en sont les choses et réessayez." },
  not_allowed: { what: "Votre compte n’a pas ce droit.", todo: "Utilisez un compte qui l’a, ou demandez à votre administrateur." },
  sign_in_failed: { what: "L’identifiant ou le mot de passe est faux.", todo: "Réessayez. En cas d’oubli, demandez à votre administrateur." },
  sign_in_limited: (p) => ({
    what: "Il y a eu trop d’essais de connexion.",
    todo: p.seconds ? `Réessayez dans ${p.seconds} secondes.` : "Attendez quelques minutes et réessayez.",
  }),
  second_factor_needed: { what: "Votre mot de passe est correct. Il faut aussi un second code.", todo: "Écrivez le code affiché par votre application d’authentification." },
  second_factor_wrong: { what: "Ce code est incorrect, ou a déjà servi.", todo: "Code de l’application : attendez le suivant et écrivez-le ; si cela continue, vérifiez l’heure de votre téléphone. Code sur papier : prenez-en un autre." },
  second_factor_locked: { what: "Trop de codes incorrects. Les codes de l’application ne sont plus acceptés.", todo: "Utilisez un code de secours, ou demandez à votre administrateur de réinitialiser votre second code." },
  second_factor_needed_to_be_set_up: { what: "Votre organisation demande un second code à la connexion, et votre compte n’en a pas encore.", todo: "Demandez à votre administrateur de le mettre en place avec vous." },
  sign_in_expired: { what: "Votre connexion a pris fin.", todo: "Connectez-vous à nouveau." },
  bad_signature: { what: "Le serveur n’a pas accepté la signature de cette installation.", todo: "Redémarrez Renfort. Si cela continue, importez de nouveau le fichier d’organisation." },
  unknown_ticket: { what: "Ce ticket n’existe pas, ou n’est pas le vôtre.", todo: "Revenez en arrière et choisissez-en un autre." },
  unknown_session: { what: "Cette session n’existe plus.", todo: "S’il faut encore de l’aide, le technicien peut redemander." },
  unknown_view: { what: "Cette vue n’existe plus.", todo: "Enregistrez-la à nouveau." },
  too_many: (p) => ({
    what: p.limit ? `Il y en a déjà ${p.limit}, et il ne peut pas y en avoir plus.` : "Il y en a déjà autant qu’il peut y en avoir.",
    todo: p.of === "articles"
      ? "Les articles ne se suppriment pas : ouvrez-en un qui ne sert plus et écrivez le nouveau à sa place."
      : "Supprimez-en une dont vous n’avez plus besoin, puis réessayez.",
  }),
  name_taken: { what: "Vous en avez déjà une de ce nom.", todo: "Donnez-lui un autre nom." },
  unknown_article: { what: "Cet article n’existe pas, ou n’existe plus.", todo: "Revenez en arrière et choisissez-en un autre." },
  unknown_reply: { what: "Cette réponse type n’existe plus.", todo: "Revenez à la liste." },
  changed_meanwhile: (p) => ({
    what: p.author ? `${p.author} a enregistré entre-temps. Rien n’a été écrasé.` : "Cela a changé entre-temps. Rien n’a été écrasé.",
    todo: "Regardez ce qui s’y trouve maintenant, puis enregistrez à nouveau.",
  }),
  unknown_placeholder: (p) => ({
    what: p.placeholder ? `Le champ {${p.placeholder}} n’existe pas.` : "Un des champs n’existe pas.",
    todo: "Utilisez {user}, {technician}, {ticket} ou {machine}.",
  }),
  reply_too_long: (p) => ({
    what: p.limit ? `Une fois ses champs remplis, elle pourrait dépasser ${p.limit} caractères.` : "Une fois ses champs remplis, elle pourrait être trop longue.",
    todo: "Raccourcissez-la, ou utilisez moins de champs.",
  }),
  already_taken: (p) => ({
    what: p.technician ? `${p.technician} a déjà pris ce ticket.` : "Quelqu’un d’autre a déjà pris ce ticket.",
    todo: "Prenez le suivant dans la file.",
  }),
  ticket_open: (p) => ({
    what: p.ticket ? `Vous avez déjà un ticket ouvert : ${p.ticket}.` : "Vous avez déjà un ticket ouvert.",
    todo: "Attendez l’aide pour celui-ci, ou retirez-le d’abord.",
  }),
  ticket_closed: { what: "Ce ticket est fermé.", todo: "S’il faut encore de l’aide, ouvrez-en un nouveau." },
  user_offline: { what: "L’appli de l’utilisateur n’est pas connectée : on ne peut pas lui poser la question.", todo: "Appelez-le, ou réessayez quand le ticket affiche « Appli ouverte »." },
  session_open: { what: "Vous avez une autre session ouverte.", todo: "Terminez-la d’abord." },
  against_policy: { what: "Votre organisation ne le permet pas.", todo: "Demandez à votre assistance comment faire autrement." },
  too_early: (p) => ({
    what: "« Autoriser » n’agit pas encore, pour que vous puissiez lire l’avertissement.",
    todo: p.seconds ? `Lisez-le, puis réessayez dans ${p.seconds} secondes.` : "Lisez-le, puis réessayez.",
  }),
  too_late: { what: "Cette session est terminée depuis plus d’une semaine et ne peut plus être signalée ici.", todo: "Prévenez votre organisation autrement." },
  abuse_reported: { what: "Ce ticket a été confié à d’autres.", todo: "Prenez le suivant dans la file." },
  bad_escalation: { what: "Un ticket ne peut être transmis qu’à un niveau supérieur.", todo: "Choisissez un niveau supérieur." },
  grant_expired: { what: "Le temps accordé par l’utilisateur est écoulé.", todo: "Le technicien peut redemander." },
  not_granted: { what: "L’utilisateur ne l’a pas autorisé.", todo: "Demandez-le-lui, et attendez son oui." },
  peer_malformed: { what: "L’autre poste a envoyé des données illisibles ; la session a donc été arrêtée.", todo: "Recommencez. Si cela se répète, signalez-le à votre administrateur : l’une des deux applications est peut-être endommagée, ou n’est pas Renfort." },
  not_recorded: { what: "Le serveur n’a pas pu l’inscrire au journal ; rien n’a donc été fait.", todo: "Réessayez dans un instant. Si cela continue, signalez à votre administrateur que le disque du serveur est à vérifier." },
  busy: { what: "Le serveur a trop à faire.", todo: "Renfort réessaie de lui-même. Vous pouvez aussi réessayer dans une minute." },
  shutting_down: { what: "Le serveur redémarre.", todo: "Renfort se reconnecte de lui-même dans un instant." },
  replaced: { what: "Renfort a été ouvert une seconde fois, dans une autre fenêtre ou sur un autre ordinateur, et c’est là qu’il sert.", todo: "Continuez là-bas, ou choisissez « Essayer maintenant » pour continuer ici." },
  bad_organisation: { what: "Ce n’est pas un fichier ou un lien d’organisation valable.", todo: "Demandez à votre assistance de le renvoyer, et utilisez-le en entier." },
  relay_unreachable: { what: "Le serveur de votre assistance est injoignable.", todo: "Vérifiez votre réseau. Renfort réessaie de lui-même." },
  relay_untrusted: { what: "Le certificat du serveur n’est pas digne de confiance ; Renfort ne se connecte pas.", todo: "N’allez pas plus loin et prévenez votre assistance. Renfort réessaie de lui-même." },
  peer_lost: { what: "L’autre ordinateur est injoignable.", todo: "Vérifiez les deux réseaux. La session reprend d’elle-même quand la connexion revient." },
  no_screen: {
    what: "L’écran ne peut pas être montré.",
    todo: "Vérifiez qu’une session est ouverte sur un écran et que Renfort a le droit de l’enregistrer, puis réessayez.",
  },
  no_input: {
    what: "La souris et le clavier ne peuvent pas servir à distance.",
    todo: "L’écran reste visible. Vérifiez que Renfort a le droit de commander cet ordinateur, puis redemandez.",
  },
  store_failed: (p) => ({
    what: `Renfort ne peut pas lire ou écrire ses propres fichiers sur cet ordinateur${p.file ? ` (${p.file})` : ""}.`,
    todo: "Vérifiez que le disque n’est pas plein et que le dossier vous appartient, puis redémarrez Renfort.",
  }),
  card_needed: ({ fault }) => trust.card.faults[isFault(fault) ? fault : "missing"],
  wrong_code: { what: "Le code est faux ou n’est plus valable.", todo: "Demandez à la personne de le relire ou d’en afficher un nouveau." },
  wrong_code_tried: ({ left }) => code.tried(left === undefined ? null : Number(left)),
  card_revoked: { what: "Votre organisation a retiré la carte du technicien : Renfort a mis fin à la session. Votre écran n’est plus vu.", todo: "Si vous ne vous y attendiez pas, prévenez votre service informatique." },
  untrusted: ({ what, fault }) => ({ what: trust.tampered(isTampered(what) ? what : null, isFault(fault) ? fault : null), todo: trust.tell }),
  bad_receipt: (p) => ({
    what: `${isReceiptFault(p.fault) ? UNLIKE[p.fault] : `Le reçu du serveur n’est pas valable${p.fault ? ` (${p.fault})` : ""}`}\u00a0: Renfort ne l’a pas enregistré.`,
    todo: p.fault === "version" ? "Mettez Renfort à jour ici. Si cela continue, dites à votre assistance que le serveur doit être mis à jour." : "Réessayez. Si cela continue, prévenez la personne chargée de la sécurité ou de la protection des données.",
  }),
  not_saved: (p) => ({
    what: p.reason === "full" ? "Il n’y a plus de place à cet endroit." : p.reason === "denied" ? "Vous n’avez pas le droit d’écrire à cet endroit." : "Le fichier n’a pas pu être enregistré à cet endroit.",
    todo: p.reason === "full" ? "Faites de la place ou choisissez un autre endroit." : "Choisissez un autre endroit et réessayez.",
  }),
  internal: (p) => ({
    what: "Quelque chose s’est mal passé dans Renfort.",
    todo: p.detail ? `Réessayez. Si cela continue, donnez ce détail à votre assistance : ${p.detail}` : "Réessayez. Si cela continue, redémarrez Renfort.",
  }),
};
