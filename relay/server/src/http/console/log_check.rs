//! `log`: does the whole log verify?

use std::sync::Arc;

use axum::{Json, extract::State};
use renfort_audit::event::Event;
use renfort_protocol::{
    console::{LogFault, LogStatus},
    error::Code,
};

use super::{answer::ApiError, signed_in::SignedIn};
use crate::{clock, erasure::retention, http::App, log_reader};

/// Checks it.
pub async fn check(State(app): State<Arc<App>>, signed_in: SignedIn) -> Result<Json<LogStatus>, ApiError> {
    let console = &app.console;
    let _turn = console.log_checks.acquire().await.map_err(|_| Code::Internal)?;
    let checked = log_reader::check(&*console.store, &console.log).await?;
    let fault = checked.broken.as_ref().map(|(_, fault)| fault.clone());
    let event = Event::LogChecked {
        records: checked.records,
        root: checked.root,
        fault,
    };
    console.record(signed_in.actor(), (None, None), event).await?;
    let audit_months = retention::months(&*console.store).await?;
    let now = clock::now();
    Ok(Json(LogStatus {
        records: checked.records,
        root: checked.root.to_string(),
        checkpoint: checked.checkpoint,
        broken: checked.broken.map(|(seq, fault)| LogFault { seq, fault }),
        checked_at: now,
        audit_months,
        names_since: retention::cutoff(now, audit_months),
    }))
}
