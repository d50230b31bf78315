//! `articles`: written, published and withdrawn by everybody who has an account.
//!
//! Flow of a change: the version that was looked at is compared with the stored one; the new version and the audit record
//! of it become durable together; then it is answered.
//!
//! Invariant: a change names the version it was made of, so nobody's words are overwritten unseen; what was overwritten
//! knowingly stays as a version.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, RawQuery, State, rejection::BytesRejection},
    http::HeaderMap,
    routing::{get, post},
};
use renfort_audit::{event::Event, record::Entry};
use renfort_core::{
    articles::no_room,
    contract::{Batch, Change, FailReason},
};
use renfort_protocol::{
    article::{
        Article, ArticleAction, ArticleBody, ArticleHead, ArticleList, ArticleState, ArticleText, ArticleTitle, Author,
        NewArticle, OfVersion, RestoreArticle, SaveArticle,
    },
    error::{Code, WireError},
    ids::ArticleId,
    ticket::Language,
};

use super::{
    answer::ApiError,
    asked,
    signed_in::{Colleague, SignedIn},
};
use crate::{clock, http::App, keys};

/// Largest body of a request about articles and replies, in bytes: the longest article, as JSON.
pub const MAX_ARTICLE_BYTES: usize = 64 * 1024;

/// Routes under `articles`.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(list).post(create))
        .route("/{id}", get(read))
        .route("/{id}/{language}", post(save))
        .route("/{id}/{language}/publish", post(publish))
        .route("/{id}/{language}/withdraw", post(withdraw))
        .route("/{id}/{language}/restore", post(restore))
        .route("/{id}/{language}/history", get(history))
        .route("/{id}/{language}/history/{version}", get(version))
        .layer(DefaultBodyLimit::max(MAX_ARTICLE_BYTES))
}

async fn list(
    State(app): State<Arc<App>>,
    _: Colleague,
    RawQuery(query): RawQuery,
) -> Result<Json<ArticleList>, ApiError> {
    let filter = asked::articles(query.as_deref())?;
    Ok(Json(app.console.store.article_list(&filter).await?))
}

async fn read(State(app): State<Arc<App>>, _: Colleague, Path(id): Path<String>) -> Result<Json<Article>, ApiError> {
    Ok(Json(stored(&app, asked::article(&id)?).await?))
}

async fn create(
    State(app): State<Arc<App>>,
    Colleague(by): Colleague,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Article>, ApiError> {
    let NewArticle { language, title, body } = asked::body(&from_our_page(&app, &headers, body)?)?;
    let article = ArticleId(keys::random().map_err(|_| Code::Internal)?);
    let draft = ArticleText {
        article,
        language,
        version: 1,
        state: ArticleState::Draft,
        action: ArticleAction::Created,
        title,
        body,
        author: author(&by),
        at: clock::now(),
        ticket: None,
    };
    write(&app, &by, draft, None).await
}

async fn save(
    State(app): State<Arc<App>>,
    Colleague(by): Colleague,
    Path((id, language)): Path<(String, String)>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Article>, ApiError> {
    let SaveArticle { version, title, body } = asked::body(&from_our_page(&app, &headers, body)?)?;
    let (article, language) = (asked::article(&id)?, asked::language(&language)?);
    let Some(version) = version else {
        let known = stored(&app, article).await?;
        if let Some(other) = known.texts.iter().find(|text| text.language == language) {
            return Err(changed_meanwhile(Some(other)));
        }
        let translation = ArticleText {
            article,
            language,
            version: 1,
            state: ArticleState::Draft,
            action: ArticleAction::Created,
            title,
            body,
            author: author(&by),
            at: clock::now(),
            ticket: None,
        };
        return write(&app, &by, translation, None).await;
    };
    let old = looked_at(&app, article, language, version).await?;
    let (action, state) = (ArticleAction::Changed, old.state);
    change(&app, &by, &old, action, state, Some((title, body))).await
}

async fn publish(
    State(app): State<Arc<App>>,
    Colleague(by): Colleague,
    Path((id, language)): Path<(String, String)>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Article>, ApiError> {
    let OfVersion { version } = asked::body(&from_our_page(&app, &headers, body)?)?;
    let old = looked_at(&app, asked::article(&id)?, asked::language(&language)?, version).await?;
    if old.state == ArticleState::Published {
        return Err(not_now());
    }
    change(&app, &by, &old, ArticleAction::Published, ArticleState::Published, None).await
}

async fn withdraw(
    State(app): State<Arc<App>>,
    Colleague(by): Colleague,
    Path((id, language)): Path<(String, String)>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Article>, ApiError> {
    let OfVersion { version } = asked::body(&from_our_page(&app, &headers, body)?)?;
    let old = looked_at(&app, asked::article(&id)?, asked::language(&language)?, version).await?;
    if old.state != ArticleState::Published {
        return Err(not_now());
    }
    change(&app, &by, &old, ArticleAction::Withdrawn, ArticleState::Withdrawn, None).await
}

async fn restore(
    State(app): State<Arc<App>>,
    Colleague(by): Colleague,
    Path((id, language)): Path<(String, String)>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Article>, ApiError> {
    let RestoreArticle { version, from } = asked::body(&from_our_page(&app, &headers, body)?)?;
    let old = looked_at(&app, asked::article(&id)?, asked::language(&language)?, version).await?;
    let earlier = app
        .console
        .store
        .article_version(old.article, old.language, from)
        .await?;
    let earlier = earlier.ok_or(Code::UnknownArticle)?;
    let (action, state) = (ArticleAction::Restored, old.state);
    change(&app, &by, &old, action, state, Some((earlier.title, earlier.body))).await
}

async fn history(
    State(app): State<Arc<App>>,
    _: Colleague,
    Path((id, language)): Path<(String, String)>,
) -> Result<Json<Vec<ArticleHead>>, ApiError> {
    let (article, language) = (asked::article(&id)?, asked::language(&language)?);
    let versions = app.console.store.article_history(article, language).await?;
    if versions.is_empty() {
        return Err(Code::UnknownArticle.into());
    }
    Ok(Json(versions))
}

async fn version(
    State(app): State<Arc<App>>,
    _: Colleague,
    Path((id, language, version)): Path<(String, String, String)>,
) -> Result<Json<ArticleText>, ApiError> {
    let (article, language) = (asked::article(&id)?, asked::language(&language)?);
    let version = asked::version(&version)?;
    let found = app.console.store.article_version(article, language, version).await?;
    found.map(Json).ok_or_else(|| Code::UnknownArticle.into())
}

/// The next version of a text.
async fn change(
    app: &App,
    by: &SignedIn,
    old: &ArticleText,
    action: ArticleAction,
    state: ArticleState,
    words: Option<(ArticleTitle, ArticleBody)>,
) -> Result<Json<Article>, ApiError> {
    let (title, body) = words.unwrap_or_else(|| (old.title.clone(), old.body.clone()));
    let next = ArticleText {
        version: old.version + 1,
        state,
        action,
        title,
        body,
        author: author(by),
        at: clock::now(),
        ..old.clone()
    };
    write(app, by, next, Some(old.version)).await
}

/// Makes a version durable, with its record.
async fn write(
    app: &App,
    by: &SignedIn,
    text: ArticleText,
    expected_version: Option<u64>,
) -> Result<Json<Article>, ApiError> {
    let (article, language) = (text.article, text.language);
    let entry = Entry {
        at: text.at,
        ticket: None,
        session: None,
        actor: by.actor(),
        event: Event::ArticleChanged {
            article,
            language,
            action: text.action,
            version: text.version,
        },
    };
    let batch = Batch {
        changes: vec![Change::PutArticle {
            text: Box::new(text),
            expected_version,
        }],
        events: vec![entry],
    };
    match app.console.writer.write_batch(batch).await {
        Ok(()) => Ok(Json(stored(app, article).await?)),
        Err(FailReason::Storage) => Err(Code::NotRecorded.into()),
        Err(FailReason::Conflict) => {
            let texts = app.console.store.article_texts(article).await?;
            match texts.iter().find(|text| text.language == language) {
                Some(other) => Err(changed_meanwhile(Some(other))),
                None => Err(ApiError(no_room())),
            }
        }
    }
}

async fn stored(app: &App, id: ArticleId) -> Result<Article, ApiError> {
    app.console
        .store
        .article(id)
        .await?
        .ok_or_else(|| Code::UnknownArticle.into())
}

/// The text as it stands, when that is what somebody looked at.
async fn looked_at(app: &App, article: ArticleId, language: Language, version: u64) -> Result<ArticleText, ApiError> {
    let texts = stored(app, article).await?.texts;
    let text = texts.into_iter().find(|text| text.language == language);
    let text = text.ok_or(Code::UnknownArticle)?;
    if text.version == version {
        Ok(text)
    } else {
        Err(changed_meanwhile(Some(&text)))
    }
}

fn changed_meanwhile(by: Option<&ArticleText>) -> ApiError {
    let error = WireError::from(Code::ChangedMeanwhile);
    ApiError(match by {
        Some(text) => error.with("author", &text.author.name),
        None => error,
    })
}

/// Something that the text's state does not allow, on a page that is older than it looks.
fn not_now() -> ApiError {
    changed_meanwhile(None)
}

/// As texts and replies name them.
pub(super) fn author(by: &SignedIn) -> Author {
    Author {
        id: by.person.id,
        name: by.person.name.clone(),
    }
}

/// A body that one of the console's own pages sent.
pub(super) fn from_our_page(
    app: &App,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Bytes, ApiError> {
    if !app.origins.allows_console(headers) {
        return Err(Code::NotAllowed.into());
    }
    body.map_err(|rejection| {
        let mut error = ApiError::from(rejection);
        if error.0.code == Code::TooLarge {
            error.0 = error.0.with("limit", MAX_ARTICLE_BYTES);
        }
        error
    })
}
