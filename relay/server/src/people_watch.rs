//! Picks up what the command line does to accounts while the relay runs: writes it into the log, and tells the broker,
//! which signs disabled accounts out.
//!
//! Invariant: a change stands in the log before anybody is signed out by it, and stands there once.

use std::{sync::Arc, time::Duration};

use renfort_audit::{actor::Actor, event::Event, record::Entry};
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval},
};

use crate::{
    broker_task::{ToBroker, accounts_changed},
    clock,
    error::RelayError,
    http::console::LONGEST_SIGN_IN_MS,
    store::{PeopleChange, PeopleChangeKind, Store, StoreError},
    writer::WriterHandle,
};

/// How often the store is asked; a disabled account is signed out this much later.
const EVERY: Duration = Duration::from_secs(1);
/// How often expired sign-ins are forgotten, in rounds of [`EVERY`].
const FORGET_EVERY: u32 = 600;

/// Writes changes that are not in the log yet. Were there any?
///
/// # Errors
/// When the store fails.
pub async fn log_changes(store: &dyn Store, writer: &WriterHandle) -> Result<bool, RelayError> {
    let changes = store.people_changes().await?;
    let Some(last) = changes.last().map(|change| change.id) else {
        return Ok(false);
    };
    let events = changes.into_iter().map(entry).collect();
    let written = writer.record_people_changes(events, last).await;
    written.map_err(|_| StoreError::Failed("changes of accounts could not be written into the log".to_owned()))?;
    Ok(true)
}

fn entry(change: PeopleChange) -> Entry {
    let person = change.person.account.person;
    let event = match change.kind {
        PeopleChangeKind::Added => Event::PersonAdded {
            person: person.id,
            role: person.role,
            login: change.person.login,
            name: person.name,
        },
        PeopleChangeKind::Disabled => Event::PersonDisabled { person: person.id },
    };
    Entry {
        at: change.at,
        ticket: None,
        session: None,
        actor: Actor::Operator,
        event,
    }
}

/// Goes on until the broker is gone.
pub async fn watch(store: Arc<dyn Store>, writer: WriterHandle, broker: mpsc::Sender<ToBroker>) {
    let mut rounds = interval(EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut round = 0_u32;
    loop {
        rounds.tick().await;
        match pick_up(&*store, &writer, &broker).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::error!(%error, "changes of accounts were not picked up"),
        }
        if round.is_multiple_of(FORGET_EVERY) {
            let now = clock::now();
            let console_before = renfort_protocol::time::UnixMillis(now.0.saturating_sub(LONGEST_SIGN_IN_MS));
            if let Err(error) = store.forget_expired(now, console_before).await {
                tracing::error!(%error, "expired sign-ins were not forgotten");
            }
        }
        round = round.wrapping_add(1);
    }
}

/// False when the broker is gone.
async fn pick_up(
    store: &dyn Store,
    writer: &WriterHandle,
    broker: &mpsc::Sender<ToBroker>,
) -> Result<bool, RelayError> {
    if !log_changes(store, writer).await? {
        return Ok(!broker.is_closed());
    }
    let accounts = store.people().await?.into_iter().map(|person| person.account).collect();
    Ok(broker.send(accounts_changed(accounts)).await.is_ok())
}
