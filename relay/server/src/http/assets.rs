//! The built interface, carried inside the program (read from `ui/dist` by debug builds). Files under `assets/` have
//! their hash in their name and are cached for good; pages are not cached.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../ui/dist/"]
#[allow_missing = true]
struct Interface;

/// Shown when the interface was not built before the program.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Renfort</title>\
    <h1>The interface was not built</h1><p>This relay runs, but was built without its interface. \
    Build both with <code>cargo xtask build</code>, then start the relay again.</p></html>";

/// `GET /`
pub async fn root() -> Redirect {
    Redirect::to("/console")
}

/// `GET /console`
pub async fn console() -> Response {
    page("console.html")
}

/// `GET /technician`
pub async fn technician() -> Response {
    page("technician.html")
}

fn page(name: &str) -> Response {
    match Interface::get(name) {
        Some(page) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.data).into_response(),
        None => (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response(),
    }
}

/// `GET /assets/{*path}`
pub async fn asset(Path(path): Path<String>) -> Response {
    match Interface::get(&format!("assets/{path}")) {
        Some(file) => {
            let headers = [
                (header::CONTENT_TYPE, content_type(&path)),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, file.data).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}
