//! `views`: the saved views of whoever asks. They say nothing about anybody else, so neither reading nor keeping them is
//! recorded.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
};
use renfort_protocol::{
    console::views::{NewView, RenameView, SavedView},
    error::Code,
};

use super::{answer::ApiError, asked, signed_in::SignedIn};
use crate::http::App;

/// All of them.
pub async fn list(State(app): State<Arc<App>>, signed_in: SignedIn) -> Result<Json<Vec<SavedView>>, ApiError> {
    Ok(Json(app.console.store.saved_views(signed_in.person.id).await?))
}

/// Keeps one.
pub async fn save(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<SavedView>, ApiError> {
    ours(&app, &headers)?;
    let view = asked::new_view(&body?)?;
    let id = app.console.store.save_view(signed_in.person.id, &view).await?;
    let NewView { name, list, filter } = view;
    Ok(Json(SavedView { id, name, list, filter }))
}

/// Gives one another name.
pub async fn rename(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    ours(&app, &headers)?;
    let RenameView { name } = asked::body(&body?)?;
    let store = &app.console.store;
    store.rename_view(signed_in.person.id, asked::view(&id)?, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets one.
pub async fn delete(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    ours(&app, &headers)?;
    let store = &app.console.store;
    store.delete_view(signed_in.person.id, asked::view(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Only the console's own pages change anything.
fn ours(app: &App, headers: &HeaderMap) -> Result<(), ApiError> {
    if app.origins.allows_console(headers) {
        Ok(())
    } else {
        Err(Code::NotAllowed.into())
    }
}
