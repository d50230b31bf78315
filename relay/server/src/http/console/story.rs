//! `ticket/{id}`: one ticket with everything that the log has of it, all sessions in one story.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, RawQuery, State},
};
use renfort_audit::event::{ConsoleView, Event};
use renfort_protocol::{
    console::story::{STORY_RECORDS, TicketStory},
    error::Code,
};

use super::{answer::ApiError, asked, detail::entry, signed_in::SignedIn};
use crate::{
    clock,
    http::App,
    reveal::Revealer,
    store::rows::{ListedSession, ListedTicket},
};

/// The ticket.
pub async fn ticket(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    RawQuery(part): RawQuery,
) -> Result<Json<TicketStory>, ApiError> {
    let id = asked::ticket(&id)?;
    let from = asked::story(part.as_deref())?;
    let store = &*app.console.store;
    let ticket = store.ticket(id).await?.ok_or(Code::UnknownTicket)?;
    let event = Event::ConsoleViewed {
        view: ConsoleView::Ticket,
        rows: 1,
        search: None,
    };
    app.console.record(signed_in.actor(), (Some(id), None), event).await?;

    let mut logged = store.story(id, from, STORY_RECORDS + 1).await?;
    let next = logged.get(STORY_RECORDS as usize).map(|first| first.record.seq);
    logged.truncate(STORY_RECORDS as usize);
    let mut revealer = Revealer::new(store);
    let mut timeline = Vec::with_capacity(logged.len());
    for one in logged {
        timeline.push(entry(&mut revealer, one).await?);
    }
    let (now, summary) = (clock::now(), ticket.record.summary.clone());
    let sessions: Vec<_> = ticket
        .sessions
        .into_iter()
        .map(|record| {
            let summary = summary.clone();
            ListedSession { record, summary }.into_row(now)
        })
        .collect();
    Ok(Json(TicketStory {
        message: ticket.record.message.clone(),
        ticket: ListedTicket {
            sessions: u32::try_from(sessions.len()).unwrap_or(u32::MAX),
            record: ticket.record,
        }
        .into_row(),
        sessions,
        notes: ticket.notes,
        timeline,
        next,
    }))
}
