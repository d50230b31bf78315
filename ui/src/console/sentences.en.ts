/** English sentences for audit records. */
import { counted } from "../i18n/plural";
import type { Permission } from "./events";
import type { Said, Sentences } from "./sentences";

const n = counted("en");

const impacts: Record<string, string> = {
  person: "one person is stuck", team: "a team is stuck", organisation: "a whole site is stuck", not_stated: "how many are stuck was not asked",
};
const urgencies: Record<string, string> = {
  low: "it can wait", medium: "work goes on with difficulty", high: "work is impossible", not_stated: "how badly was not asked",
};
/** How many are stuck, and how badly. */
const stated = (s: Said): string => {
  const [impact, urgency] = [s.word("impact"), s.word("urgency")];
  if (impact === "not_stated" && urgency === "not_stated") return "how many are stuck and how badly was not asked";
  return `${impacts[impact] ?? impact}, ${urgencies[urgency] ?? urgency}`;
};
const roles: Record<string, string> = { supervisor: "supervisor", administrator: "administrator" };
const asked: Record<string, string> = {
  view: "to see the screen", control: "to take control", clipboard: "to share the clipboard",
};
const views: Record<string, string> = {
  sessions: "the list of sessions", tickets: "the list of tickets", session: "the record of a session", audit: "the log",
  ticket: "the story of a ticket", person: "a person's history", machine: "a machine's history", live: "what goes on now",
  figures: "the team's figures",
};
const ends: Record<string, string> = {
  stopped_by_user: "stopped by the user",
  abuse_reported: "the user reported abuse",
  ended_by_technician: "ended by the technician",
  refused: "the user said no",
  timed_out: "the user did not answer",
  withdrawn: "the technician took the question back",
  expired: "the time allowed was over",
  lost: "one side was gone for too long",
  failed: "it could not go on",
  untrusted: "something was not as it should be, so it was not trusted",
  wrong_code: "the code was wrong, or no longer good",
  card_revoked: "the organisation took the technician's card back",
};
/** What the relay itself keeps something from being erased for. */
const causes: Record<string, string> = { abuse_reported: "the user reported abuse" };
/** Why a ticket went back; what is not here is told as the end of a session is. */
const returns: Record<string, string> = {
  signed_out: "they signed out",
  account_disabled: "their account was disabled",
  stopped_by_user: "the user stopped their question",
  failed: "their question could not go on",
  untrusted: "something was not as it should be, so their question was not trusted",
};
const faults: Record<string, string> = {
  missing: "there was none",
  version: "it needs a newer version of Renfort",
  foreign: "this organisation did not sign it, or it was altered",
  stolen: "it belongs to another person or device",
  not_yet: "it is dated in the future",
  expired: "it had expired",
  revoked: "the organisation had taken it back",
};
const tampered: Record<string, string> = {
  ask: "the technician's question",
  card: "the technician's card",
  replayed: "an old question, put again",
  ready: "the answer of the user's machine",
  reveal: "the number behind the technician's two words",
  allowance: "what the user allowed",
  offer: "the offer to connect",
  answer: "the answer to the offer to connect",
};
const denials: Record<string, string> = {
  not_granted: "control was not allowed",
  expired: "the time allowed was over",
  own_window: "aimed at one of Renfort's own windows",
  paused: "a question was open on the user's screen",
  failed: "the operating system refused",
};
const withdrawals: Record<string, string> = {
  expired: "the time allowed was over",
  session_ended: "the session ended",
  peer_lost: "contact was lost",
};
const things: Record<Permission, string> = { view: "sight of the screen", control: "control", clipboard: "the clipboard" };

const eraseRefusals: Record<string, string> = {
  open: "a ticket or a session of theirs was open", held: "all of it is on hold", active: "the account could still sign in",
};

/** Whose names were erased; the log never says the name. */
function whose(said: Said): string {
  switch (said.word("of")) {
    case "account": return `account ${said.number("person")}`;
    case "device": return "whoever asked for help from one machine";
    default: return "one person who asked for help";
  }
}

/** "a", "a and b", "a, b and c". */
function list(parts: readonly string[]): string {
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(parts);
}

/** Did the technician come with a code, and without a card? */
function byCode(said: Said): boolean {
  return said.word("by") === "code";
}

function capabilities(said: Said): string {
  const words = said.word("capabilities").split(" ").filter((word) => word !== "");
  return list(words.map((word) => asked[word] ?? word));
}

/** What was done by remote hand, zeros left out. */
function done({ counts }: Said): string {
  const parts = [
    [counts.keys, n(counts.keys, "key", "keys")],
    [counts.clicks, n(counts.clicks, "click", "clicks")],
    [counts.clipboard_to_user, n(counts.clipboard_to_user, "text to the user's clipboard", "texts to the user's clipboard")],
    [counts.clipboard_from_user, n(counts.clipboard_from_user, "text from the user's clipboard", "texts from the user's clipboard")],
    [counts.chat, n(counts.chat, "chat message", "chat messages")],
  ] as const;
  const some = parts.filter(([count]) => count > 0).map(([, words]) => words);
  return some.length === 0 ? "no input" : list(some);
}

const articleActions: Record<string, string> = {
  created: "wrote", drafted: "made, of this ticket,", changed: "changed", restored: "restored an earlier version of", published: "published", withdrawn: "withdrew",
};
const replyActions: Record<string, string> = { created: "wrote", changed: "changed", removed: "removed" };

function as(said: Said): string {
  const login = said.optional("login");
  return login === null ? "" : ` as ${login}`;
}

function searching(said: Said): string {
  const search = said.optional("search");
  return search === null ? "" : `, searching for “${search}”`;
}

/** What was wrong with a sign-in; records from before have no reason. */
const failures: Record<string, string> & { token: string; password: string } = {
  password: "wrong name or password",
  token: "the earlier sign-in is no longer valid",
  second_factor: "the second code was wrong",
  second_factor_locked: "too many second codes had been wrong",
  second_factor_not_set_up: "the account has no second factor, and one is demanded",
  page_key: "the cookie of a console sign-in was shown without the page’s key; it may be stolen",
};

export const en: Sentences = {
  plain: {
    "relay.started": (s) => `The relay started, version ${s.text("version")}.`,
    "person.added": (s) => {
      const role = s.word("role") === "technician" ? `technician of level ${s.number("level")}` : (roles[s.word("role")] ?? s.word("role"));
      return `${s.who} made an account for ${s.text("name")}: ${role}.`;
    },
    "person.disabled": (s) => `${s.who} disabled the account of ${s.person("person")}.`,
    "person.disable_denied": (s) => `${s.who} asked to disable the account of ${s.person("person")}; nothing was changed: it is the last administrator's that can sign in.`,
    "signin.succeeded": (s) => {
      const how = { password: "signed in with a password", token: "came back on an earlier sign-in", console: "signed in to the console" }[s.word("method")] ?? "signed in";
      return `${s.who} ${how}, from ${s.text("address")}.`;
    },
    "signin.failed": (s) => `A sign-in${as(s)} from ${s.text("address")} failed: ${failures[s.word("reason")] ?? (s.word("method") === "token" ? failures.token : failures.password)}.`,
    "signin.second_factor_asked": (s) => `Somebody who knows the password of ${s.person("person")} was asked for the second code, at ${s.text("address")}.`,
    "person.password_changed": (s) => `${s.who} changed the password of ${s.person("person")}.`,
    "second_factor.enabled": (s) => `${s.who} set up a second factor for ${s.person("person")}.`,
    "second_factor.reset": (s) => `${s.who} took the second factor of ${s.person("person")} away.`,
    "second_factor.recovery_used": (s) => `${s.who} used a recovery code. ${n(s.number("left"), "code is", "codes are")} left.`,
    "second_factor.required": (s) => (s.flag("required") ? `${s.who} demanded a second factor of every account.` : `${s.who} no longer demands a second factor.`),
    "signin.limited": (s) => `Sign-in${as(s)} from ${s.text("address")} is blocked for ${n(s.number("seconds"), "second", "seconds")}, after too many failures.`,
    signout: (s) => `${s.who} signed out.`,
    "ticket.opened": (s) => `${s.text("name", en.user)}, on ${s.text("machine")}, asked for help: “${s.text("summary")}” (${stated(s)}).`,
    "ticket.cancelled": (s) => `${s.who} took the request back after ${s.span("waited_ms")}.`,
    "ticket.taken": (s) => `${s.text("technician", en.technician)}, level ${s.number("level")}, took the ticket after ${s.span("waited_ms")} in the queue.`,
    "ticket.take_denied": (s) => `${s.who} could not take the ticket: ${s.error("error")}.`,
    "ticket.closed": (s) => {
      const how = s.word("outcome") === "solved" ? "as solved" : "without a solution";
      const message = s.number("message_chars") > 0 ? `, with a message of ${n(s.number("message_chars"), "character", "characters")} for the user` : "";
      return `${s.who} closed the ticket ${how}, ${s.span("handled_ms")} after it was first taken${message}.`;
    },
    "ticket.escalated": (s) => `${s.who} passed the ticket on from level ${s.number("from")} to level ${s.number("to")}.`,
    "ticket.returned": (s) => {
      // Records from before have no reason.
      const reason = s.optional("reason") === null ? null : s.word("reason");
      return `The ticket went back to its queue; ${s.person("person")} no longer has it${reason === null ? "" : `: ${returns[reason] ?? ends[reason] ?? reason}`}.`;
    },
    "ticket.reopened": (s) => `${s.who} reopened the ticket, which has now come back ${n(s.number("times"), "time", "times")}.`,
    "ticket.user_left": (s) => `${s.user} could not be reached any more, since ${s.time("since")}.`,
    "ticket.user_back": (s) => `${s.user} can be reached again.`,
    "ticket.note_added": (s) => `${s.who} added a note of ${n(s.number("chars"), "character", "characters")}.`,
    "ticket.feedback": (s) => `${s.who} answered that the problem is ${s.flag("solved") ? "solved" : "not solved"}.`,
    "consent.asked": (s) => `${s.who} asked ${capabilities(s)}${byCode(s) ? ", without a card, with a code that the user read out" : ""}; an answer counted until ${s.time("answer_by")}.`,
    "consent.ask_refused": (s) => {
      const why = s.optional("fault") === null ? s.error("error") : `the card is not good, ${faults[s.word("fault")] ?? s.word("fault")}`;
      return `A question of ${s.who}${byCode(s) ? ", who came with a code," : ""} was not put to ${s.user}: ${why}.`;
    },
    "consent.granted": (s) => `${s.user} allowed ${s.technician} ${capabilities(s)}, until ${s.time("expires_at")}.`,
    "consent.refused": (s) => s.flag("timed_out") ? `${s.user} did not answer in time, which counts as a refusal.` : `${s.user} refused.`,
    "session.offered": (s) => `The user's machine offered a connection (attempt ${s.number("attempt")}).`,
    "session.answered": (s) => `The technician's machine accepted the connection (attempt ${s.number("attempt")}).`,
    "session.connected": (s) => `The two machines are connected (capture: ${s.text("capture")}, picture: ${s.text("codec")}).`,
    "session.peer_lost": (s) => s.byUser ? "The user's machine lost contact with the technician's." : "The technician's machine lost contact with the user's.",
    "session.peer_back": (s) => `${s.byUser ? "The user's machine" : "The technician's machine"} has contact again, after ${s.brief("after_ms")}.`,
    "session.stopped": (s) => `${s.user} pressed Stop.`,
    "session.abuse_reported": (s) => `${s.user} reported abuse${s.number("chars") > 0 ? `: “${s.text("sentence")}”` : ""}.`,
    "session.failed": (s) => `The session could not go on: ${s.error("error")}.`,
    "session.tampered": (s) => `${s.byUser ? "The user's machine" : "The technician's machine"} found something that was not as it was sent (${tampered[s.word("what")] ?? s.word("what")}) and shared nothing on it.`,
    // Without its counts of input: reports that are still on their way come after this record. The session's figures have them whole.
    "session.ended": (s) => `The session ended: ${ends[s.word("reason")] ?? s.word("reason")}. Seen for ${s.span("viewed_ms")}, controlled for ${s.span("controlled_ms")}.`,
    "session.signed": (s) => `${s.byUser ? "The user's machine" : "The technician's machine"} signed the session's records (${n(s.number("records"), "record", "records")}).`,
    "session.head_disputed": (s) => `${s.byUser ? "The user's machine" : "The technician's machine"} did not agree with the session's records: it made ${n(s.number("claimed"), "report", "reports")}, the log holds ${s.number("reports")}.`,
    "view.first_picture": (s) => `${s.technician} saw the first picture, ${s.brief("after_ms")} after the yes.`,
    "grant.extended": (s) => `${s.user} gave more time, until ${s.time("expires_at")}.`,
    "input.counted": (s) => `${s.technician} did by remote hand: ${done(s)}.`,
    "input.denied": (s) => `${n(s.number("times"), "input was", "inputs were")} not carried out: ${denials[s.word("reason")] ?? s.word("reason")}.`,
    "card.requested": (s) => `${s.who} asked for a card for a device.`,
    "card.installed": (s) => `${s.who} brought a card for ${s.person("person")}, good until ${s.time("expires_at")}.`,
    "card.revoked_list": (s) => `${s.who} brought list ${s.number("number")} of cards that were taken back, with ${n(s.number("revoked"), "card", "cards")}.`,
    "message.refused": (s) => `A message of ${s.who} (${s.text("message")}) was refused: ${s.error("error")}.`,
    "console.viewed": (s) => `${s.who} looked at ${views[s.word("view")] ?? s.word("view")} in the console${searching(s)}.`,
    "console.exported": (s) => `${s.who} exported ${views[s.word("view")] ?? s.word("view")} as ${s.word("format") === "csv" ? "CSV" : "JSON Lines"}, ${n(s.number("rows"), "row", "rows")}${searching(s)}.`,
    "figures.person_viewed": (s) => `${s.who} looked at the figures of ${s.person("person")} from ${s.word("from")} to ${s.word("to")}. Purpose: ${s.text("purpose")}.`,
    "hours.changed": (s) => `${s.who} set the business hours that figures count: ${s.text("week")} (${s.text("time_zone")}), ${n(s.number("holidays"), "closed day", "closed days")}.`,
    "article.changed": (s) => `${s.who} ${articleActions[s.word("action")] ?? s.word("action")} a self-help article in ${s.word("language") === "fr" ? "French" : "English"} (version ${s.number("version")}, article ${s.word("article")}).`,
    "reply.changed": (s) => `${s.who} ${replyActions[s.word("action")] ?? s.word("action")} a canned reply (${s.word("reply")}).`,
    "article.solved": () => "A self-help article solved somebody's problem; no ticket was opened.",
    "person.erased": (s) => `${s.who} had the names and texts of ${whose(s)} erased: ${n(s.number("tickets"), "ticket", "tickets")}, ${n(s.number("sessions"), "session", "sessions")}, ${n(s.number("fields"), "field", "fields")} of the log.${s.number("held") > 0 ? ` Kept, being on hold: ${n(s.number("held"), "ticket", "tickets")}.` : ""}`,
    "person.erase_denied": (s) => `${s.who} asked to erase ${whose(s)}; nothing was erased: ${eraseRefusals[s.word("reason")] ?? s.word("reason")}.`,
    "retention.ran": (s) => s.number("tickets") + s.number("fields") === 0
      ? `${s.who} looked for names older than ${n(s.number("months"), "month", "months")}: there were none to erase.`
      : `${s.who} erased the names older than ${n(s.number("months"), "month", "months")}: ${n(s.number("tickets"), "ticket", "tickets")}, ${n(s.number("sessions"), "session", "sessions")}, ${n(s.number("fields"), "field", "fields")} of the log.`,
    "retention.changed": (s) => `${s.who} set for how long names are kept: ${n(s.number("months"), "month", "months")}.`,
    "keys.lost": (s) => `${s.who} said that the keys to the names in the log are lost: names from before cannot be read any more.`,
    "hold.added": (s) => {
      // The relay's own holds have a cause; those of people a reason in their own words.
      const own = s.optional("cause") === null ? null : (causes[s.word("cause")] ?? s.word("cause"));
      return own === null
        ? `${s.who} placed a hold: from now on, nothing of this ticket is erased. Reason given: ${s.text("reason")}.`
        : `${s.who} placed a hold by itself: ${own}. From now on, nothing of this ticket is erased.`;
    },
    "hold.removed": (s) => {
      if (s.number("since") === 0) return "This ticket is no longer kept from being erased.";
      const own = s.optional("cause") === null ? "" : `, which the relay had placed by itself: ${causes[s.word("cause")] ?? s.word("cause")}`;
      return `${s.who} ended a hold of this ticket${own}. Reason given: ${s.text("reason")}.`;
    },
    "hold.remove_denied": (s) => `${s.who} asked to end a hold of this ticket; it stays, as the relay placed it by itself: ${causes[s.word("cause")] ?? s.word("cause")}. Reason given: ${s.text("reason")}.`,
    "log.checked": (s) => {
      const fault = s.optional("fault");
      return `${s.who} checked the log, ${n(s.number("records"), "record", "records")}: ${fault === null ? "it verifies" : `it does not verify (${fault})`}.`;
    },
  },
  permission: (permission, step, s) => {
    const thing = things[permission];
    switch (step) {
      case "requested": return `${s.technician} asked ${asked[permission]}.`;
      case "allowed": return `${s.user} allowed ${s.technician} ${asked[permission]}.`;
      case "refused": return s.flag("timed_out")
        ? `${s.user} did not answer in time: ${thing} was not given.`
        : s.word("by") === "user" ? `${s.user} refused ${thing}.`
        : s.word("by") === "machine" ? `The user's machine refused ${thing} by itself.`
        : `${thing} was refused.`;
      case "withdrawn":
        switch (s.word("reason")) {
          case "by_user": return `${s.user} took back ${thing}.`;
          case "by_technician": return `${s.technician} gave back ${thing}.`;
          default: return `${thing} is no longer allowed: ${withdrawals[s.word("reason")] ?? s.word("reason")}.`;
        }
    }
  },
  unknown: (code, fields) => `${code}${fields.length === 0 ? "" : `: ${fields.map(([name, value]) => `${name} ${value}`).join(", ")}`}`,
  ordered: (time, day) => `Ordered at ${time}${day === null ? "" : ` on ${day}`}.`,
  erased: "[erased]",
  user: "the user",
  technician: "the technician",
  relay: "the relay",
  operator: "the relay's operator",
  account: (number) => `account ${number}`,
};
