/** English sentences for audit records. */
import { counted } from "../i18n/plural";
import type { Permission } from "./events";
import type { Said, Sentences } from "./sentences";

const n = counted("en");

const impacts: Record<string, string> = {
  person: "one person is stuck", team: "a team is stuck", organisation: "a whole site is stuck",
};
const urgencies: Record<string, string> = {
  low: "it can wait", medium: "work goes on with difficulty", high: "work is impossible",
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
  ended_by_technician: "ended by the technician",
  refused: "the user said no",
  timed_out: "the user did not answer",
  withdrawn: "the technician took the question back",
  expired: "the time allowed was over",
  lost: "one side was gone for too long",
  failed: "it could not go on",
  untrusted: "something was changed on its way",
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

/** "a", "a and b", "a, b and c". */
function list(parts: readonly string[]): string {
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(parts);
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

export const en: Sentences = {
  plain: {
    "relay.started": (s) => `The relay started, version ${s.text("version")}.`,
    "person.added": (s) => {
      const role = s.word("role") === "technician" ? `technician of level ${s.number("level")}` : (roles[s.word("role")] ?? s.word("role"));
      return `${s.who} made an account for ${s.text("name")}: ${role}.`;
    },
    "person.disabled": (s) => `${s.who} disabled the account of ${s.person("person")}.`,
    "signin.succeeded": (s) => {
      const how = { password: "signed in with a password", token: "came back on an earlier sign-in", console: "signed in to the console" }[s.word("method")] ?? "signed in";
      return `${s.who} ${how}, from ${s.text("address")}.`;
    },
    "signin.failed": (s) => `A sign-in${as(s)} from ${s.text("address")} failed: ${s.word("method") === "token" ? "the earlier sign-in is no longer valid" : "wrong name or password"}.`,
    "signin.limited": (s) => `Sign-in${as(s)} from ${s.text("address")} is blocked for ${n(s.number("seconds"), "second", "seconds")}, after too many failures.`,
    signout: (s) => `${s.who} signed out.`,
    "ticket.opened": (s) => `${s.text("name")}, on ${s.text("machine")}, asked for help: “${s.text("summary")}” (${impacts[s.word("impact")] ?? s.word("impact")}, ${urgencies[s.word("urgency")] ?? s.word("urgency")}).`,
    "ticket.cancelled": (s) => `${s.who} took the request back after ${s.span("waited_ms")}.`,
    "ticket.taken": (s) => `${s.text("technician")}, level ${s.number("level")}, took the ticket after ${s.span("waited_ms")} in the queue.`,
    "ticket.take_denied": (s) => `${s.who} could not take the ticket: ${s.error("error")}.`,
    "ticket.closed": (s) => {
      const how = s.word("outcome") === "solved" ? "as solved" : "without a solution";
      const message = s.number("message_chars") > 0 ? `, with a message of ${n(s.number("message_chars"), "character", "characters")} for the user` : "";
      return `${s.who} closed the ticket ${how}, ${s.span("handled_ms")} after it was first taken${message}.`;
    },
    "ticket.escalated": (s) => `${s.who} passed the ticket on from level ${s.number("from")} to level ${s.number("to")}.`,
    "ticket.returned": (s) => `The ticket went back to its queue: the account of ${s.person("person")} was disabled.`,
    "ticket.reopened": (s) => `${s.who} reopened the ticket, which has now come back ${n(s.number("times"), "time", "times")}.`,
    "ticket.user_left": (s) => `${s.user} could not be reached any more, since ${s.time("since")}.`,
    "ticket.user_back": (s) => `${s.user} can be reached again.`,
    "ticket.note_added": (s) => `${s.who} added a note of ${n(s.number("chars"), "character", "characters")}.`,
    "ticket.feedback": (s) => `${s.who} answered that the problem is ${s.flag("solved") ? "solved" : "not solved"}.`,
    "consent.asked": (s) => `${s.who} asked ${capabilities(s)}; an answer counted until ${s.time("answer_by")}.`,
    "consent.granted": (s) => `${s.user} allowed ${s.technician} ${capabilities(s)}, until ${s.time("expires_at")}.`,
    "consent.refused": (s) => s.flag("timed_out") ? `${s.user} did not answer in time, which counts as a refusal.` : `${s.user} refused.`,
    "session.offered": (s) => `The user's machine offered a connection (attempt ${s.number("attempt")}).`,
    "session.answered": (s) => `The technician's machine accepted the connection (attempt ${s.number("attempt")}).`,
    "session.connected": (s) => `The two machines are connected (capture: ${s.text("capture")}, picture: ${s.text("codec")}).`,
    "session.peer_lost": (s) => s.byUser ? "The user's machine lost contact with the technician's." : "The technician's machine lost contact with the user's.",
    "session.peer_back": (s) => `${s.byUser ? "The user's machine" : "The technician's machine"} has contact again, after ${s.brief("after_ms")}.`,
    "session.stopped": (s) => `${s.user} pressed Stop.`,
    "session.failed": (s) => `The session could not go on: ${s.error("error")}.`,
    "session.ended": (s) => `The session ended: ${ends[s.word("reason")] ?? s.word("reason")}. Seen for ${s.span("viewed_ms")}, controlled for ${s.span("controlled_ms")}; ${done(s)}.`,
    "view.first_picture": (s) => `${s.technician} saw the first picture, ${s.brief("after_ms")} after the yes.`,
    "grant.extended": (s) => `${s.user} gave more time, until ${s.time("expires_at")}.`,
    "input.counted": (s) => `${s.technician} did by remote hand: ${done(s)}.`,
    "input.denied": (s) => `${n(s.number("times"), "input was", "inputs were")} not carried out: ${denials[s.word("reason")] ?? s.word("reason")}.`,
    "message.refused": (s) => `A message of ${s.who} (${s.text("message")}) was refused: ${s.error("error")}.`,
    "console.viewed": (s) => `${s.who} looked at ${views[s.word("view")] ?? s.word("view")} in the console${searching(s)}.`,
    "console.exported": (s) => `${s.who} exported ${views[s.word("view")] ?? s.word("view")} as ${s.word("format") === "csv" ? "CSV" : "JSON Lines"}, ${n(s.number("rows"), "row", "rows")}${searching(s)}.`,
    "figures.person_viewed": (s) => `${s.who} looked at the figures of ${s.person("person")} from ${s.word("from")} to ${s.word("to")}. Purpose: ${s.text("purpose")}.`,
    "hours.changed": (s) => `${s.who} set the business hours that figures count: ${s.text("week")} (${s.text("time_zone")}), ${n(s.number("holidays"), "closed day", "closed days")}.`,
    "article.changed": (s) => `${s.who} ${articleActions[s.word("action")] ?? s.word("action")} a self-help article in ${s.word("language") === "fr" ? "French" : "English"} (version ${s.number("version")}, article ${s.word("article")}).`,
    "reply.changed": (s) => `${s.who} ${replyActions[s.word("action")] ?? s.word("action")} a canned reply (${s.word("reply")}).`,
    "article.solved": () => "A self-help article solved somebody's problem; no ticket was opened.",
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
        : `${s.user} refused ${thing}.`;
      case "withdrawn":
        switch (s.word("reason")) {
          case "by_user": return `${s.user} took back ${thing}.`;
          case "by_technician": return `${s.technician} gave back ${thing}.`;
          default: return `${capital(thing)} is no longer allowed: ${withdrawals[s.word("reason")] ?? s.word("reason")}.`;
        }
    }
  },
  unknown: (code, fields) => `${code}${fields.length === 0 ? "" : `: ${fields.map(([name, value]) => `${name} ${value}`).join(", ")}`}`,
  erased: "[erased]",
  relay: "The relay",
  operator: "The relay's operator",
  account: (number) => `Account ${number}`,
};

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
