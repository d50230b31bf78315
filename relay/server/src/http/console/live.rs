//! `live`: what goes on now, polled by pages that were opened.
//!
//! Flow: a page opens, which is recorded, and gets the number of its opening; with it it polls, which is not recorded. The
//! broker is asked at most once a second, however many pages poll.
//!
//! Invariant: nobody gets an answer whose opening does not stand in the log; and polling alone does not keep a sign-in
//! alive, so that a page left open ends like any other.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use renfort_audit::{
    event::{ConsoleView, Event},
    hash::Digest,
};
use renfort_protocol::{
    console::live::{Live, LiveOpening, LivePoll},
    error::Code,
    ids::{PersonId, RequestId},
    time::UnixMillis,
};
use tokio::sync::oneshot;

use super::{
    answer::ApiError,
    asked,
    signed_in::{Onlooker, SignedIn},
};
use crate::{broker_task::ToBroker, clock, http::App, keys};

/// Pages open at once. When full, the one that polled longest ago is forgotten; it opens anew at its next poll.
const OPENINGS: usize = 256;
/// A page that has not polled for this long must open anew, in milliseconds.
const OPENING_IDLE_MS: u64 = 5 * 60_000;
/// An answer of the broker serves all polls for this long, in milliseconds.
const FRESH_MS: u64 = 1_000;
/// A broker that takes longer has too much to do; the poll is refused with [`Code::Busy`].
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// What the pages share.
#[derive(Debug)]
pub struct LiveDesk {
    since: UnixMillis,
    openings: Mutex<HashMap<RequestId, Opening>>,
    /// Held while the broker is asked, so that it is asked once.
    last: tokio::sync::Mutex<Option<Live>>,
}

#[derive(Debug, Clone, Copy)]
struct Opening {
    person: PersonId,
    used_at: UnixMillis,
}

impl LiveDesk {
    /// Of a relay that runs since then.
    #[must_use]
    pub fn new(since: UnixMillis) -> Self {
        Self {
            since,
            openings: Mutex::default(),
            last: tokio::sync::Mutex::default(),
        }
    }

    fn open(&self, opening: RequestId, person: PersonId, now: UnixMillis) {
        let mut openings = self.openings.lock().unwrap_or_else(PoisonError::into_inner);
        openings.retain(|_, one| now.since(one.used_at) < OPENING_IDLE_MS);
        if openings.len() >= OPENINGS {
            let idlest = openings.iter().min_by_key(|(_, one)| one.used_at).map(|(id, _)| *id);
            if let Some(idlest) = idlest {
                openings.remove(&idlest);
            }
        }
        openings.insert(opening, Opening { person, used_at: now });
    }

    /// Is it an opening of this person that was used lately?
    fn uses(&self, opening: RequestId, person: PersonId, now: UnixMillis) -> bool {
        let mut openings = self.openings.lock().unwrap_or_else(PoisonError::into_inner);
        match openings.get_mut(&opening) {
            Some(one) if one.person == person && now.since(one.used_at) < OPENING_IDLE_MS => {
                one.used_at = now;
                true
            }
            _ => false,
        }
    }

    async fn look(&self, app: &App) -> Result<Live, ApiError> {
        let mut last = self.last.lock().await;
        let now = clock::now();
        if let Some(live) = last
            .as_ref()
            .filter(|live| now.since(live.at) < FRESH_MS && live.at <= now)
        {
            return Ok(live.clone());
        }
        let (answer, answered) = oneshot::channel();
        let relay_since = self.since;
        let asking = async {
            app.broker.send(ToBroker::Live { relay_since, answer }).await.ok()?;
            answered.await.ok()
        };
        let live = match tokio::time::timeout(ANSWER_WITHIN, asking).await {
            Ok(Some(live)) => live,
            Ok(None) => return Err(Code::ShuttingDown.into()),
            Err(_) => return Err(Code::Busy.into()),
        };
        *last = Some(live.clone());
        Ok(live)
    }
}

/// Opens a page.
pub async fn open(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    headers: HeaderMap,
) -> Result<Json<LiveOpening>, ApiError> {
    if !app.origins.allows_console(&headers) {
        return Err(Code::NotAllowed.into());
    }
    let console = &app.console;
    let live = console.live.look(&app).await?;
    let opening = RequestId(keys::random().map_err(|_| Code::Internal)?);
    let event = Event::ConsoleViewed {
        view: ConsoleView::Live,
        rows: live.waiting_total.saturating_add(live.sessions_total),
        search: None,
    };
    console.record(signed_in.actor(), (None, None), event).await?;
    console.live.open(opening, signed_in.person.id, clock::now());
    Ok(Json(LiveOpening { opening, live }))
}

/// A further look.
pub async fn poll(
    State(app): State<Arc<App>>,
    Onlooker(signed_in): Onlooker,
    RawQuery(poll): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let desk = &app.console.live;
    let LivePoll { opening } = asked::query(poll.as_deref())?;
    if !desk.uses(opening, signed_in.person.id, clock::now()) {
        return Err(Code::OutOfOrder.into());
    }
    let live = desk.look(&app).await?;
    let tag = tag(&live)?;
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|seen| *seen == tag);
    let tagged = [(header::ETAG, tag)];
    if known {
        Ok((StatusCode::NOT_MODIFIED, tagged).into_response())
    } else {
        Ok((tagged, Json(live)).into_response())
    }
}

/// An `ETag` (RFC 9110, 8.8.3) that is the same as long as nothing but the time changed.
fn tag(live: &Live) -> Result<HeaderValue, ApiError> {
    let timeless = Live {
        at: UnixMillis(0),
        ..live.clone()
    };
    let digest = Digest::of(&[&serde_json::to_vec(&timeless).map_err(|_| Code::Internal)?]);
    HeaderValue::from_str(&format!("\"{digest}\"")).map_err(|_| Code::Internal.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUE: PersonId = PersonId(1);

    fn number(id: u128) -> RequestId {
        RequestId(id.to_be_bytes())
    }

    #[test]
    fn an_opening_is_its_persons_and_ends_when_it_is_not_used() {
        let desk = LiveDesk::new(UnixMillis(0));
        desk.open(number(1), SUE, UnixMillis(0));
        assert!(!desk.uses(number(2), SUE, UnixMillis(1)), "never opened");
        assert!(!desk.uses(number(1), PersonId(2), UnixMillis(1)), "somebody else's");
        assert!(desk.uses(number(1), SUE, UnixMillis(OPENING_IDLE_MS - 1)));
        assert!(
            desk.uses(number(1), SUE, UnixMillis(2 * OPENING_IDLE_MS - 2)),
            "used since"
        );
        assert!(!desk.uses(number(1), SUE, UnixMillis(3 * OPENING_IDLE_MS)));
    }

    #[test]
    fn when_too_many_are_open_the_idlest_is_forgotten() {
        let desk = LiveDesk::new(UnixMillis(0));
        for id in 0..OPENINGS as u128 {
            desk.open(number(id), SUE, UnixMillis(id as u64));
        }
        assert!(desk.uses(number(0), SUE, UnixMillis(1_000)));
        desk.open(number(999), SUE, UnixMillis(1_001));
        assert!(!desk.uses(number(1), SUE, UnixMillis(1_002)));
        assert!(desk.uses(number(0), SUE, UnixMillis(1_002)));
        assert!(desk.uses(number(999), SUE, UnixMillis(1_002)));
    }
}
