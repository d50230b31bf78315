//! Takes up orders while the relay runs, tells the broker what they changed, and looks once a day for what is older than
//! names are kept.
//!
//! Flow: what is only to be told goes straight to the writer; what is to be erased goes through the broker, which has
//! tickets at hand, and those behind it wait until it is done. Then the broker hears of accounts, sign-ins and cards.
//!
//! Invariant: a change stands in the log before anybody is signed out by it, and stands there once; and the broker is told
//! of it however often the store fails meanwhile.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use renfort_core::contract::Input;
use renfort_protocol::ids::PersonId;
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval},
};

use super::{Step, passed_over, step, write};
use crate::{
    broker_task::{ToBroker, accounts_changed},
    clock,
    erasure::{note_scrub, retention, scrub},
    error::RelayError,
    store::{Store, StoreError, orders::Ordered},
    writer::WriterHandle,
};

/// How often the store is asked: a disabled account is signed out, and a command goes on, this much later.
const EVERY: Duration = Duration::from_millis(250);
/// What is older than names are kept is looked for this often, in rounds of [`EVERY`]; and what the broker was sent to be
/// erased and is still there is looked at and sent again: what was done meanwhile does not fit any more and is done once.
const SLOWLY: u32 = 4;
/// Orders wait for an erasure before them for so many rounds of [`EVERY`], and no longer: who is signed out must not depend on
/// it.
const PATIENCE: u32 = 40;
/// What the store's contents kept from being taken up is tried again this often, in rounds of [`EVERY`]: once a minute.
const RARELY: u32 = 240;

/// What the broker has not heard of yet.
#[derive(Debug, Default)]
struct Untold {
    /// Accounts were added or disabled.
    accounts: bool,
    /// Cards or a list of revoked ones came.
    cards: bool,
    /// A second factor is demanded.
    required: bool,
    /// Whose sign-ins have ended.
    ended: BTreeSet<PersonId>,
}

impl Untold {
    /// Before it is written: the log may have it although the answer says otherwise, and would not tell of it again.
    fn note(&mut self, what: &Ordered) {
        match what {
            Ordered::Person { person, change } => {
                self.accounts = true;
                if change.ends_sign_ins() {
                    self.ended.insert(*person);
                }
            }
            Ordered::CardInstalled { .. } | Ordered::RevocationsInstalled { .. } => self.cards = true,
            Ordered::SecondFactorRequired { required: true } => self.required = true,
            _ => {}
        }
    }
}

/// Goes on until the broker is gone.
pub async fn watch(store: Arc<dyn Store>, writer: WriterHandle, broker: mpsc::Sender<ToBroker>) {
    let mut watch = Watch::new(store, writer, broker);
    let mut rounds = interval(EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !watch.broker.is_closed() {
        rounds.tick().await;
        if let Err(error) = watch.go_round().await {
            tracing::error!(%error, "what the command line did or ordered was not taken up");
        }
    }
}

struct Watch {
    store: Arc<dyn Store>,
    writer: WriterHandle,
    broker: mpsc::Sender<ToBroker>,
    untold: Untold,
    /// Of each erasure that the broker was sent, for how many rounds it has been waited for.
    waiting: BTreeMap<u64, u32>,
    /// Orders that the store's contents kept from being taken up.
    kept_back: BTreeSet<u64>,
    /// True until nothing older than names are kept was left.
    running: bool,
    round: u32,
}

impl Watch {
    fn new(store: Arc<dyn Store>, writer: WriterHandle, broker: mpsc::Sender<ToBroker>) -> Self {
        Self {
            store,
            writer,
            broker,
            untold: Untold::default(),
            waiting: BTreeMap::new(),
            kept_back: BTreeSet::new(),
            running: true,
            round: 0,
        }
    }

    async fn go_round(&mut self) -> Result<(), RelayError> {
        let slowly = self.round.is_multiple_of(SLOWLY);
        self.round = self.round.wrapping_add(1);
        if slowly {
            retention::order_run(&*self.store, clock::now(), self.running).await?;
            self.running = false;
        }
        let erasing = self.take_up().await?;
        self.tell().await?;
        if erasing {
            // There may be more.
            self.running = true;
        } else if slowly {
            // Once everything is durable, not while it may still be under way.
            scrub(&*self.store).await?;
        }
        Ok(())
    }

    /// Is an erasure under way?
    async fn take_up(&mut self) -> Result<bool, RelayError> {
        let mut erasing = false;
        let orders = self.store.orders().await?;
        self.waiting.retain(|id, _| orders.iter().any(|order| order.id == *id));
        if self.round.is_multiple_of(RARELY) {
            self.kept_back.clear();
        }
        for order in orders {
            if self.kept_back.contains(&order.id) {
                continue;
            }
            let waited = self.waiting.get(&order.id).copied().unwrap_or_default();
            if waited.is_multiple_of(SLOWLY) {
                match step(&*self.store, &order, clock::now()).await {
                    Ok(Step::Tell(batch)) => {
                        self.untold.note(&order.what);
                        write(&self.writer, batch).await?;
                        continue;
                    }
                    Ok(Step::Erase(batch)) => {
                        note_scrub(&*self.store, &batch).await?;
                        let batch = Box::new(batch);
                        // A broker that is gone leaves the order to the next start.
                        drop(self.broker.send(ToBroker::Input(Input::Erase { batch })).await);
                    }
                    Err(error @ StoreError::Damaged(_)) => {
                        passed_over(&order, &error);
                        self.kept_back.insert(order.id);
                        continue;
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            erasing = true;
            self.waiting.insert(order.id, waited + 1);
            if waited < PATIENCE {
                break;
            }
        }
        Ok(erasing)
    }

    /// Tells the broker; what it cannot be told stays untold.
    async fn tell(&mut self) -> Result<(), StoreError> {
        if self.untold.required {
            let ended = self.store.end_sign_ins_without_second_factor().await?;
            self.untold.ended.extend(ended);
            self.untold.required = false;
        }
        while let Some(person) = self.untold.ended.first().copied() {
            if !self.send(Input::SignInsEnded { person }).await {
                return Ok(());
            }
            self.untold.ended.remove(&person);
        }
        if self.untold.accounts {
            let people = self.store.people().await?;
            let accounts = people.into_iter().map(|person| person.account).collect();
            self.untold.accounts = self.broker.send(accounts_changed(accounts)).await.is_err();
        }
        if self.untold.cards {
            let cards = Input::CardsChanged {
                cards: self.store.cards().await?,
                revocations: self.store.revocations().await?,
            };
            self.untold.cards = !self.send(cards).await;
        }
        Ok(())
    }

    /// False when the broker is gone.
    async fn send(&self, input: Input) -> bool {
        self.broker.send(ToBroker::Input(input)).await.is_ok()
    }
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
        store::{NewAccount, erasing::Whom, memory::MemoryStore, orders::Orders},
        writer::Writer,
    };

    fn technician(login: &str) -> NewAccount {
        let name = |text: &str| Name::new(text).unwrap();
        NewAccount {
            login: name(login),
            name: name("Ada"),
            role: Role::Technician { level: Level::One },
            hash: "h".into(),
        }
    }

    #[tokio::test]
    async fn what_stands_behind_an_erasure_that_is_never_done_waits_for_some_time_and_not_for_good() {
        let store = Arc::new(MemoryStore::new());
        let pair = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
        let (writer, handle, _answers) = Writer::open(Arc::clone(&store) as Arc<dyn Store>, pair).await.unwrap();
        tokio::spawn(writer.run());
        // A broker that carries nothing out.
        let (broker, mut told) = mpsc::channel(256);
        let at = UnixMillis(1);
        for login in ["ada", "bob"] {
            let id = store.add_person(&technician(login), at).await.unwrap();
            store
                .disable_person(&Name::new(login).unwrap(), false, at)
                .await
                .unwrap();
            store.put_order(&Ordered::Erase(Whom::Account(id)), at).await.unwrap();
        }
        store.add_person(&technician("eve"), at).await.unwrap();
        let mut watch = Watch {
            running: false,
            round: 1,
            ..Watch::new(Arc::clone(&store) as Arc<dyn Store>, handle, broker)
        };
        let mut left = Vec::new();
        for _ in 0..=2 * PATIENCE {
            assert!(watch.take_up().await.unwrap());
            left.push(store.orders().await.unwrap().len());
        }
        assert_eq!(left[0], 5, "in order");
        assert_eq!(left[PATIENCE as usize - 1], 5);
        assert_eq!(left.last(), Some(&2), "only the erasures are left");
        let mut sent = 0;
        while told.try_recv().is_ok() {
            sent += 1;
        }
        assert!(sent > PATIENCE / SLOWLY, "and they are sent again and again: {sent}");
    }

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

        let mut watch = Watch {
            running: false,
            round: 1,
            ..Watch::new(Arc::clone(&store) as Arc<dyn Store>, handle, broker)
        };
        assert!(watch.take_up().await.is_ok());
        store.set_without_people(true);
        assert!(watch.go_round().await.is_err());
        assert!(told.try_recv().is_err(), "the log has it, the broker not yet");
        store.set_without_people(false);
        watch.go_round().await.unwrap();
        let accounts = match told.try_recv() {
            Ok(ToBroker::Input(Input::AccountsChanged { accounts })) => accounts,
            other => panic!("not told: {other:?}"),
        };
        assert!(accounts[0].disabled);
        watch.go_round().await.unwrap();
        assert!(told.try_recv().is_err(), "and once only");
    }
}
