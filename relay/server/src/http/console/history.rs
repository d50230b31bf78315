//! `history`: what one person asked for, or what happened on one machine, over time.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{RawQuery, State},
};
use renfort_audit::event::Event;
use renfort_protocol::{
    console::{
        Page,
        history::{HISTORY_ROWS, History, HistoryTicket},
    },
    ids::TicketId,
};

use super::{
    answer::ApiError,
    asked::{self, Past},
    signed_in::SignedIn,
};
use crate::{
    clock,
    http::App,
    store::{filter::Criteria, rows::ListedSession},
};

/// A page of a history.
pub async fn history(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    RawQuery(of): RawQuery,
) -> Result<Json<History>, ApiError> {
    let Past {
        view,
        name,
        exactly,
        after,
    } = asked::history(of.as_deref())?;
    let criteria = Criteria {
        history: Some(exactly.clone()),
        after,
        ..Criteria::default()
    };
    let store = &*app.console.store;
    let totals = store.history_totals(&exactly).await?;
    let listing = store.tickets(&criteria, HISTORY_ROWS).await?;
    let numbers: Vec<TicketId> = listing.rows.iter().map(|row| row.record.id).collect();
    let mut sessions: HashMap<TicketId, Vec<_>> = HashMap::new();
    for session in store.sessions_of(&numbers).await? {
        sessions.entry(session.ticket).or_default().push(session);
    }
    let event = Event::ConsoleViewed {
        view,
        rows: numbers.len() as u64,
        search: Some(name.to_string()),
    };
    app.console.record(signed_in.actor(), (None, None), event).await?;

    let now = clock::now();
    let rows = listing
        .rows
        .into_iter()
        .map(|listed| {
            let of_ticket = sessions.remove(&listed.record.id).unwrap_or_default();
            let summary = listed.record.summary.clone();
            HistoryTicket {
                sessions: of_ticket
                    .into_iter()
                    .map(|record| {
                        let summary = summary.clone();
                        ListedSession { record, summary }.into_row(now)
                    })
                    .collect(),
                ticket: listed.into_row(),
            }
        })
        .collect();
    let (total, next) = (listing.total, listing.next.map(|key| key.to_string()));
    Ok(Json(History {
        totals,
        tickets: Page { rows, total, next },
    }))
}
