//! Headers that every answer carries, so that a browser runs nothing but our own files and shows them nowhere else.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use super::address::is_encrypted;

/// Nothing but what is named: our own scripts and styles as files, connections to ourselves (`'self'` covers the
/// WebSocket of the same host and port: CSP 3, 6.7.2.8), images also as data URLs, which the bundler makes of small
/// icons. No inline script or style, no frame, no form that a browser would send by itself. Text becomes elements only
/// by the two named policies: the interface's templates, and articles, whose Markdown knows no HTML.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                                       connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                                       require-trusted-types-for 'script'; trusted-types svelte-trusted-html renfort-markdown";

/// Sent with every answer.
const ALWAYS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), display-capture=()",
    ),
];

/// Under TLS: for a year, this host is asked by TLS only (RFC 6797).
const STRICT_TRANSPORT: &str = "max-age=31536000";

/// Adds them; the state says whether the relay itself speaks TLS.
pub async fn secure(State(tls): State<bool>, request: Request, next: Next) -> Response {
    let tls = is_encrypted(tls, request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if tls {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(STRICT_TRANSPORT),
        );
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
