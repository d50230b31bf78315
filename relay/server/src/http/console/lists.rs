//! `sessions` and `tickets`: a page of a list.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
};
use renfort_audit::event::{ConsoleView, Event};
use renfort_protocol::console::{PAGE_ROWS, Page, SessionRow, TicketRow};

use super::{Console, answer::ApiError, asked, signed_in::SignedIn};
use crate::{
    clock,
    http::App,
    store::{
        filter::Criteria,
        rows::{ListedTicket, Listing},
    },
};

/// A page of sessions.
pub async fn sessions(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    RawQuery(filter): RawQuery,
) -> Result<Json<Page<SessionRow>>, ApiError> {
    let criteria = asked::list(filter.as_deref())?;
    let listing = app.console.store.sessions(&criteria, PAGE_ROWS).await?;
    let now = clock::now();
    let page = page(listing, |listed| listed.into_row(now));
    seen(
        &app.console,
        &signed_in,
        ConsoleView::Sessions,
        page.rows.len(),
        &criteria,
    )
    .await?;
    Ok(Json(page))
}

/// A page of tickets.
pub async fn tickets(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    RawQuery(filter): RawQuery,
) -> Result<Json<Page<TicketRow>>, ApiError> {
    let criteria = asked::list(filter.as_deref())?;
    let listing = app.console.store.tickets(&criteria, PAGE_ROWS).await?;
    let page = page(listing, ListedTicket::into_row);
    seen(
        &app.console,
        &signed_in,
        ConsoleView::Tickets,
        page.rows.len(),
        &criteria,
    )
    .await?;
    Ok(Json(page))
}

fn page<T, U>(listing: Listing<T>, row: impl FnMut(T) -> U) -> Page<U> {
    let next = listing.next.map(|key| key.to_string());
    Page {
        rows: listing.rows.into_iter().map(row).collect(),
        total: listing.total,
        next,
    }
}

async fn seen(
    console: &Console,
    by: &SignedIn,
    view: ConsoleView,
    rows: usize,
    criteria: &Criteria,
) -> Result<(), ApiError> {
    let event = Event::ConsoleViewed {
        view,
        rows: rows as u64,
        search: criteria.searched(),
    };
    console.record(by.actor(), (criteria.ticket, None), event).await
}
