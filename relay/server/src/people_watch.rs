//! Picks up what the command line does to accounts while the relay runs: writes it into the log, and tells the broker,
//! which signs disabled accounts out.
//!
//! Invariant: a change stands in the log before anybody is signed out by it, and stands there once; and the broker is
//! told of it however often the store fails meanwhile.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use renfort_audit::{actor::Actor, event::Event, record::Entry};
use renfort_core::contract::Input;
use renfort_protocol::ids::PersonId;
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval},
};

use crate::{
    broker_task::{ToBroker, accounts_changed},
    clock,
    error::RelayError,
    http::console::LONGEST_SIGN_IN_MS,
    second_factor,
    store::{PeopleChange, PeopleChangeKind, Store, StoreError},
    writer::{Told, WriterHandle},
};

/// How often the store is asked; a disabled account is signed out this much later.
const EVERY: Duration = Duration::from_secs(1);
/// How often expired sign-ins are forgotten, in rounds of [`EVERY`].
const FORGET_EVERY: u32 = 600;

/// What the broker has not heard of yet.
#[derive(Debug, Default)]
pub struct Untold {
    /// Accounts were added or disabled.
    accounts: bool,
    /// Whose sign-ins have ended.
    ended: BTreeSet<PersonId>,
}

/// Writes changes that are not in the log yet. Were there any?
///
/// # Errors
/// When the store fails. `untold` then has what the log may have although the answer says otherwise.
pub async fn log_changes(store: &dyn Store, writer: &WriterHandle, untold: &mut Untold) -> Result<bool, RelayError> {
    let changes = store.people_changes().await?;
    let ended = changes.iter().filter(|change| change.kind.ends_sign_ins());
    untold.ended.extend(ended.map(|change| change.person.account.person.id));
    let Some(last) = changes.last().map(|change| change.id) else {
        return Ok(false);
    };
    let events = changes.into_iter().map(entry).collect();
    let written = writer.record_told(events, Told::People(last)).await;
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
        PeopleChangeKind::SecondFactorEnabled => Event::SecondFactorEnabled { person: person.id },
        PeopleChangeKind::SecondFactorReset => Event::SecondFactorReset { person: person.id },
        PeopleChangeKind::PasswordChanged => Event::PasswordChanged { person: person.id },
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
    let mut untold = Untold::default();
    loop {
        rounds.tick().await;
        match pick_up(&*store, &writer, &broker, &mut untold).await {
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
    untold: &mut Untold,
) -> Result<bool, RelayError> {
    match log_changes(store, writer, untold).await {
        Ok(changes) => untold.accounts |= changes,
        // The log may have them although the answer says otherwise, and would not tell of them again.
        Err(error) => {
            untold.accounts = true;
            return Err(error);
        }
    }
    if second_factor::log_requirement(store, writer).await? == Some(true) {
        untold.ended.extend(store.end_sign_ins_without_second_factor().await?);
    }
    while let Some(person) = untold.ended.pop_first() {
        if broker
            .send(ToBroker::Input(Input::SignInsEnded { person }))
            .await
            .is_err()
        {
            return Ok(false);
        }
    }
    if !untold.accounts {
        return Ok(!broker.is_closed());
    }
    let accounts = store.people().await?.into_iter().map(|person| person.account).collect();
    let told = broker.send(accounts_changed(accounts)).await.is_ok();
    untold.accounts = !told;
    Ok(told)
}

#[cfg(test)]
mod tests {
    use renfort_protocol::{
        people::{Level, Name, Role},
        time::UnixMillis,
    };
    use ring::signature::Ed25519KeyPair;

    use super::*;
    use crate::{
        store::{NewAccount, memory::MemoryStore},
        writer::Writer,
    };

    #[tokio::test]
    async fn an_account_that_is_disabled_while_the_store_fails_is_signed_out_once_it_works_again() {
        let store = Arc::new(MemoryStore::new());
        let pair = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
        let (writer, handle, _answers) = Writer::open(Arc::clone(&store) as Arc<dyn Store>, pair).await.unwrap();
        tokio::spawn(writer.run());
        let (broker, mut told) = mpsc::channel(4);
        let name = |text: &str| Name::new(text).unwrap();
        let ada = NewAccount {
            login: name("ada"),
            name: name("Ada"),
            role: Role::Technician { level: Level::One },
            hash: "h".into(),
        };
        store.add_person(&ada, UnixMillis(1)).await.unwrap();
        store.disable_person(&name("ada"), false, UnixMillis(2)).await.unwrap();

        let mut untold = Untold::default();
        store.set_without_people(true);
        assert!(pick_up(&*store, &handle, &broker, &mut untold).await.is_err());
        assert!(told.try_recv().is_err(), "the log has it, the broker not yet");
        store.set_without_people(false);
        assert!(pick_up(&*store, &handle, &broker, &mut untold).await.unwrap());
        let accounts = match told.try_recv() {
            Ok(ToBroker::Input(Input::AccountsChanged { accounts })) => accounts,
            other => panic!("not told: {other:?}"),
        };
        assert!(accounts[0].disabled);
        assert!(pick_up(&*store, &handle, &broker, &mut untold).await.unwrap());
        assert!(told.try_recv().is_err(), "and once only");
    }
}
