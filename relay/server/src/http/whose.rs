//! `GET /v1/organisation`: whom this relay serves, for pages that nobody has signed in to yet.
//!
//! Invariant: nothing is told but what every user's organisation file tells.

use std::sync::Arc;

use axum::{Json, extract::State};
use renfort_protocol::{organisation::OrganisationFile, people::Name};
use serde::Serialize;

use super::App;

/// The organisation, as a page needs to know it.
#[derive(Debug, Clone, Serialize)]
pub struct Organisation {
    /// Its name.
    pub name: Name,
    /// Does it let anybody in by a code?
    pub codes: bool,
}

impl From<&OrganisationFile> for Organisation {
    fn from(file: &OrganisationFile) -> Self {
        let policy = file.organisation.policy.as_ref();
        Self {
            name: file.organisation.name.clone(),
            codes: policy.is_none_or(|policy| policy.codes),
        }
    }
}

/// Says whose relay it is.
pub async fn organisation(State(app): State<Arc<App>>) -> Json<Organisation> {
    Json(app.organisation.clone())
}
