//! The supervisor's console: its API, as `renfort_protocol::console` has it.
//!
//! Invariant: whatever anybody sees of people and their tickets, exports, changes for others or is refused for lack of
//! rights stands in the audit log before it is answered.

mod answer;
mod articles;
pub mod asked;
mod columns;
pub mod csv_text;
mod detail;
mod export;
mod figures;
mod history;
mod lists;
mod live;
mod log_check;
mod replies;
mod sign_in;
pub mod signed_in;
mod story;
mod views;

pub use self::{answer::too_fast, live::LiveDesk, signed_in::LONGEST_MS as LONGEST_SIGN_IN_MS};

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use renfort_audit::{actor::Actor, event::Event, record::Entry};
use renfort_core::Limiter;
use renfort_protocol::{
    error::Code,
    ids::{SessionId, TicketId},
};
use tokio::sync::Semaphore;

use self::answer::{ApiError, no_such_path};
use crate::{
    clock,
    figures::Figures,
    http::App,
    passwords::Passwords,
    store::Store,
    writer::{LogIdentity, WriterHandle},
};

/// What the console works with.
pub struct Console {
    /// Reads.
    pub store: Arc<dyn Store>,
    /// Writes audit events.
    pub writer: WriterHandle,
    /// Checks passwords.
    pub passwords: Passwords,
    /// Slows guessing down.
    pub limiter: Mutex<Limiter>,
    /// Is the connection to the browser encrypted, so that the cookie may demand it?
    pub tls: bool,
    /// Which log this is.
    pub log: LogIdentity,
    /// One check of the whole log at a time; further ones wait.
    pub log_checks: Semaphore,
    /// The team's figures.
    pub figures: Arc<Figures>,
    /// Pages that show what goes on now.
    pub live: LiveDesk,
}

impl Console {
    /// Writes one audit event and waits until it is durable.
    async fn record(
        &self,
        actor: Actor,
        about: (Option<TicketId>, Option<SessionId>),
        event: Event,
    ) -> Result<(), ApiError> {
        let entry = Entry {
            at: clock::now(),
            ticket: about.0,
            session: about.1,
            actor,
            event,
        };
        self.writer
            .record(vec![entry])
            .await
            .map_err(|_| ApiError::from(Code::NotRecorded))
    }
}

/// Routes under `/v1/console`. None answers a request that a browser says another site's page made.
pub fn router(app: &Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .route("/sign-in", post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/me", get(sign_in::me))
        .route("/sessions", get(lists::sessions))
        .route("/tickets", get(lists::tickets))
        .route("/session/{id}", get(detail::session))
        .route("/ticket/{id}", get(story::ticket))
        .route("/history", get(history::history))
        .route("/live", get(live::poll).post(live::open))
        .route("/views", get(views::list).post(views::save))
        .route("/views/{id}", put(views::rename).delete(views::delete))
        .route("/log", get(log_check::check))
        .route("/figures", get(figures::team))
        .route("/figures.csv", get(figures::table))
        .route("/figures/person", post(figures::person))
        .nest("/articles", articles::router())
        .nest("/replies", replies::router())
        .route("/export/{file}", get(export::export))
        .fallback(no_such_path)
        .layer(middleware::from_fn_with_state(Arc::clone(app), own_pages_only))
}

async fn own_pages_only(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if app.origins.allows_console(request.headers()) {
        next.run(request).await
    } else {
        ApiError::from(Code::NotAllowed).into_response()
    }
}
