//! What the relay serves: the endpoints' WebSocket, the console's API, the built interface with the
//! technician's page.

pub mod address;
pub mod assets;
pub mod console;
pub mod headers;
pub mod origin;
pub mod quota;
pub mod whose;

use std::sync::{Arc, atomic::AtomicU64};

use axum::{Router, extract::DefaultBodyLimit, middleware, routing::get};
use tokio::sync::mpsc;

use self::{console::Console, origin::OriginPolicy, quota::Quotas};
use crate::{broker_task::ToBroker, endpoint};

/// Largest body of a request, in bytes: a name and a password.
pub const MAX_BODY_BYTES: usize = 8 * 1024;

/// What the handlers share.
pub struct App {
    /// To the broker.
    pub broker: mpsc::Sender<ToBroker>,
    /// Number of the next connection.
    pub next_conn: AtomicU64,
    /// Which pages may speak to us.
    pub origins: OriginPolicy,
    /// How much one address may ask for.
    pub quotas: Quotas,
    /// Whom it serves.
    pub organisation: whose::Organisation,
    /// The console's side.
    pub console: Console,
}

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    let tls = app.console.tls;
    Router::new()
        .route("/", get(assets::root))
        .route("/console", get(assets::console))
        .route("/technician", get(assets::technician))
        .route("/assets/{*path}", get(assets::asset))
        .route("/v1/endpoint", get(endpoint::accept))
        .route("/v1/organisation", get(whose::organisation))
        .nest("/v1/console", console::router(&app))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), quota::by_address))
        .layer(middleware::from_fn_with_state(tls, headers::secure))
        .with_state(app)
}
