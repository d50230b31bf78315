/** French sentences for audit records. */
import { counted } from "../i18n/plural";
import type { Permission } from "./events";
import type { Said, Sentences } from "./sentences";

const n = counted("fr");
/** French puts no-break spaces before double punctuation and inside quotes. */
const COLON = "\u00a0:";
const SEMICOLON = "\u202f;";
/** "de" before a person: the article of our own words joins it. */
const de = (who: string): string => (who.startsWith("le ") ? `du ${who.slice(3)}` : `de ${who}`);
const quoted = (text: string): string => `«\u00a0${text}\u00a0»`;

const impacts: Record<string, string> = {
  person: "une personne bloquée", team: "une équipe bloquée", organisation: "tout un site bloqué", not_stated: "sans dire combien de personnes sont bloquées",
};
const urgencies: Record<string, string> = {
  low: "cela peut attendre", medium: "travail difficile", high: "travail impossible", not_stated: "sans dire à quel point",
};
/** How many are stuck, and how badly. */
const stated = (s: Said): string => {
  const [impact, urgency] = [s.word("impact"), s.word("urgency")];
  if (impact === "not_stated" && urgency === "not_stated") return "sans dire combien de personnes sont bloquées, ni à quel point";
  return `${impacts[impact] ?? impact}, ${urgencies[urgency] ?? urgency}`;
};
const roles: Record<string, string> = { supervisor: "superviseur", administrator: "administrateur" };
const asked: Record<string, string> = {
  view: "à voir l’écran", control: "à prendre le contrôle", clipboard: "à partager le presse-papiers",
};
const views: Record<string, string> = {
  sessions: "la liste des sessions", tickets: "la liste des tickets", session: "le relevé d’une session", audit: "le journal",
  figures: "les chiffres de l’équipe",
  ticket: "l’histoire d’un ticket", person: "l’historique d’une personne", machine: "l’historique d’un poste", live: "ce qui est en cours",
};
const ends: Record<string, string> = {
  stopped_by_user: "arrêtée par l’utilisateur",
  abuse_reported: "l’utilisateur a signalé un abus",
  ended_by_technician: "terminée par le technicien",
  refused: "l’utilisateur a dit non",
  timed_out: "l’utilisateur n’a pas répondu",
  withdrawn: "le technicien a retiré sa demande",
  expired: "le temps accordé était écoulé",
  lost: "un des deux postes est resté absent trop longtemps",
  failed: "elle n’a pas pu continuer",
  untrusted: "quelque chose n’était pas comme prévu, elle n’était donc pas digne de confiance",
  wrong_code: "le code était faux, ou n’était plus valable",
  card_revoked: "l’organisation a retiré la carte du technicien",
};
/** What the relay itself keeps something from being erased for. */
const causes: Record<string, string> = { abuse_reported: "l’utilisateur a signalé un abus" };
/** Why a ticket went back; what is not here is told as the end of a session is. */
const returns: Record<string, string> = {
  signed_out: "le technicien s’est déconnecté",
  account_disabled: "son compte a été désactivé",
  stopped_by_user: "l’utilisateur a arrêté sa demande",
  failed: "sa demande n’a pas pu continuer",
  untrusted: "quelque chose n’était pas comme prévu, sa demande n’était donc pas digne de confiance",
};
const faults: Record<string, string> = {
  missing: "il n’y en avait pas",
  version: "elle demande une version plus récente de Renfort",
  foreign: "cette organisation ne l’a pas signée, ou elle a été modifiée",
  stolen: "elle appartient à une autre personne ou à un autre appareil",
  not_yet: "elle est datée dans le futur",
  expired: "elle avait expiré",
  revoked: "l’organisation l’avait retirée",
};
const tampered: Record<string, string> = {
  ask: "la demande du technicien",
  card: "la carte du technicien",
  replayed: "une ancienne demande, présentée à nouveau",
  ready: "la réponse du poste de l’utilisateur",
  reveal: "le nombre derrière les deux mots du technicien",
  allowance: "ce que l’utilisateur a autorisé",
  offer: "la proposition de connexion",
  answer: "la réponse à la proposition de connexion",
};
const denials: Record<string, string> = {
  not_granted: "le contrôle n’était pas autorisé",
  expired: "le temps accordé était écoulé",
  own_window: "l’action visait une fenêtre de Renfort",
  paused: "une question était ouverte sur l’écran de l’utilisateur",
  failed: "le système d’exploitation a refusé",
};
const withdrawals: Record<string, string> = {
  expired: "le temps accordé est écoulé",
  session_ended: "la session est terminée",
  peer_lost: "le contact est perdu",
};
const eraseRefusals: Record<string, string> = {
  open: "un de ses tickets ou une de ses sessions était en cours", held: "l’effacement de tous ses tickets est bloqué", active: "le compte pouvait encore se connecter",
};

/** Whose names were erased; the log never says the name. */
function whose(said: Said): string {
  switch (said.word("of")) {
    case "account": return `du compte ${said.number("person")}`;
    case "device": return "de la personne qui demandait de l’aide depuis un poste";
    default: return "d’une personne qui demandait de l’aide";
  }
}

const taken: Record<Permission, string> = { view: "la vue de l’écran", control: "le contrôle", clipboard: "le presse-papiers" };

/** "a", "a et b", "a, b et c". */
function list(parts: readonly string[]): string {
  return new Intl.ListFormat("fr", { type: "conjunction" }).format(parts);
}

const articleActions: Record<string, string> = {
  created: "a écrit un article d’aide",
  drafted: "a tiré un article d’aide de ce ticket,",
  changed: "a modifié un article d’aide",
  restored: "a rétabli une version précédente d’un article d’aide",
  published: "a publié un article d’aide",
  withdrawn: "a retiré un article d’aide",
};
const replyActions: Record<string, string> = { created: "a écrit", changed: "a modifié", removed: "a supprimé" };

/** Did the technician come with a code, and without a card? */
function byCode(said: Said): boolean {
  return said.word("by") === "code";
}

function capabilities(said: Said): string {
  return list(said.word("capabilities").split(" ").filter((word) => word !== "").map((word) => asked[word] ?? word));
}

/** What was done by remote hand, zeros left out. */
function done({ counts }: Said): string {
  const parts = [
    [counts.keys, n(counts.keys, "touche", "touches")],
    [counts.clicks, n(counts.clicks, "clic", "clics")],
    [counts.clipboard_to_user, n(counts.clipboard_to_user, "texte vers le presse-papiers de l’utilisateur", "textes vers le presse-papiers de l’utilisateur")],
    [counts.clipboard_from_user, n(counts.clipboard_from_user, "texte reçu du presse-papiers de l’utilisateur", "textes reçus du presse-papiers de l’utilisateur")],
    [counts.chat, n(counts.chat, "message de discussion", "messages de discussion")],
  ] as const;
  const some = parts.filter(([count]) => count > 0).map(([, words]) => words);
  return some.length === 0 ? "aucune action" : list(some);
}

function as(said: Said): string {
  const login = said.optional("login");
  return login === null ? "" : ` au nom de ${login}`;
}

function searching(said: Said): string {
  const search = said.optional("search");
  return search === null ? "" : `, en cherchant ${quoted(search)}`;
}

/** What was wrong with a sign-in; records from before have no reason. */
const failures: Record<string, string> & { token: string; password: string } = {
  password: "nom ou mot de passe incorrect",
  token: "la connexion antérieure n’est plus valable",
  second_factor: "le second code était incorrect",
  second_factor_locked: "trop de seconds codes avaient été incorrects",
  second_factor_not_set_up: "le compte n’a pas de second facteur, alors qu’il est exigé",
  page_key: "le cookie d’une connexion à la console a été présenté sans la clé de la page\u00a0; il est peut-être volé",
};

export const fr: Sentences = {
  plain: {
    "relay.started": (s) => `Le relais a démarré, version ${s.text("version")}.`,
    "person.added": (s) => {
      const role = s.word("role") === "technician" ? `technicien de niveau ${s.number("level")}` : (roles[s.word("role")] ?? s.word("role"));
      return `${s.who} a créé un compte pour ${s.text("name")}${COLON} ${role}.`;
    },
    "person.disabled": (s) => `${s.who} a désactivé le compte ${de(s.person("person"))}.`,
    "person.disable_denied": (s) => `${s.who} a voulu désactiver le compte ${de(s.person("person"))}${SEMICOLON} rien n’a changé${COLON} c’est le dernier administrateur qui peut se connecter.`,
    "signin.succeeded": (s) => {
      const how = { password: "a ouvert une session avec un mot de passe", token: "est de retour sur une connexion antérieure", console: "a ouvert la console" }[s.word("method")] ?? "s’est connecté";
      return `${s.who} ${how}, depuis ${s.text("address")}.`;
    },
    "signin.failed": (s) => `Une connexion${as(s)} depuis ${s.text("address")} a échoué${COLON} ${failures[s.word("reason")] ?? (s.word("method") === "token" ? failures.token : failures.password)}.`,
    "signin.second_factor_asked": (s) => `Le second code a été demandé à quelqu’un qui connaît le mot de passe ${de(s.person("person"))}, depuis ${s.text("address")}.`,
    "person.password_changed": (s) => `${s.who} a changé le mot de passe ${de(s.person("person"))}.`,
    "second_factor.enabled": (s) => `${s.who} a mis en place un second facteur pour ${s.person("person")}.`,
    "second_factor.reset": (s) => `${s.who} a retiré le second facteur ${de(s.person("person"))}.`,
    "second_factor.recovery_used": (s) => `${s.who} a utilisé un code de secours. ${n(s.number("left"), "code restant", "codes restants")}.`,
    "second_factor.required": (s) => (s.flag("required") ? `${s.who} a rendu le second facteur obligatoire pour tous les comptes.` : `${s.who} n’exige plus de second facteur.`),
    "signin.limited": (s) => `La connexion${as(s)} depuis ${s.text("address")} est bloquée pendant ${n(s.number("seconds"), "seconde", "secondes")}, après trop d’échecs.`,
    signout: (s) => `${s.who} a fermé sa connexion.`,
    "ticket.opened": (s) => `${s.text("name", fr.user)}, sur ${s.text("machine")}, a demandé de l’aide${COLON} ${quoted(s.text("summary"))} (${stated(s)}).`,
    "ticket.cancelled": (s) => `${s.who} a annulé la demande après ${s.span("waited_ms")}.`,
    "ticket.taken": (s) => `${s.text("technician", fr.technician)}, niveau ${s.number("level")}, a pris le ticket après ${s.span("waited_ms")} d’attente.`,
    "ticket.take_denied": (s) => `${s.who} n’a pas pu prendre le ticket${COLON} ${s.error("error")}.`,
    "ticket.closed": (s) => {
      const how = s.word("outcome") === "solved" ? "comme résolu" : "sans solution";
      const message = s.number("message_chars") > 0 ? `, avec un message de ${n(s.number("message_chars"), "caractère", "caractères")} pour l’utilisateur` : "";
      return `${s.who} a clos le ticket ${how}, ${s.span("handled_ms")} après sa première prise en charge${message}.`;
    },
    "ticket.escalated": (s) => `${s.who} a transmis le ticket du niveau ${s.number("from")} au niveau ${s.number("to")}.`,
    "ticket.returned": (s) => {
      // Records from before have no reason.
      const reason = s.optional("reason") === null ? null : s.word("reason");
      return `Le ticket est revenu dans sa file${SEMICOLON} ${s.person("person")} ne l’a plus${reason === null ? "" : `${COLON} ${returns[reason] ?? ends[reason] ?? reason}`}.`;
    },
    "ticket.reopened": (s) => `${s.who} a rouvert le ticket, revenu ${n(s.number("times"), "fois", "fois")} à ce jour.`,
    "ticket.user_left": (s) => `${s.user} n’est plus joignable, depuis ${s.time("since")}.`,
    "ticket.user_back": (s) => `${s.user} est de nouveau joignable.`,
    "ticket.note_added": (s) => `${s.who} a ajouté une note de ${n(s.number("chars"), "caractère", "caractères")}.`,
    "ticket.feedback": (s) => `${s.who} a répondu que le problème ${s.flag("solved") ? "est résolu" : "n’est pas résolu"}.`,
    "consent.asked": (s) => `${s.who} a demandé ${capabilities(s)}${byCode(s) ? ", sans carte, avec un code lu par l’utilisateur" : ""}${SEMICOLON} une réponse comptait jusqu’à ${s.time("answer_by")}.`,
    "consent.ask_refused": (s) => {
      const why = s.optional("fault") === null ? s.error("error") : `la carte n’est pas valable, ${faults[s.word("fault")] ?? s.word("fault")}`;
      return `Une demande ${de(s.who)}${byCode(s) ? ", faite avec un code," : ""} n’a pas été présentée à ${s.user}${COLON} ${why}.`;
    },
    "consent.granted": (s) => `${s.user} a autorisé ${s.technician} ${capabilities(s)}, jusqu’à ${s.time("expires_at")}.`,
    "consent.refused": (s) => s.flag("timed_out") ? `${s.user} n’a pas répondu à temps, ce qui vaut refus.` : `${s.user} a refusé.`,
    "session.offered": (s) => `Le poste de l’utilisateur a proposé une connexion (essai ${s.number("attempt")}).`,
    "session.answered": (s) => `Le poste du technicien a accepté la connexion (essai ${s.number("attempt")}).`,
    "session.connected": (s) => `Les deux postes sont reliés (capture${COLON} ${s.text("capture")}, image${COLON} ${s.text("codec")}).`,
    "session.peer_lost": (s) => s.byUser ? "Le poste de l’utilisateur a perdu le contact avec celui du technicien." : "Le poste du technicien a perdu le contact avec celui de l’utilisateur.",
    "session.peer_back": (s) => `${s.byUser ? "Le poste de l’utilisateur" : "Le poste du technicien"} a retrouvé le contact après ${s.brief("after_ms")}.`,
    "session.stopped": (s) => `${s.user} a appuyé sur Arrêter.`,
    "session.abuse_reported": (s) => `${s.user} a signalé un abus${s.number("chars") > 0 ? `${COLON} « ${s.text("sentence")} »` : ""}.`,
    "session.failed": (s) => `La session n’a pas pu continuer${COLON} ${s.error("error")}.`,
    "session.tampered": (s) => `${s.byUser ? "Le poste de l’utilisateur" : "Le poste du technicien"} a reçu quelque chose qui avait été modifié en route (${tampered[s.word("what")] ?? s.word("what")}) et n’a rien partagé sur cette base.`,
    // Without its counts of input: reports that are still on their way come after this record. The session's figures have them whole.
    "session.ended": (s) => `La session a pris fin${COLON} ${ends[s.word("reason")] ?? s.word("reason")}. Écran vu pendant ${s.span("viewed_ms")}, contrôlé pendant ${s.span("controlled_ms")}.`,
    "session.signed": (s) => `${s.byUser ? "Le poste de l’utilisateur" : "Le poste du technicien"} a signé les enregistrements de la session (${n(s.number("records"), "enregistrement", "enregistrements")}).`,
    "session.head_disputed": (s) => `${s.byUser ? "Le poste de l’utilisateur" : "Le poste du technicien"} n’était pas d’accord avec les enregistrements de la session${COLON} il a fait ${n(s.number("claimed"), "compte rendu", "comptes rendus")}, le journal en contient ${s.number("reports")}.`,
    "view.first_picture": (s) => `${s.technician} a vu la première image ${s.brief("after_ms")} après l’accord.`,
    "grant.extended": (s) => `${s.user} a accordé plus de temps, jusqu’à ${s.time("expires_at")}.`,
    "input.counted": (s) => `Actions à distance ${de(s.technician)}${COLON} ${done(s)}.`,
    "input.denied": (s) => `${n(s.number("times"), "action n’a pas été exécutée", "actions n’ont pas été exécutées")}${COLON} ${denials[s.word("reason")] ?? s.word("reason")}.`,
    "card.requested": (s) => `${s.who} a demandé une carte pour un appareil.`,
    "card.installed": (s) => `${s.who} a apporté une carte pour ${s.person("person")}, valable jusqu’à ${s.time("expires_at")}.`,
    "card.revoked_list": (s) => `${s.who} a apporté la liste ${s.number("number")} des cartes retirées, avec ${n(s.number("revoked"), "carte", "cartes")}.`,
    "message.refused": (s) => `Un message ${de(s.who)} (${s.text("message")}) a été refusé${COLON} ${s.error("error")}.`,
    "console.viewed": (s) => `${s.who} a consulté ${views[s.word("view")] ?? s.word("view")} dans la console${searching(s)}.`,
    "console.exported": (s) => `${s.who} a exporté ${views[s.word("view")] ?? s.word("view")} au format ${s.word("format") === "csv" ? "CSV" : "JSON Lines"}, ${n(s.number("rows"), "ligne", "lignes")}${searching(s)}.`,
    "figures.person_viewed": (s) => `${s.who} a consulté les chiffres ${de(s.person("person"))}, du ${s.word("from")} au ${s.word("to")}. Motif${COLON} ${s.text("purpose")}.`,
    "hours.changed": (s) => `${s.who} a fixé les heures ouvrées que comptent les chiffres${COLON} ${s.text("week")} (${s.text("time_zone")}), ${n(s.number("holidays"), "jour fermé", "jours fermés")}.`,
    "article.changed": (s) => `${s.who} ${articleActions[s.word("action")] ?? s.word("action")} en ${s.word("language") === "fr" ? "français" : "anglais"} (version ${s.number("version")}, article ${s.word("article")}).`,
    "reply.changed": (s) => `${s.who} ${replyActions[s.word("action")] ?? s.word("action")} une réponse type (${s.word("reply")}).`,
    "article.solved": () => "Un article d’entraide a résolu le problème de quelqu’un\u00a0; aucun ticket n’a été ouvert.",
    "person.erased": (s) => `${s.who} a fait effacer les noms et les textes ${whose(s)}${COLON} ${n(s.number("tickets"), "ticket", "tickets")}, ${n(s.number("sessions"), "session", "sessions")}, ${n(s.number("fields"), "champ", "champs")} du journal.${s.number("held") > 0 ? ` Conservés, leur effacement étant bloqué${COLON} ${n(s.number("held"), "ticket", "tickets")}.` : ""}`,
    "person.erase_denied": (s) => `${s.who} a demandé à effacer les données ${whose(s)}\u00a0; rien n’a été effacé${COLON} ${eraseRefusals[s.word("reason")] ?? s.word("reason")}.`,
    "retention.ran": (s) => s.number("tickets") + s.number("fields") === 0
      ? `${s.who} a cherché les noms de plus de ${n(s.number("months"), "mois", "mois")}${COLON} il n’y avait rien à effacer.`
      : `${s.who} a effacé les noms de plus de ${n(s.number("months"), "mois", "mois")}${COLON} ${n(s.number("tickets"), "ticket", "tickets")}, ${n(s.number("sessions"), "session", "sessions")}, ${n(s.number("fields"), "champ", "champs")} du journal.`,
    "retention.changed": (s) => `${s.who} a fixé la durée de conservation des noms${COLON} ${n(s.number("months"), "mois", "mois")}.`,
    "keys.lost": (s) => `${s.who} a indiqué que les clés des noms du journal sont perdues\u00a0: les noms d’avant ne sont plus lisibles.`,
    "hold.added": (s) => {
      // The relay's own holds have a cause; those of people a reason in their own words.
      const own = s.optional("cause") === null ? null : (causes[s.word("cause")] ?? s.word("cause"));
      return own === null
        ? `${s.who} a protégé ce ticket contre l’effacement${COLON} désormais, rien n’en est effacé. Motif indiqué${COLON} ${s.text("reason")}.`
        : `${s.who} a protégé ce ticket contre l’effacement, de lui-même${COLON} ${own}. Désormais, rien n’en est effacé.`;
    },
    "hold.removed": (s) => {
      if (s.number("since") === 0) return "Ce ticket n’est plus protégé contre l’effacement.";
      const own = s.optional("cause") === null ? "" : `, que le relais avait posée de lui-même${COLON} ${causes[s.word("cause")] ?? s.word("cause")}`;
      return `${s.who} a levé une protection de ce ticket contre l’effacement${own}. Motif indiqué${COLON} ${s.text("reason")}.`;
    },
    "hold.remove_denied": (s) => `${s.who} a voulu lever une protection de ce ticket contre l’effacement${SEMICOLON} elle reste, car le relais l’a posée de lui-même${COLON} ${causes[s.word("cause")] ?? s.word("cause")}. Motif indiqué${COLON} ${s.text("reason")}.`,
    "log.checked": (s) => {
      const fault = s.optional("fault");
      return `${s.who} a vérifié le journal, ${n(s.number("records"), "enregistrement", "enregistrements")}${COLON} ${fault === null ? "il est intègre" : `il n’est pas intègre (${fault})`}.`;
    },
  },
  permission: (permission, step, s) => {
    switch (step) {
      case "requested": return `${s.technician} a demandé ${asked[permission]}.`;
      case "allowed": return `${s.user} a autorisé ${s.technician} ${asked[permission]}.`;
      case "refused": return s.flag("timed_out")
        ? `${s.user} n’a pas répondu à temps${COLON} ${taken[permission]} n’a pas été accordé${permission === "view" ? "e" : ""}.`
        : s.word("by") === "user" ? `${s.user} a refusé ${taken[permission]}.`
        : s.word("by") === "machine" ? `Le poste de l’utilisateur a refusé de lui-même ${taken[permission]}.`
        : `${taken[permission]} n’a pas été accordé${permission === "view" ? "e" : ""}.`;
      case "withdrawn":
        switch (s.word("reason")) {
          case "by_user": return `${s.user} a repris ${taken[permission]}.`;
          case "by_technician": return `${s.technician} a rendu ${taken[permission]}.`;
          default: return `${taken[permission]} n’est plus autorisé${permission === "view" ? "e" : ""}${COLON} ${withdrawals[s.word("reason")] ?? s.word("reason")}.`;
        }
    }
  },
  unknown: (code, fields) => `${code}${fields.length === 0 ? "" : `${COLON} ${fields.map(([name, value]) => `${name} ${value}`).join(", ")}`}`,
  ordered: (time, day) => `Commande passée à ${time}${day === null ? "" : `, le ${day}`}.`,
  erased: "[effacé]",
  user: "l’utilisateur",
  technician: "le technicien",
  relay: "le relais",
  operator: "l’exploitant du relais",
  account: (number) => `le compte ${number}`,
};
