//! Who asks: the cookie, what it stands for, and when it ends.
//!
//! A sign-in has two halves: the cookie, which scripts cannot read, and the page's key, which no cookie carries and which
//! the page sends in a header. A cookie that was stolen (from a disk, a log, or by another program on another port of
//! this host, which browsers hand it to) opens nothing without the other half, and a request that another site has a
//! browser make has none.
//!
//! Invariant: the store knows the SHA-256 of both only; an account that is disabled is refused at its next
//! request, whatever its cookie says.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use renfort_audit::{
    actor::Actor,
    event::{Event, FailedBy, Method},
    hash::Digest,
};
use renfort_protocol::{console::PAGE_KEY_HEADER, error::Code, ids::Token, people::Person, time::UnixMillis};

use super::{
    answer::{ApiError, too_fast},
    sign_in::begin_attempt,
};
use crate::{
    clock,
    http::{
        App,
        address::{is_encrypted, peer_address},
    },
    store::ConsoleSignIn,
};

/// A sign-in ends after this long, in milliseconds.
pub const LONGEST_MS: u64 = 12 * 60 * 60_000;
/// A sign-in ends after this long without use, in milliseconds.
pub const IDLE_MS: u64 = 60 * 60_000;
/// Use is noted at most this often, in milliseconds, so that not every request writes.
const NOTE_USE_MS: u64 = 60_000;

/// Somebody who may read the log and the figures.
#[derive(Debug)]
pub struct SignedIn {
    /// Their account.
    pub person: Person,
}

impl SignedIn {
    /// As records name them.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        Actor::Person(self.person.id)
    }
}

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        Self::check(parts, app, true).await?.supervising(app).await
    }
}

/// Somebody whose page asks by itself, which is no use of the sign-in.
#[derive(Debug)]
pub struct Onlooker(pub SignedIn);

impl FromRequestParts<Arc<App>> for Onlooker {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        SignedIn::check(parts, app, false)
            .await?
            .supervising(app)
            .await
            .map(Self)
    }
}

impl SignedIn {
    async fn check(parts: &Parts, app: &App, uses: bool) -> Result<Self, ApiError> {
        let console = &app.console;
        let hash = presented(&parts.headers, is_encrypted(console.tls, &parts.headers)).ok_or(Code::SignInExpired)?;
        let sign_in = console.store.console_sign_in(&hash).await?.ok_or(Code::SignInExpired)?;
        if page_key(&parts.headers) != Some(sign_in.page) {
            return Err(refuse_half(parts, app).await);
        }
        let now = clock::now();
        if let Err(seconds) = app.quotas.sign_ins.admit(&hash.to_string(), now) {
            return Err(too_fast(seconds));
        }
        if !is_valid(&sign_in, now) {
            console.store.delete_console_sign_in(&hash).await?;
            return Err(Code::SignInExpired.into());
        }
        let account = console
            .store
            .account(sign_in.person)
            .await?
            .ok_or(Code::SignInExpired)?;
        if account.disabled {
            console.store.delete_console_sign_in(&hash).await?;
            return Err(refuse(app, Actor::Person(account.person.id)).await?);
        }
        if uses && now.since(sign_in.used_at) >= NOTE_USE_MS {
            let noted = console.store.note_console_use(&hash, now).await;
            noted.map_err(|error| {
                tracing::error!(%error, "the use of the console could not be noted");
                Code::NotRecorded
            })?;
        }
        Ok(Self { person: account.person })
    }

    /// Goes on only with somebody who may read the log; that somebody else tried is recorded.
    async fn supervising(self, app: &App) -> Result<Self, ApiError> {
        if self.person.role.supervises() {
            return Ok(self);
        }
        Err(refuse(app, self.actor()).await?)
    }
}

/// Records that somebody asked for what is not theirs to see.
async fn refuse(app: &App, actor: Actor) -> Result<ApiError, ApiError> {
    let event = Event::MessageRefused {
        message: "console".to_owned(),
        code: Code::NotAllowed,
    };
    app.console.record(actor, (None, None), event).await?;
    Ok(Code::NotAllowed.into())
}

/// Answers a cookie without its page's key: as if it were worth nothing, which it is. That it was shown is recorded,
/// and counts as a failure of its address, so that no more of them are recorded than of guessed passwords.
async fn refuse_half(parts: &Parts, app: &App) -> ApiError {
    let Some(ConnectInfo(remote)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
        return Code::Internal.into();
    };
    let address = peer_address(*remote, &parts.headers);
    if let Err(refused) = begin_attempt(&app.console, &address, None).await {
        return refused;
    }
    let event = Event::SignInFailed {
        method: Method::Console,
        reason: FailedBy::PageKey,
        login: None,
        address,
    };
    match app.console.record(Actor::Relay, (None, None), event).await {
        Ok(()) => Code::SignInExpired.into(),
        Err(error) => error,
    }
}

/// Anybody who has an account, technicians among them: what a technician may do in the console asks for this, and
/// everything else asks for [`SignedIn`].
#[derive(Debug)]
pub struct Colleague(pub SignedIn);

impl FromRequestParts<Arc<App>> for Colleague {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        SignedIn::check(parts, app, true).await.map(Self)
    }
}

fn is_valid(sign_in: &ConsoleSignIn, now: UnixMillis) -> bool {
    now.since(sign_in.signed_in_at) < LONGEST_MS && now.since(sign_in.used_at) < IDLE_MS
}

/// Under TLS, the relay's own or a proxy's, the prefix makes browsers refuse the cookie from anything but this very host (RFC 6265bis, 4.1.3.2).
const fn cookie_name(tls: bool) -> &'static str {
    if tls { "__Host-renfort" } else { "renfort" }
}

/// The cookie that signs in.
///
/// # Panics
/// Never: the value is printable ASCII.
#[must_use]
pub fn cookie(token: &Token, tls: bool) -> HeaderValue {
    build(&token.to_string(), LONGEST_MS / 1_000, tls)
}

/// The cookie that makes the browser forget the other.
#[must_use]
pub fn no_cookie(tls: bool) -> HeaderValue {
    build("", 0, tls)
}

fn build(value: &str, seconds: u64, tls: bool) -> HeaderValue {
    let secure = if tls { "; Secure" } else { "" };
    let text = format!(
        "{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}",
        cookie_name(tls)
    );
    HeaderValue::from_str(&text).expect("a cookie of hexadecimal digits is printable ASCII")
}

/// SHA-256 of the cookie that a request shows.
#[must_use]
pub fn presented(headers: &HeaderMap, tls: bool) -> Option<Digest> {
    let token: Token = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == cookie_name(tls))
        .and_then(|(_, value)| value.parse().ok())?;
    Some(token_hash(&token))
}

/// SHA-256 of the page's key that a request shows.
#[must_use]
pub fn page_key(headers: &HeaderMap) -> Option<Digest> {
    let shown = headers.get(PAGE_KEY_HEADER)?.to_str().ok()?;
    let key: Token = shown.parse().ok()?;
    Some(token_hash(&key))
}

/// What the store keeps of a cookie or of a page's key.
#[must_use]
pub fn token_hash(token: &Token) -> Digest {
    Digest::of(&[&token.0])
}

#[cfg(test)]
mod tests {
    use renfort_protocol::ids::PersonId;

    use super::*;

    #[test]
    fn a_sign_in_ends_after_twelve_hours_or_an_hour_without_use() {
        let at = |signed_in: u64, used: u64| ConsoleSignIn {
            person: PersonId(1),
            signed_in_at: UnixMillis(signed_in),
            used_at: UnixMillis(used),
            page: Digest([0; 32]),
        };
        assert!(is_valid(&at(0, 0), UnixMillis(IDLE_MS - 1)));
        assert!(!is_valid(&at(0, 0), UnixMillis(IDLE_MS)));
        assert!(is_valid(&at(0, LONGEST_MS - 10), UnixMillis(LONGEST_MS - 1)));
        assert!(!is_valid(&at(0, LONGEST_MS - 10), UnixMillis(LONGEST_MS)));
    }

    #[test]
    fn the_cookie_reads_back_among_others_and_is_closed_to_scripts_and_other_sites() {
        let token = Token([7; 32]);
        for tls in [true, false] {
            let cookie = cookie(&token, tls);
            let text = cookie.to_str().unwrap();
            assert!(text.contains("; HttpOnly; SameSite=Strict"), "{text}");
            assert_eq!(text.contains("; Secure"), tls);
            let mut headers = HeaderMap::new();
            let shown = format!("a=b; {}; c=d", text.split(';').next().unwrap());
            headers.insert(header::COOKIE, shown.parse().unwrap());
            assert_eq!(presented(&headers, tls), Some(token_hash(&token)));
            assert_eq!(presented(&headers, !tls), None);
        }
    }
}
