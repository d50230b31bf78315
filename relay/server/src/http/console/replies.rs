//! `replies`: canned replies, kept by everybody who has an account.
//!
//! Invariant: a reply that is kept uses known placeholders only, and a change names the version it was made of.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use renfort_audit::{
    event::{Event, ReplyAction},
    record::Entry,
};
use renfort_core::contract::{Batch, Change, FailReason};
use renfort_protocol::{
    article::OfVersion,
    error::{Code, WireError},
    ids::ReplyId,
    reply::{CannedReply, MAX_REPLIES, SaveReply},
};

use super::{
    answer::ApiError,
    articles::{MAX_ARTICLE_BYTES, author, from_our_page},
    asked,
    signed_in::{Colleague, SignedIn},
};
use crate::{clock, http::App, keys};

/// Routes under `replies`.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(list).post(create))
        .route("/{id}", post(save))
        .route("/{id}/remove", post(remove))
        .layer(DefaultBodyLimit::max(MAX_ARTICLE_BYTES))
}

async fn list(State(app): State<Arc<App>>, _: Colleague) -> Result<Json<Vec<CannedReply>>, ApiError> {
    Ok(Json(app.console.store.replies().await?))
}

async fn create(
    State(app): State<Arc<App>>,
    Colleague(by): Colleague,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<CannedReply>, ApiError> {
    let asked = asked::new_reply(&from_our_page(&app, &headers, body)?)?;
    let id = ReplyId(keys::random().map_err(|_| Code::Internal)?);
    put(&app, &by, id, asked, ReplyAction::Created).await
}

async fn save(
    State(app): State<Arc<App>>,
    Colleague(by): Colleague,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<CannedReply>, ApiError> {
    let asked = asked::changed_reply(&from_our_page(&app, &headers, body)?)?;
    let id = known(&app, &id).await?.id;
    put(&app, &by, id, asked, ReplyAction::Changed).await
}

async fn remove(
    State(app): State<Arc<App>>,
    Colleague(by): Colleague,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let OfVersion { version } = asked::body(&from_our_page(&app, &headers, body)?)?;
    let reply = known(&app, &id).await?.id;
    let change = Change::DeleteReply {
        reply,
        expected_version: version,
    };
    write(&app, &by, reply, change, ReplyAction::Removed).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn put(
    app: &App,
    by: &SignedIn,
    id: ReplyId,
    asked: SaveReply,
    action: ReplyAction,
) -> Result<Json<CannedReply>, ApiError> {
    let reply = CannedReply {
        id,
        // A number that nobody was given cannot be that of the stored one.
        version: asked.version.unwrap_or(0).saturating_add(1),
        content: asked.content,
        author: author(by),
        at: clock::now(),
    };
    let change = Change::PutReply {
        reply: Box::new(reply.clone()),
        expected_version: asked.version,
    };
    write(app, by, id, change, action).await?;
    Ok(Json(reply))
}

async fn write(app: &App, by: &SignedIn, reply: ReplyId, change: Change, action: ReplyAction) -> Result<(), ApiError> {
    let entry = Entry {
        at: clock::now(),
        ticket: None,
        session: None,
        actor: by.actor(),
        event: Event::ReplyChanged { reply, action },
    };
    let batch = Batch {
        changes: vec![change],
        events: vec![entry],
    };
    match app.console.writer.write_batch(batch).await {
        Ok(()) => Ok(()),
        Err(FailReason::Storage) => Err(Code::NotRecorded.into()),
        Err(FailReason::Conflict) => Err(ApiError(match app.console.store.reply(reply).await? {
            Some(other) => WireError::from(Code::ChangedMeanwhile).with("author", other.author.name),
            None if action == ReplyAction::Created => WireError::from(Code::TooMany).with("limit", MAX_REPLIES),
            None => Code::UnknownReply.into(),
        })),
    }
}

async fn known(app: &App, id: &str) -> Result<CannedReply, ApiError> {
    let id = asked::reply_id(id)?;
    app.console
        .store
        .reply(id)
        .await?
        .ok_or_else(|| Code::UnknownReply.into())
}
