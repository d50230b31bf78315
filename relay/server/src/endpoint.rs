//! `GET /v1/endpoint`: one WebSocket, one task.
//!
//! Flow: frames go to the broker's queue as they come; what the broker sends comes by a bounded queue of this
//! connection; a ping goes out every [`PING_EVERY`], and a peer that was not heard for [`DEAD_AFTER`] is gone.
//!
//! Invariant: the broker hears of each connection once that it came and once that it is gone.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{
    extract::{
        ConnectInfo, State,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use renfort_core::contract::{Conn, Input};
use renfort_protocol::{
    error::{Code, WireError},
    ids::Nonce,
    limits::MAX_SIGNALLING_BYTES,
    signalling::FromRelay,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, MissedTickBehavior, interval, timeout},
};
use tokio_tungstenite::tungstenite;

use crate::{
    broker_task::{OUTGOING_QUEUE, Peer, ToBroker, to_json},
    clock,
    http::{
        App,
        address::peer_address,
        quota::{self, folded},
    },
    keys,
};

/// How often a ping goes out.
const PING_EVERY: Duration = Duration::from_secs(10);
/// Silence after which a peer is gone: two pings and some grace.
const DEAD_AFTER: Duration = Duration::from_secs(25);
/// A peer that does not take a message for this long is gone.
const SEND_WITHIN: Duration = Duration::from_secs(10);
/// A peer that is being closed gets this long to take the reason.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// Largest frame that is read at all, in bytes; the broker refuses, with words, what is above its own limits.
const MAX_FRAME_BYTES: usize = 2 * MAX_SIGNALLING_BYTES;
/// Most that waits in one connection's write buffer, in bytes. A message that does not fit cannot be sent at all, so this
/// bounds the largest one, a technician's welcome with the whole queue; it is what the desktop app takes in one frame.
const MAX_OUTGOING_BYTES: usize = 16 * 1024 * 1024;
/// Buffers of one connection, in bytes: a typical message fits, and a hundred waiting users cost little.
const BUFFER_BYTES: usize = 4 * 1024;

/// Accepts a WebSocket.
pub async fn accept(
    State(app): State<Arc<App>>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !app.origins.allows_endpoint(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    if let Err(seconds) = app.quotas.sockets.admit(&folded(remote, &headers), clock::now()) {
        return quota::refusal(seconds);
    }
    let Ok(nonce) = keys::random() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let address = peer_address(remote, &headers);
    upgrade
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_write_buffer_size(MAX_OUTGOING_BYTES)
        .on_upgrade(move |socket| serve(socket, app, address, Nonce(nonce)))
}

async fn serve(mut socket: WebSocket, app: Arc<App>, address: String, nonce: Nonce) {
    let conn = Conn(app.next_conn.fetch_add(1, Ordering::Relaxed));
    let (sender, mut outgoing) = mpsc::channel(OUTGOING_QUEUE);
    let (closing, mut closed) = oneshot::channel();
    let broker = app.broker.clone();
    drop(app);
    let peer = Peer {
        outgoing: sender,
        closing,
    };
    if broker
        .send(ToBroker::Opened {
            conn,
            address,
            nonce,
            peer,
        })
        .await
        .is_err()
    {
        farewell(&mut socket, Code::ShuttingDown.into()).await;
        return;
    }
    let end = converse(&mut socket, conn, &broker, &mut outgoing, &mut closed).await;
    if !matches!(end, End::ByBroker(_))
        && broker
            .send(ToBroker::Input(Input::Disconnected { conn }))
            .await
            .is_err()
    {
        tracing::debug!(conn = conn.0, "the broker ended before this connection");
    }
    match end {
        End::ByBroker(error) => {
            outgoing.close();
            while let Ok(text) = outgoing.try_recv() {
                if !send(&mut socket, Message::Text(text), CLOSE_WITHIN).await {
                    return;
                }
            }
            farewell(&mut socket, error).await;
        }
        End::Refused(error) => farewell(&mut socket, error).await,
        End::Gone => {}
    }
}

/// How a connection ends.
enum End {
    /// The peer is not there any more, or said goodbye.
    Gone,
    /// The peer broke a rule that the broker never gets to see.
    Refused(WireError),
    /// The broker has already forgotten it.
    ByBroker(WireError),
}

async fn converse(
    socket: &mut WebSocket,
    conn: Conn,
    broker: &mpsc::Sender<ToBroker>,
    outgoing: &mut mpsc::Receiver<Utf8Bytes>,
    closed: &mut oneshot::Receiver<WireError>,
) -> End {
    let mut pings = interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    loop {
        tokio::select! {
            error = &mut *closed => return error.map_or(End::ByBroker(Code::ShuttingDown.into()), End::ByBroker),
            text = outgoing.recv() => match text {
                Some(text) => {
                    if !send(socket, Message::Text(text), SEND_WITHIN).await {
                        return End::Gone;
                    }
                }
                // The broker dropped its end and has said why by the other way.
                None => return (&mut *closed).await.map_or(End::ByBroker(Code::ShuttingDown.into()), End::ByBroker),
            },
            _ = pings.tick() => {
                if heard.elapsed() >= DEAD_AFTER || !send(socket, Message::Ping(Default::default()), SEND_WITHIN).await {
                    tracing::debug!(conn = conn.0, "a peer is gone without a word");
                    return End::Gone;
                }
            }
            message = socket.recv() => {
                heard = Instant::now();
                match message {
                    Some(Ok(Message::Text(text))) => {
                        let frame = Input::Frame { conn, text: text.as_bytes().to_vec() };
                        if broker.send(ToBroker::Input(frame)).await.is_err() {
                            return End::Refused(Code::ShuttingDown.into());
                        }
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Binary(_))) => return End::Refused(Code::Malformed.into()),
                    Some(Ok(Message::Close(_))) | None => return End::Gone,
                    Some(Err(error)) if is_too_large(&error) => {
                        return End::Refused(WireError::from(Code::TooLarge).with("limit", MAX_SIGNALLING_BYTES));
                    }
                    Some(Err(_)) => return End::Gone,
                }
            }
        }
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<tungstenite::Error>())
        .is_some_and(|error| matches!(error, tungstenite::Error::Capacity(_)))
}

async fn send(socket: &mut WebSocket, message: Message, within: Duration) -> bool {
    matches!(timeout(within, socket.send(message)).await, Ok(Ok(())))
}

/// Says why, then closes (RFC 6455, 7.4.1).
async fn farewell(socket: &mut WebSocket, error: WireError) {
    let code = match error.code {
        Code::ShuttingDown => close_code::RESTART,
        Code::Busy => close_code::AGAIN,
        Code::TooLarge => close_code::SIZE,
        _ => close_code::POLICY,
    };
    let last = to_json(&FromRelay::Refused { re: 0, error });
    if send(socket, Message::Text(last), CLOSE_WITHIN).await {
        let frame = CloseFrame {
            code,
            reason: Utf8Bytes::default(),
        };
        if send(socket, Message::Close(Some(frame)), CLOSE_WITHIN).await {
            // The peer gets time to read the reason: a socket that is dropped with unread input is reset, and the reason
            // with it. After a frame that was too large nothing more can be read and the stream counts as ended at once,
            // so this only waits.
            let drained = async {
                let mut readable = false;
                while let Some(Ok(_)) = socket.recv().await {
                    readable = true;
                }
                if !readable {
                    std::future::pending::<()>().await;
                }
            };
            if timeout(CLOSE_WITHIN, drained).await.is_err() {
                tracing::debug!("a peer did not answer the close");
            }
        }
    }
}
