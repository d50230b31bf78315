//! Who may come in, and what is read of what they say.
//!
//! Invariant: before its token is proven a connection gets nothing and may say nothing longer than one message up.

use futures_util::StreamExt as _;
use renfort_protocol::input::InputEvent;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async_with_config,
    tungstenite::{
        Message,
        handshake::server::{ErrorResponse, Request, Response},
        http::{StatusCode, header::ORIGIN},
        protocol::WebSocketConfig,
    },
};

use super::placed::{MAX_PLACED, Place};

/// What a window says.
#[derive(Debug, PartialEq)]
pub enum Said {
    /// The technician did something.
    Input(InputEvent),
    /// Who paints the picture, and where.
    Place(Place),
}

/// The app's own pages, on every system.
pub const ORIGINS: [&str; 2] = ["tauri://localhost", "http://tauri.localhost"];
/// Largest message up, in bytes: a place; an [`InputEvent`] is shorter.
pub const MAX_UP: usize = MAX_PLACED;

/// The handshake, from one of our pages, then the token, which is shown once. None for anybody else.
pub async fn prove<S>(stream: S, admits: impl FnOnce(&str) -> bool) -> Option<WebSocketStream<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_UP))
        .max_frame_size(Some(MAX_UP));
    let mut socket = accept_hdr_async_with_config(stream, check_origin, Some(config))
        .await
        .ok()?;
    match socket.next().await?.ok()? {
        Message::Text(token) if admits(&token) => Some(socket),
        _ => None,
    }
}

#[expect(clippy::result_large_err, reason = "the type is the handshake's")]
fn check_origin(request: &Request, response: Response) -> Result<Response, ErrorResponse> {
    let origin = request.headers().get(ORIGIN).and_then(|value| value.to_str().ok());
    if origin.is_some_and(|origin| ORIGINS.contains(&origin)) {
        return Ok(response);
    }
    let mut refusal = ErrorResponse::new(None);
    *refusal.status_mut() = StatusCode::FORBIDDEN;
    Err(refusal)
}

/// Reads what a window says; none when it is something else.
#[must_use]
pub fn said(text: &str) -> Option<Said> {
    let input = serde_json::from_str::<InputEvent>(text)
        .ok()
        .filter(InputEvent::is_within_limits);
    input.map(Said::Input).or_else(|| Place::read(text).map(Said::Place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_neither_input_nor_a_place_is_refused() {
        assert!(matches!(
            said(r#"{"input":"move","order":1,"x":2,"y":3}"#),
            Some(Said::Input(_))
        ));
        assert_eq!(said(r#"{"surface":"none"}"#), Some(Said::Place(Place::None)));
        for wrong in [
            "",
            "{}",
            r#"{"input":"move","order":1,"x":70000,"y":3}"#,
            r#"{"input":"key","code":"","key":"","pressed":true}"#,
        ] {
            assert!(said(wrong).is_none(), "{wrong}");
        }
    }
}
