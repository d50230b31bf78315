//! Columns of the exported files.

use renfort_audit::export::ExportedRecord;
use renfort_protocol::{
    console::{SessionRow, TicketRow},
    ticket::Outcome,
};

use super::csv_text::Cell;

/// Of `sessions.csv`.
pub const SESSIONS: &[&str] = &[
    "session",
    "ticket",
    "summary",
    "user",
    "machine",
    "technician",
    "technician_level",
    "asked_at",
    "started_at",
    "ended_at",
    "end",
    "outcome",
    "escalated_to",
    "viewed_ms",
    "controlled_ms",
    "keys",
    "clicks",
    "clipboard_to_user",
    "clipboard_from_user",
    "chat",
];

/// A line of `sessions.csv`.
pub fn session(row: SessionRow) -> Vec<Cell> {
    let escalated_to = match row.outcome {
        Some(Outcome::Escalated { to }) => Cell::Number(u8::from(to).into()),
        _ => Cell::Empty,
    };
    let outcome = Cell::maybe(row.outcome, |outcome| {
        Cell::text(match outcome {
            Outcome::Solved => "solved",
            Outcome::NotSolved => "not_solved",
            Outcome::Escalated { .. } => "escalated",
        })
    });
    vec![
        Cell::text(row.id),
        Cell::text(row.ticket),
        Cell::text(row.summary),
        Cell::text(row.user.name),
        Cell::text(row.user.machine),
        Cell::text(row.technician.name),
        Cell::Number(u8::from(row.technician.level).into()),
        Cell::instant(row.asked_at),
        Cell::maybe(row.started_at, Cell::instant),
        Cell::maybe(row.ended_at, Cell::instant),
        Cell::maybe(row.end, Cell::word),
        outcome,
        escalated_to,
        Cell::Number(row.viewed_ms),
        Cell::Number(row.controlled_ms),
        Cell::Number(row.counts.keys),
        Cell::Number(row.counts.clicks),
        Cell::Number(row.counts.clipboard_to_user),
        Cell::Number(row.counts.clipboard_from_user),
        Cell::Number(row.counts.chat),
    ]
}

/// Of `tickets.csv`.
pub const TICKETS: &[&str] = &[
    "ticket",
    "summary",
    "user",
    "machine",
    "impact",
    "urgency",
    "priority",
    "state",
    "level",
    "technician",
    "opened_at",
    "closed_at",
    "waited_ms",
    "handled_ms",
    "reopened",
    "feedback",
    "sessions",
];

/// A line of `tickets.csv`.
pub fn ticket(row: TicketRow) -> Vec<Cell> {
    vec![
        Cell::text(row.id),
        Cell::text(row.summary),
        Cell::text(row.user.name),
        Cell::text(row.user.machine),
        Cell::word(row.impact),
        Cell::word(row.urgency),
        Cell::Number(row.priority.number().into()),
        Cell::word(row.state),
        Cell::Number(u8::from(row.level).into()),
        Cell::maybe(row.technician, |technician| Cell::text(technician.name)),
        Cell::instant(row.opened_at),
        Cell::maybe(row.closed_at, Cell::instant),
        Cell::maybe(row.waited_ms, Cell::Number),
        Cell::maybe(row.handled_ms, Cell::Number),
        Cell::Number(row.reopened.into()),
        Cell::maybe(row.feedback, |solved| {
            Cell::text(if solved { "solved" } else { "not_solved" })
        }),
        Cell::Number(row.sessions.into()),
    ]
}

/// Of `audit.csv`.
pub const AUDIT: &[&str] = &[
    "seq",
    "at",
    "code",
    "denied",
    "actor",
    "ticket",
    "session",
    "session_seq",
    "fields",
    "personal",
    "hash",
];

/// A line of `audit.csv`; fields stand in one cell each for public and personal ones, as JSON.
pub fn record(exported: ExportedRecord) -> Vec<Cell> {
    let record = exported.record;
    let personal: std::collections::BTreeMap<String, String> = exported
        .revealed
        .into_iter()
        .map(|(name, open)| (name, open.value))
        .collect();
    let json = |value: serde_json::Result<String>| value.map_or(Cell::Empty, Cell::Text);
    vec![
        Cell::Number(record.seq),
        Cell::instant(record.at),
        Cell::text(record.code),
        Cell::text(if record.denied { "denied" } else { "done" }),
        Cell::text(record.actor),
        Cell::maybe(record.ticket, Cell::text),
        Cell::maybe(record.session, Cell::text),
        Cell::maybe(record.session_seq, Cell::Number),
        json(serde_json::to_string(&record.fields)),
        json(serde_json::to_string(&personal)),
        Cell::text(exported.hash),
    ]
}
