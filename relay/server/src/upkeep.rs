//! What a running relay does by itself from time to time: forgets sign-ins and cards that expired, and warns of cards that
//! will soon.

use std::{sync::Arc, time::Duration};

use renfort_protocol::{
    card::{Revocations, SignedCard},
    time::UnixMillis,
};
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    clock,
    http::console::LONGEST_SIGN_IN_MS,
    store::{Store, StoreError},
};

/// How often what expired is forgotten.
const EVERY: Duration = Duration::from_secs(10 * 60);
/// How often cards that expire soon are warned of, in rounds of [`EVERY`]: once a day.
const WARN_EVERY: u32 = 24 * 6;
/// A card that expires within this time is warned of, in milliseconds.
pub const SOON_MS: u64 = 14 * 24 * 60 * 60_000;

/// Cards that are good and expire soon, but for those whose device has a newer one.
#[must_use]
pub fn expiring<'a>(cards: &'a [SignedCard], list: Option<&Revocations>, now: UnixMillis) -> Vec<&'a SignedCard> {
    let same = |a: &SignedCard, b: &SignedCard| a.card.person == b.card.person && a.card.device == b.card.device;
    cards
        .iter()
        .filter(|one| now < one.card.expires_at && one.card.expires_at <= now.plus(SOON_MS))
        .filter(|one| list.is_none_or(|list| !list.contains(one.card.serial)))
        .filter(|one| {
            !cards
                .iter()
                .any(|other| same(one, other) && other.card.expires_at > one.card.expires_at)
        })
        .collect()
}

async fn warn(store: &dyn Store) -> Result<(), StoreError> {
    let (cards, list) = (store.cards().await?, store.revocations().await?);
    let now = clock::now();
    for signed in expiring(&cards, list.as_ref().map(|list| &list.revocations), now) {
        let days = signed.card.expires_at.since(now) / (24 * 60 * 60_000);
        // Who it is stands in `card list`; an operator's log names nobody.
        tracing::warn!(card = %signed.card.serial, person = signed.card.person.0, days, "a technician's card expires soon");
    }
    Ok(())
}

/// Goes on for as long as the relay runs.
pub async fn watch(store: Arc<dyn Store>) {
    let mut rounds = interval(EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut round = 0_u32;
    loop {
        rounds.tick().await;
        let now = clock::now();
        let console_before = UnixMillis(now.0.saturating_sub(LONGEST_SIGN_IN_MS));
        if let Err(error) = store.forget_expired(now, console_before).await {
            tracing::error!(%error, "expired sign-ins were not forgotten");
        }
        if round.is_multiple_of(WARN_EVERY)
            && let Err(error) = warn(&*store).await
        {
            tracing::error!(%error, "cards could not be read");
        }
        round = round.wrapping_add(1);
    }
}
