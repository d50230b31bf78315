//! Picks up the cards and the lists of revoked cards that the command line brings while the relay runs: writes into the
//! log that they came, and tells the broker, which hands them out and ends sessions of revoked cards. Warns of cards that
//! expire soon.
//!
//! Invariant: that a card or list came stands in the log, once, before it has an effect; and the broker is told of it
//! however often the store fails meanwhile.

use std::{sync::Arc, time::Duration};

use renfort_audit::{actor::Actor, event::Event, record::Entry};
use renfort_core::contract::Input;
use renfort_protocol::{
    card::{Revocations, SignedCard},
    time::UnixMillis,
};
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval},
};

use crate::{
    broker_task::ToBroker,
    clock,
    error::RelayError,
    store::{
        Store, StoreError,
        cards::{CardInstall, Installed},
    },
    writer::{Told, WriterHandle},
};

/// How often the store is asked; a revoked card is good for this much longer.
const EVERY: Duration = Duration::from_secs(1);
/// How often cards that expire soon are warned of, in rounds of [`EVERY`].
const WARN_EVERY: u32 = 24 * 60 * 60;
/// A card that expires within this time is warned of, in milliseconds.
pub const SOON_MS: u64 = 14 * 24 * 60 * 60_000;

/// Writes into the log what came and does not stand there yet. Was there anything?
///
/// # Errors
/// When the store fails.
pub async fn log_installs(store: &dyn Store, writer: &WriterHandle) -> Result<bool, RelayError> {
    let installs = store.card_installs().await?;
    let Some(last) = installs.last().map(|install| install.id) else {
        return Ok(false);
    };
    let events = installs.into_iter().map(entry).collect();
    let written = writer.record_told(events, Told::Cards(last)).await;
    written.map_err(|_| StoreError::Failed("cards that came could not be written into the log".to_owned()))?;
    Ok(true)
}

fn entry(install: CardInstall) -> Entry {
    let event = match install.content {
        Installed::Card(signed) => Event::CardInstalled {
            card: signed.card.serial,
            person: signed.card.person,
            device: signed.card.device,
            expires_at: signed.card.expires_at,
        },
        Installed::Revocations(signed) => Event::RevocationsInstalled {
            number: signed.revocations.number,
            revoked: signed.revocations.revoked.len() as u64,
        },
    };
    Entry {
        at: install.at,
        ticket: None,
        session: None,
        actor: Actor::Operator,
        event,
    }
}

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

/// Goes on until the broker is gone.
pub async fn watch(store: Arc<dyn Store>, writer: WriterHandle, broker: mpsc::Sender<ToBroker>) {
    let mut rounds = interval(EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut round = 0_u32;
    let mut untold = false;
    loop {
        rounds.tick().await;
        match pick_up(&*store, &writer, &broker, &mut untold).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::error!(%error, "cards that came were not picked up"),
        }
        if round.is_multiple_of(WARN_EVERY)
            && let Err(error) = warn(&*store).await
        {
            tracing::error!(%error, "cards could not be read");
        }
        round = round.wrapping_add(1);
    }
}

/// False when the broker is gone. `untold`: the log has what the broker has not heard of.
async fn pick_up(
    store: &dyn Store,
    writer: &WriterHandle,
    broker: &mpsc::Sender<ToBroker>,
    untold: &mut bool,
) -> Result<bool, RelayError> {
    match log_installs(store, writer).await {
        Ok(came) => *untold |= came,
        // The log may have it although the answer says otherwise, and would not tell of it again.
        Err(error) => {
            *untold = true;
            return Err(error);
        }
    }
    if !*untold {
        return Ok(!broker.is_closed());
    }
    let input = Input::CardsChanged {
        cards: store.cards().await?,
        revocations: store.revocations().await?,
    };
    let told = broker.send(ToBroker::Input(input)).await.is_ok();
    *untold = !told;
    Ok(told)
}
