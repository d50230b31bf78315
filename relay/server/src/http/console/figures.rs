//! `figures`, `figures.csv`, `figures/person`: the team's figures, and with a purpose one technician's.
//!
//! Invariant: no answer about one technician leaves the relay before its purpose stands in the audit log.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State, rejection::BytesRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use renfort_audit::event::{ConsoleView, Event, ExportFormat};
use renfort_figures::{Hours, Period};
use renfort_protocol::{
    error::Code,
    figures::{Day, Figures, FiguresQuery, Grouping, MIN_PERSON_DAYS, PersonFigures, TeamFigures},
    people::{Role, Technician},
};

use super::{
    answer::ApiError,
    asked::{self, wrong},
    csv_text::{Cell, heading, lines},
    signed_in::SignedIn,
};
use crate::{figures::load_hours, http::App};

/// Of `figures.csv`; durations in milliseconds.
const COLUMNS: &[&str] = &[
    "from",
    "to",
    "opened",
    "cancelled",
    "solved",
    "not_solved",
    "reopened",
    "waits",
    "waiting_median_ms",
    "waiting_p90_ms",
    "first_responses",
    "first_response_median_ms",
    "first_response_p90_ms",
    "resolutions",
    "resolution_median_ms",
    "resolution_p90_ms",
    "first_contact",
    "first_contact_of",
    "first_contact_may_return",
    "handled_by_level_1",
    "handled_by_level_1_of",
    "resolved_by_level_1",
    "resolved_by_level_1_of",
    "escalated_1_to_2",
    "escalated_1_to_3",
    "escalated_2_to_3",
    "open_under_4_hours",
    "open_under_1_day",
    "open_under_3_days",
    "open_under_7_days",
    "open_under_30_days",
    "open_30_days_and_more",
    "asked_if_solved",
    "answered",
    "answered_solved",
    "deflections",
];

fn period(hours: &Hours, from: Day, to: Day, by: Grouping) -> Result<Period, ApiError> {
    Period::new(hours.zone(), from, to, by).map_err(|_| wrong("to").into())
}

/// The team's figures.
pub async fn team(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Json<TeamFigures>, ApiError> {
    let figures = compute(&app, &asked::query(query.as_deref())?).await?;
    let event = Event::ConsoleViewed {
        view: ConsoleView::Figures,
        rows: figures.groups.len() as u64,
        search: None,
    };
    app.console.record(signed_in.actor(), (None, None), event).await?;
    Ok(Json(figures))
}

/// The same as a file.
pub async fn table(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let figures = compute(&app, &asked::query(query.as_deref())?).await?;
    let event = Event::ConsoleExported {
        view: ConsoleView::Figures,
        format: ExportFormat::Csv,
        rows: figures.groups.len() as u64,
        search: None,
    };
    app.console.record(signed_in.actor(), (None, None), event).await?;
    let mut bytes = heading(COLUMNS);
    bytes.extend(lines(
        figures
            .groups
            .iter()
            .map(|group| line(group.from, group.to, &group.figures)),
    ));
    let name = format!("attachment; filename=\"figures-{}-{}.csv\"", figures.from, figures.to);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bytes).into_response())
}

async fn compute(app: &App, query: &FiguresQuery) -> Result<TeamFigures, ApiError> {
    let hours = load_hours(&*app.console.store).await?;
    let period = period(&hours, query.from, query.to, query.by)?;
    Ok(app.console.figures.team(query, &hours, period).await?)
}

fn line(from: Day, to: Day, of: &Figures) -> Vec<Cell> {
    let mut cells = vec![Cell::text(from), Cell::text(to)];
    let number = Cell::Number;
    cells.extend([of.opened, of.cancelled, of.solved, of.not_solved, of.reopened].map(number));
    for spread in [of.waiting, of.first_response, of.resolution] {
        cells.push(number(spread.count));
        cells.extend([spread.median_ms, spread.p90_ms].map(|value| Cell::maybe(value, number)));
    }
    let shares = [of.handled_by_first_level, of.resolved_by_first_level];
    cells.extend([of.first_contact.part, of.first_contact.of, of.first_contact_open].map(number));
    cells.extend(shares.into_iter().flat_map(|share| [share.part, share.of]).map(number));
    let to = of.escalations;
    cells.extend([to.one_to_two, to.one_to_three, to.two_to_three].map(number));
    let open = of.backlog;
    cells.extend([open.hours, open.day, open.three_days, open.week, open.month, open.older].map(number));
    let said = of.satisfaction;
    cells.extend([said.asked, said.answered, said.solved, of.deflections].map(number));
    cells
}

/// One technician's figures; for supervisors only, not for those who administrate.
pub async fn person(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<PersonFigures>, ApiError> {
    if !app.origins.allows_console(&headers) {
        return Err(Code::NotAllowed.into());
    }
    let console = &app.console;
    if signed_in.person.role != Role::Supervisor {
        let event = Event::MessageRefused {
            message: "console.figures.person".to_owned(),
            code: Code::NotAllowed,
        };
        console.record(signed_in.actor(), (None, None), event).await?;
        return Err(Code::NotAllowed.into());
    }
    let asked = asked::person_figures(&body?)?;
    let hours = load_hours(&*console.store).await?;
    let period = period(&hours, asked.from, asked.to, Grouping::Month)?;
    if period.days < MIN_PERSON_DAYS {
        return Err(wrong("to").into());
    }
    // A number beyond what the store can count is nobody's.
    let known = i64::try_from(asked.technician.0).is_ok();
    let account = if known {
        console.store.account(asked.technician).await?
    } else {
        None
    };
    let technician = match account.map(|account| account.person) {
        Some(person) => match person.role {
            Role::Technician { level } => Technician {
                id: person.id,
                name: person.name,
                level,
            },
            _ => return Err(wrong("technician").into()),
        },
        None => return Err(wrong("technician").into()),
    };
    let event = Event::PersonFiguresViewed {
        person: technician.id,
        from: asked.from,
        to: asked.to,
        purpose: asked.purpose,
    };
    console.record(signed_in.actor(), (None, None), event).await?;
    let figures = console.figures.person(technician.id, &hours, &period).await?;
    Ok(Json(PersonFigures {
        technician,
        from: asked.from,
        to: asked.to,
        figures,
    }))
}
