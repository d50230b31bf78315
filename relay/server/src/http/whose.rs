//! `GET /v1/organisation`: whom this relay serves, for pages that nobody has signed in to yet.
//!
//! Invariant: nothing is told but the name that every user's organisation file tells.

use std::sync::Arc;

use axum::{Json, extract::State};
use renfort_protocol::people::Name;
use serde::Serialize;

use super::App;

/// The organisation.
#[derive(Debug, Serialize)]
pub struct Organisation {
    name: Name,
}

/// Says its name.
pub async fn organisation(State(app): State<Arc<App>>) -> Json<Organisation> {
    Json(Organisation {
        name: app.organisation.clone(),
    })
}
