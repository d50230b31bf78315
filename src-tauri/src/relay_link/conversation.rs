//! One connection, from the hello to its end.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use futures_util::{SinkExt as _, StreamExt as _};
use renfort_protocol::{
    VERSION,
    error::{Code, WireError},
    limits::{MAX_SIGNALLING_PER_WINDOW, RATE_WINDOW_MS},
    signalling::{FromRelay, Request, ToRelay},
};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::{
    Link, LinkCommand, LinkEvent, Target, Turn, apply,
    backoff::Backoff,
    connect::{Socket, connect, unreachable},
};

/// The relay must have answered the hello by then.
const HELLO: Duration = Duration::from_secs(10);
/// A quiet connection is asked for a sign of life this often.
const PING: Duration = Duration::from_secs(10);
/// A connection that gives no sign for so long is gone.
const SILENCE: Duration = Duration::from_secs(25);
/// A connection that takes nothing for so long is gone.
const STUCK: Duration = Duration::from_secs(10);
/// A little below what the relay allows, so that its window and ours need not begin together.
const RATE: usize = MAX_SIGNALLING_PER_WINDOW as usize * 4 / 5;
/// Number of the hello; the controller's requests count on from here.
pub(crate) const HELLO_ID: u32 = 1;

/// How a connection ended.
pub(super) enum Ending {
    /// Another target is wanted, or none.
    Retarget,
    /// The controller is gone.
    Closed,
    /// The relay does not accept who we are.
    Rejected(WireError),
    /// Anything else.
    Lost(WireError),
}

/// Connects, and stays until the connection ends or something else is wanted.
pub(super) async fn converse(
    link: &mut Link,
    target: &mut Option<Target>,
    wanted: &Target,
    backoff: &mut Backoff,
) -> Ending {
    let (mut socket, welcome) = {
        let greeting = async {
            let mut socket = connect(&wanted.relays, &link.trust).await.map_err(Ending::Lost)?;
            match timeout(HELLO, greet(&mut socket, &link.device, wanted)).await {
                Ok(greeted) => Ok((socket, greeted?)),
                Err(_) => Err(Ending::Lost(unreachable("no welcome in time"))),
            }
        };
        tokio::pin!(greeting);
        loop {
            tokio::select! {
                done = &mut greeting => match done {
                    Ok(connected) => break connected,
                    Err(ending) => return ending,
                },
                command = link.inbox.recv() => match command.map(|command| apply(command, target)) {
                    None => return Ending::Closed,
                    Some(Turn::Leave | Turn::Close) => return Ending::Retarget,
                    Some(Turn::Stay | Turn::RetryNow) => {}
                },
            }
        }
    };
    backoff.reset();
    link.tell(wanted, welcome).await;
    stay(link, target, wanted, &mut socket).await
}

async fn greet(socket: &mut Socket, device: &crate::store::DevicePair, wanted: &Target) -> Result<LinkEvent, Ending> {
    let FromRelay::Challenge { versions, nonce } = next(socket).await.map_err(Ending::Lost)? else {
        return Err(Ending::Lost(Code::OutOfOrder.into()));
    };
    if !versions.contains(&VERSION) {
        let supported = versions.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
        return Err(Ending::Lost(
            WireError::from(Code::WrongVersion).with("supported", supported),
        ));
    }
    let hello = ToRelay::Hello {
        version: VERSION,
        device: device.public(),
        signature: device.sign_hello(&nonce),
        identity: wanted.identity.clone(),
        language: wanted.language,
    };
    send(
        socket,
        &Request {
            id: HELLO_ID,
            body: hello,
        },
    )
    .await
    .map_err(Ending::Lost)?;
    loop {
        match next(socket).await.map_err(Ending::Lost)? {
            FromRelay::Welcome {
                now,
                welcomed,
                session,
                revocations,
            } => {
                return Ok(LinkEvent::Online {
                    now,
                    welcomed,
                    session,
                    revocations,
                });
            }
            FromRelay::Refused { error, .. } if is_about_identity(error.code) => return Err(Ending::Rejected(error)),
            FromRelay::Refused { error, .. } => return Err(Ending::Lost(error)),
            FromRelay::Done { .. } => {}
            _ => return Err(Ending::Lost(Code::OutOfOrder.into())),
        }
    }
}

/// Trying again with the same identity would be refused again.
fn is_about_identity(code: Code) -> bool {
    matches!(
        code,
        Code::SignInFailed
            | Code::SignInLimited
            | Code::SignInExpired
            | Code::SecondFactorNeeded
            | Code::SecondFactorWrong
            | Code::SecondFactorLocked
            | Code::SecondFactorNeededToBeSetUp
            | Code::NotAllowed
    )
}

async fn stay(link: &mut Link, target: &mut Option<Target>, wanted: &Target, socket: &mut Socket) -> Ending {
    let mut heard = Instant::now();
    let mut ping = tokio::time::interval(PING);
    let mut pace = Pace::default();
    loop {
        tokio::select! {
            command = link.inbox.recv() => match command {
                None => {
                    close(socket).await;
                    return Ending::Closed;
                }
                Some(LinkCommand::Send(request)) => {
                    tokio::time::sleep_until(pace.due(Instant::now()).into()).await;
                    if let Err(error) = send(socket, &request).await {
                        return Ending::Lost(error);
                    }
                }
                Some(command) => if let Turn::Leave | Turn::Close = apply(command, target) {
                    close(socket).await;
                    return Ending::Retarget;
                },
            },
            frame = socket.next() => {
                heard = Instant::now();
                match read(frame) {
                    Ok(None) => {}
                    Ok(Some(FromRelay::Refused { re: 0, error })) => return Ending::Lost(error),
                    Ok(Some(message)) => link.tell(wanted, LinkEvent::Message(Box::new(message))).await,
                    Err(error) => return Ending::Lost(error),
                }
            },
            _ = ping.tick() => {
                if heard.elapsed() > SILENCE {
                    return Ending::Lost(unreachable("the relay is silent"));
                }
                if timeout(STUCK, socket.send(Message::Ping(Vec::new().into()))).await.is_err() {
                    return Ending::Lost(unreachable("the connection is stuck"));
                }
            },
        }
    }
}

async fn close(socket: &mut Socket) {
    // What could not be told in time is told by the connection's end.
    let _ = timeout(Duration::from_millis(500), socket.close(None)).await;
}

async fn send(socket: &mut Socket, request: &Request) -> Result<(), WireError> {
    let json = serde_json::to_string(request).map_err(|error| WireError::from(Code::Internal).with("detail", error))?;
    match timeout(STUCK, socket.send(Message::text(json))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(unreachable(error)),
        Err(_) => Err(unreachable("the connection is stuck")),
    }
}

/// The relay's next message.
async fn next(socket: &mut Socket) -> Result<FromRelay, WireError> {
    loop {
        if let Some(message) = read(socket.next().await)? {
            return Ok(message);
        }
    }
}

fn read(frame: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>) -> Result<Option<FromRelay>, WireError> {
    match frame {
        Some(Ok(Message::Text(text))) => serde_json::from_str(&text).map(Some).map_err(|error| {
            tracing::warn!(
                line = error.line(),
                column = error.column(),
                "the relay's message is not understood"
            );
            Code::Malformed.into()
        }),
        Some(Ok(Message::Binary(_))) => Err(Code::Malformed.into()),
        Some(Ok(Message::Close(_))) | None => Err(unreachable("the relay closed the connection")),
        Some(Ok(_)) => Ok(None),
        Some(Err(error)) => Err(unreachable(error)),
    }
}

/// Keeps below the relay's limit: a burst waits here instead of being punished there.
#[derive(Default)]
struct Pace(VecDeque<Instant>);

impl Pace {
    /// Counts one more message and says when it may go.
    fn due(&mut self, now: Instant) -> Instant {
        let oldest = if self.0.len() >= RATE { self.0.pop_front() } else { None };
        let due = oldest.map_or(now, |oldest| now.max(oldest + Duration::from_millis(RATE_WINDOW_MS)));
        self.0.push_back(due);
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_spread_so_that_the_relay_does_not_punish_it() {
        let now = Instant::now();
        let mut pace = Pace::default();
        assert!((0..RATE).all(|_| pace.due(now) == now));
        let later = now + Duration::from_millis(RATE_WINDOW_MS);
        assert!((0..RATE).all(|_| pace.due(now) == later));
        let much_later = later + Duration::from_millis(RATE_WINDOW_MS + 1);
        assert_eq!(pace.due(much_later), much_later);
    }
}
