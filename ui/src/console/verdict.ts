/** How a session or a ticket came out, in one badge: words, tone and mark. */
import type { EndReason, Outcome, SessionRow, TicketRow } from "../generated/protocol";
import type { ConsoleWords } from "./en";

export type Tone = "good" | "caution" | "neutral" | "running";

export interface Verdict {
  tone: Tone;
  mark: "solved" | "unsolved" | "escalated" | "refused" | "running" | "ended" | "waiting" | "abuse";
  words: string;
}

const REFUSALS: ReadonlySet<EndReason> = new Set<EndReason>(["refused", "timed_out", "withdrawn", "wrong_code"]);

/** A session shows what became of it: a report of abuse, a refusal, else the technician's outcome, else why it ended. */
export function sessionVerdict(row: SessionRow, words: ConsoleWords): Verdict {
  if (row.abuse_reported) return abuseVerdict(words);
  if (row.end !== null && REFUSALS.has(row.end)) return { tone: "caution", mark: "refused", words: words.ends[row.end] };
  if (row.outcome !== null) return outcomeVerdict(row.outcome, words);
  if (row.ended_at === null) {
    return row.started_at === null
      ? { tone: "running", mark: "waiting", words: words.outcomes.asking }
      : { tone: "running", mark: "running", words: words.outcomes.running };
  }
  const bad = row.end === "lost" || row.end === "failed" || row.end === "untrusted" || row.end === "card_revoked";
  return { tone: bad ? "caution" : "neutral", mark: "ended", words: row.end === null ? words.session.ended : words.ends[row.end] };
}

/** What a supervisor must look at. */
export function abuseVerdict(words: ConsoleWords): Verdict {
  return { tone: "caution", mark: "abuse", words: words.ends.abuse_reported };
}

function outcomeVerdict(outcome: Outcome, words: ConsoleWords): Verdict {
  switch (outcome.outcome) {
    case "solved": return { tone: "good", mark: "solved", words: words.outcomes.solved };
    case "not_solved": return { tone: "caution", mark: "unsolved", words: words.outcomes.not_solved };
    case "escalated": return { tone: "neutral", mark: "escalated", words: words.outcomes.escalated(outcome.to) };
  }
}

/** A ticket shows where it stands. */
export function ticketVerdict(row: TicketRow, words: ConsoleWords): Verdict {
  const state = words.states[row.state];
  switch (row.state) {
    case "waiting": return { tone: "running", mark: "waiting", words: state };
    case "taken": return { tone: "running", mark: "running", words: state };
    case "solved": return { tone: "good", mark: "solved", words: state };
    case "not_solved": return { tone: "caution", mark: "unsolved", words: state };
    case "cancelled": return { tone: "neutral", mark: "ended", words: state };
  }
}
