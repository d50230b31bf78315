//! `export/{sessions,tickets,audit}.{csv,jsonl}`: whole lists as files, streamed without a limit on rows.
//!
//! Sessions and tickets follow the filter. The audit log is always exported whole, since a part of it proves nothing;
//! `audit.jsonl` is the form that `renfort-relay audit verify` checks.
//!
//! Invariant: memory holds one chunk of rows, however long the file is.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Path, RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use renfort_audit::event::{ConsoleView, Event, ExportFormat};

use super::{
    answer::ApiError,
    asked, columns,
    csv_text::{heading, lines},
    signed_in::SignedIn,
};
use crate::{
    clock,
    http::App,
    log_reader::LogReader,
    store::{Store, StoreError, filter::Criteria, rows::ListedTicket},
};

/// Rows read and sent at once.
const CHUNK: u32 = 500;

/// The file.
pub async fn export(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    Path(file): Path<String>,
    RawQuery(filter): RawQuery,
) -> Result<Response, ApiError> {
    let (view, format) = asked::file(&file)?;
    let criteria = Criteria {
        after: None,
        ..asked::list(filter.as_deref())?
    };
    let store = Arc::clone(&app.console.store);
    let (rows, source) = match view {
        ConsoleView::Sessions => (
            store.sessions(&criteria, 1).await?.total,
            Source::Sessions(criteria.clone()),
        ),
        ConsoleView::Tickets => (
            store.tickets(&criteria, 1).await?.total,
            Source::Tickets(criteria.clone()),
        ),
        _ => {
            let reader = LogReader::open(Arc::clone(&store), app.console.log.clone()).await?;
            (reader.size(), Source::Log(reader))
        }
    };
    let search = if matches!(source, Source::Log(_)) {
        None
    } else {
        criteria.searched()
    };
    let event = Event::ConsoleExported {
        view,
        format,
        rows,
        search,
    };
    app.console.record(signed_in.actor(), (None, None), event).await?;

    let content_type = match format {
        ExportFormat::Csv => "text/csv; charset=utf-8",
        ExportFormat::Jsonl => "application/jsonl; charset=utf-8",
    };
    let headers = [
        (header::CONTENT_TYPE, content_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
    ];
    let export = Export {
        store,
        source,
        format,
        step: Step::Heading,
    };
    Ok((headers, Body::from_stream(stream::unfold(export, Export::chunk))).into_response())
}

enum Source {
    Sessions(Criteria),
    Tickets(Criteria),
    Log(LogReader),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Heading,
    Rows,
    Ending,
    Done,
}

struct Export {
    store: Arc<dyn Store>,
    source: Source,
    format: ExportFormat,
    step: Step,
}

impl Export {
    async fn chunk(mut self) -> Option<(Result<Bytes, StoreError>, Self)> {
        let bytes = match self.step {
            Step::Heading => {
                self.step = Step::Rows;
                Ok(self.heading())
            }
            Step::Rows => self.rows().await,
            Step::Ending => {
                self.step = Step::Done;
                Ok(self.ending())
            }
            Step::Done => return None,
        };
        if let Err(error) = &bytes {
            // The status has gone out long ago; cutting the connection tells the browser that the file is not whole.
            tracing::error!(%error, "an export was cut short");
            self.step = Step::Done;
        }
        Some((bytes.map(Bytes::from), self))
    }

    fn heading(&self) -> Vec<u8> {
        match (&self.source, self.format) {
            (Source::Sessions(_), ExportFormat::Csv) => heading(columns::SESSIONS),
            (Source::Tickets(_), ExportFormat::Csv) => heading(columns::TICKETS),
            (Source::Log(_), ExportFormat::Csv) => heading(columns::AUDIT),
            (Source::Log(reader), ExportFormat::Jsonl) => format!("{}\n", reader.header_line()).into_bytes(),
            (_, ExportFormat::Jsonl) => Vec::new(),
        }
    }

    async fn rows(&mut self) -> Result<Vec<u8>, StoreError> {
        let csv = self.format == ExportFormat::Csv;
        match &mut self.source {
            Source::Sessions(criteria) => {
                let listing = self.store.sessions(criteria, CHUNK).await?;
                criteria.after = listing.next;
                self.step = if criteria.after.is_some() {
                    Step::Rows
                } else {
                    Step::Ending
                };
                let now = clock::now();
                let rows = listing.rows.into_iter().map(|listed| listed.into_row(now));
                if csv {
                    Ok(lines(rows.map(columns::session)))
                } else {
                    json_lines(rows)
                }
            }
            Source::Tickets(criteria) => {
                let listing = self.store.tickets(criteria, CHUNK).await?;
                criteria.after = listing.next;
                self.step = if criteria.after.is_some() {
                    Step::Rows
                } else {
                    Step::Ending
                };
                let rows = listing.rows.into_iter().map(ListedTicket::into_row);
                if csv {
                    Ok(lines(rows.map(columns::ticket)))
                } else {
                    json_lines(rows)
                }
            }
            Source::Log(reader) => {
                let Some(records) = reader.next().await? else {
                    self.step = Step::Ending;
                    return Ok(Vec::new());
                };
                if csv {
                    return Ok(lines(records.into_iter().map(columns::record)));
                }
                Ok(records
                    .iter()
                    .flat_map(|record| [record.line(), "\n".to_owned()])
                    .collect::<String>()
                    .into_bytes())
            }
        }
    }

    fn ending(&self) -> Vec<u8> {
        match (&self.source, self.format) {
            (Source::Log(reader), ExportFormat::Jsonl) => format!("{}\n", reader.checkpoint_line()).into_bytes(),
            _ => Vec::new(),
        }
    }
}

fn json_lines(rows: impl Iterator<Item = impl serde::Serialize>) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut bytes, &row).map_err(|error| StoreError::Failed(error.to_string()))?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}
