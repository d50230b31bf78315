//! `session/{id}`: one session with everything that the log has of it and of its ticket.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use renfort_audit::event::{ConsoleView, Event};
use renfort_protocol::{
    console::{FieldValue, SessionDetail, TimelineEntry},
    error::Code,
};

use super::{answer::ApiError, asked, signed_in::SignedIn};
use crate::{
    clock,
    http::App,
    reveal::Revealer,
    store::{
        LoggedRecord, StoreError,
        rows::{ListedSession, ListedTicket},
    },
};

/// The session.
pub async fn session(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Json<SessionDetail>, ApiError> {
    let id = asked::session(&id)?;
    let store = &*app.console.store;
    let record = store.session(id).await?.ok_or(Code::UnknownSession)?;
    let ticket = store.ticket(record.ticket).await?.ok_or(Code::UnknownTicket)?;
    let event = Event::ConsoleViewed {
        view: ConsoleView::Session,
        rows: 1,
        search: None,
    };
    app.console
        .record(signed_in.actor(), (Some(record.ticket), Some(id)), event)
        .await?;

    let mut revealer = Revealer::new(store);
    let mut timeline = Vec::new();
    for logged in store.timeline(record.ticket, id).await? {
        timeline.push(entry(&mut revealer, logged).await?);
    }
    let siblings = ticket
        .sessions
        .iter()
        .map(|session| session.id)
        .filter(|sibling| *sibling != id)
        .collect();
    let sessions = u32::try_from(ticket.sessions.len()).unwrap_or(u32::MAX);
    let summary = ticket.record.summary.clone();
    Ok(Json(SessionDetail {
        row: ListedSession { record, summary }.into_row(clock::now()),
        message: ticket.record.message.clone(),
        ticket: ListedTicket {
            record: ticket.record,
            sessions,
        }
        .into_row(),
        notes: ticket.notes,
        timeline,
        siblings,
    }))
}

/// A record, readable.
pub(super) async fn entry(revealer: &mut Revealer<'_>, logged: LoggedRecord) -> Result<TimelineEntry, StoreError> {
    let revealed = revealer.reveal(&logged).await?;
    let record = logged.record;
    let mut fields = record.fields;
    fields.extend(
        revealed
            .into_iter()
            .map(|(name, open)| (name, FieldValue::Text(open.value))),
    );
    Ok(TimelineEntry {
        seq: record.seq,
        at: record.at,
        session: record.session,
        session_seq: record.session_seq,
        actor: record.actor.to_string(),
        code: record.code,
        denied: record.denied,
        fields,
    })
}
