//! What the command line did or wants done ([`crate::store::orders`]), taken up: written into the log, and carried out where
//! it is not yet.
//!
//! Flow: whoever writes the log takes up every order in its order: a relay when it starts and while it runs ([`watch`]), or
//! the command itself when none runs ([`carry_out`]). Each becomes one batch: the order settled, the log told, and what is
//! to be erased erased.
//!
//! Invariant: an order is there until everything of it is done, so that whatever interrupts it only delays it; and the log
//! has the records in the order in which the commands were run.

pub mod carry_out;
pub mod watch;

use std::collections::BTreeMap;

use renfort_audit::{actor::Actor, event::Event, keeping::Keeping, record::Entry};
use renfort_core::contract::{Batch, Change, FailReason};
use renfort_protocol::{
    ids::{PersonId, SessionId, TicketId},
    time::UnixMillis,
};

use crate::{
    erasure::{lookup, note_scrub, retention},
    error::RelayError,
    figures,
    store::{
        Store, StoreError,
        erasing::Whom,
        orders::{Order, Ordered, PersonChange},
    },
    writer::WriterHandle,
};

/// What an order comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Something to be erased: rows that a broker may have at hand.
    Erase(Batch),
    /// Only something to be written into the log.
    Tell(Batch),
}

/// What a command did, as the log tells it when it takes it up.
pub(crate) fn entry(
    order: &Order,
    now: UnixMillis,
    about: (Option<TicketId>, Option<SessionId>),
    event: Event,
) -> Entry {
    Entry {
        at: now,
        ticket: about.0,
        session: about.1,
        actor: Actor::Operator,
        event: Event::Ordered {
            at: order.at,
            event: Box::new(event),
        },
    }
}

/// Finds out what an order comes to now.
///
/// # Errors
/// When the store fails.
pub async fn step(store: &dyn Store, order: &Order, now: UnixMillis) -> Result<Step, StoreError> {
    const NOWHERE: (Option<TicketId>, Option<SessionId>) = (None, None);
    let (about, event) = match &order.what {
        Ordered::Retention => return retention::batch(store, order, now).await,
        Ordered::Erase(whom) => match erase(store, order, whom, now).await? {
            Ok(batch) => return Ok(Step::Erase(batch)),
            Err(told) => (NOWHERE, told.map(Event::Keeping)),
        },
        &Ordered::EraseDenied { of, reason, tickets } => {
            let denied = Keeping::EraseDenied { of, reason, tickets };
            (NOWHERE, Some(Event::Keeping(denied)))
        }
        Ordered::RetentionSet { months } => {
            let months = u64::from(*months);
            (NOWHERE, Some(Event::Keeping(Keeping::RetentionChanged { months })))
        }
        Ordered::HoldAdded(hold) => {
            let reason = hold.reason.clone();
            let about = (Some(hold.ticket), hold.session);
            (about, Some(Event::Keeping(Keeping::HoldAdded { reason })))
        }
        Ordered::HoldRemoved { removal, since } => {
            let removed = Keeping::HoldRemoved {
                cause: removal.cause,
                since: *since,
                reason: removal.reason.clone(),
            };
            ((Some(removal.ticket), removal.session), Some(Event::Keeping(removed)))
        }
        Ordered::HoldRemoveDenied { removal, held_for } => {
            let denied = Keeping::HoldRemoveDenied {
                cause: *held_for,
                reason: removal.reason.clone(),
            };
            // Nothing of its session has changed, so the session's records and the user's receipt do not tell of it.
            ((Some(removal.ticket), None), Some(Event::Keeping(denied)))
        }
        &Ordered::DisableDenied { person } => (NOWHERE, Some(Event::DisableDenied { person })),
        &Ordered::Person { person, change } => (NOWHERE, person_changed(store, person, change).await?),
        &Ordered::SecondFactorRequired { required } => (NOWHERE, Some(Event::SecondFactorRequired { required })),
        &Ordered::CardInstalled {
            card,
            person,
            device,
            expires_at,
        } => {
            let installed = Event::CardInstalled {
                card,
                person,
                device,
                expires_at,
            };
            (NOWHERE, Some(installed))
        }
        &Ordered::RevocationsInstalled { number, revoked } => {
            (NOWHERE, Some(Event::RevocationsInstalled { number, revoked }))
        }
        Ordered::KeysLost => (NOWHERE, Some(Event::Keeping(Keeping::KeysLost))),
        Ordered::HoursSet(file) => (NOWHERE, Some(figures::hours_changed(file)?)),
    };
    Ok(Step::Tell(Batch {
        changes: vec![Change::SettleOrder { id: order.id }],
        events: event.map(|event| entry(order, now, about, event)).into_iter().collect(),
    }))
}

/// The erasure as a batch; or what the log tells instead, where it tells anything.
async fn erase(
    store: &dyn Store,
    order: &Order,
    whom: &Whom,
    now: UnixMillis,
) -> Result<Result<Batch, Option<Keeping>>, StoreError> {
    // Keys went, and what was to tell of it was interrupted.
    let begun = store.fields_erased_for(order.id).await? > 0;
    let Some(found) = lookup::look_up(store, whom).await? else {
        // Somebody else's order was first; of what this one had begun the log tells all the same.
        return Ok(Err(begun.then(|| lookup::nothing_left(whom))));
    };
    Ok(match found.refusal() {
        // What has begun can be held up no more.
        Some((reason, tickets)) if !begun => Err(Some(Keeping::EraseDenied {
            of: whom.erased(),
            reason,
            tickets: tickets.len() as u64,
        })),
        _ => Ok(found.batch(order, now)),
    })
}

/// None of an account that is not there.
async fn person_changed(store: &dyn Store, id: PersonId, change: PersonChange) -> Result<Option<Event>, StoreError> {
    let people = store.people().await?;
    let Some(known) = people.into_iter().find(|known| known.account.person.id == id) else {
        return Ok(None);
    };
    let person = known.account.person;
    Ok(Some(match change {
        PersonChange::Added => Event::PersonAdded {
            person: id,
            role: person.role,
            login: known.login,
            name: person.name,
        },
        PersonChange::Disabled => Event::PersonDisabled { person: id },
        PersonChange::SecondFactorEnabled => Event::SecondFactorEnabled { person: id },
        PersonChange::SecondFactorReset => Event::SecondFactorReset { person: id },
        PersonChange::PasswordChanged => Event::PasswordChanged { person: id },
    }))
}

/// Takes up every order that is there, when no broker runs. Gives those that the store's contents keep from being taken up:
/// they are passed over, and stay.
///
/// # Errors
/// When the store or the log fails.
pub async fn settle(
    store: &dyn Store,
    writer: &WriterHandle,
    now: UnixMillis,
) -> Result<BTreeMap<u64, StoreError>, RelayError> {
    let mut kept_back = BTreeMap::new();
    for order in store.orders().await? {
        let batch = match step(store, &order, now).await {
            Ok(Step::Erase(batch)) => {
                note_scrub(store, &batch).await?;
                batch
            }
            Ok(Step::Tell(batch)) => batch,
            Err(error @ StoreError::Damaged(_)) => {
                passed_over(&order, &error);
                kept_back.insert(order.id, error);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        if matches!(order.what, Ordered::SecondFactorRequired { required: true }) {
            store.end_sign_ins_without_second_factor().await?;
        }
        write(writer, batch).await?;
    }
    Ok(kept_back)
}

/// Writes what an order came to.
async fn write(writer: &WriterHandle, batch: Batch) -> Result<(), StoreError> {
    match writer.write_batch(batch).await {
        // A conflict means that it changed meanwhile, or was carried out: it is looked at again next time.
        Ok(()) | Err(FailReason::Conflict) => Ok(()),
        Err(FailReason::Storage) => Err(StoreError::Failed("it could not be written into the log".to_owned())),
    }
}

fn passed_over(order: &Order, error: &StoreError) {
    tracing::error!(order = order.id, %error, "what the command line did or ordered cannot be taken up");
}
