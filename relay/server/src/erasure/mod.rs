//! Erasing people and keeping names no longer than they are kept.
//!
//! Flow: the command line keeps an order ([`crate::store::erasing::Ordered`]); whoever writes the log carries it out: a
//! running relay ([`watch`]), or the command itself when none runs ([`settle`]). What is to go is looked up
//! ([`lookup`], [`retention`]) and written as one batch: rows blanked, the order settled, the log told; its keys are
//! deleted just before. At last the files are rewritten, so that no byte of it stays behind.
//!
//! Invariant: an order is there until everything of it is done, so that whatever interrupts it only delays it.

pub mod lookup;
pub mod retention;
pub mod watch;

use renfort_audit::{
    actor::Actor,
    event::Event,
    keeping::{EraseRefusal, Keeping},
    record::Entry,
};
use renfort_core::contract::{Batch, Change, FailReason};
use renfort_protocol::{
    ids::{SessionId, TicketId},
    time::UnixMillis,
};

use crate::{
    error::RelayError,
    store::{
        Store, StoreError,
        erasing::{Order, Ordered, Whom},
    },
    writer::WriterHandle,
};

/// The setting that says that files are still to be rewritten.
const SCRUB: &str = "erasure_scrub";

/// What an order comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Something to be erased: rows that a broker may have at hand.
    Erase(Batch),
    /// Only something to be written into the log.
    Tell(Batch),
}

/// Finds out what an order comes to now.
///
/// # Errors
/// When the store fails.
pub async fn step(store: &dyn Store, order: &Order, now: UnixMillis) -> Result<Step, StoreError> {
    let settle = Change::SettleOrder { id: order.id };
    // Keys went, and what was to tell of it was interrupted.
    let begun = store.fields_erased_for(order.id).await? > 0;
    let tell = |actor: Actor, about: (Option<TicketId>, Option<SessionId>), event: Option<Keeping>| {
        let entry = event.map(|event| Entry {
            at: order.at,
            ticket: about.0,
            session: about.1,
            actor,
            event: Event::Keeping(event),
        });
        Step::Tell(Batch {
            changes: vec![settle.clone()],
            events: entry.into_iter().collect(),
        })
    };
    Ok(match &order.what {
        Ordered::HoldAdded(hold) => {
            let reason = hold.reason.clone();
            tell(
                Actor::Operator,
                (Some(hold.ticket), hold.session),
                Some(Keeping::HoldAdded { reason }),
            )
        }
        Ordered::HoldRemoved { removal, since } => tell(
            Actor::Operator,
            (Some(removal.ticket), removal.session),
            Some(Keeping::HoldRemoved {
                cause: removal.cause,
                since: *since,
                reason: removal.reason.clone(),
            }),
        ),
        Ordered::EraseDenied { of, reason, tickets } => {
            let (of, reason, tickets) = (*of, *reason, *tickets);
            tell(
                Actor::Operator,
                (None, None),
                Some(Keeping::EraseDenied { of, reason, tickets }),
            )
        }
        Ordered::Erase(whom) => match lookup::look_up(store, whom).await? {
            // Somebody else's order was first; of what this one had begun the log tells all the same.
            None => tell(Actor::Operator, (None, None), begun.then(|| lookup::nothing_left(whom))),
            Some(found) => match found.refusal() {
                // What has begun can be held up no more.
                Some((reason, tickets)) if !begun => {
                    let (of, tickets) = (whom.erased(), tickets.len() as u64);
                    tell(
                        Actor::Operator,
                        (None, None),
                        Some(Keeping::EraseDenied { of, reason, tickets }),
                    )
                }
                _ => Step::Erase(found.batch(order, now)),
            },
        },
        Ordered::Retention => retention::batch(store, order, now).await?,
    })
}

/// Why somebody cannot be erased now, as an order that the log tells of.
#[must_use]
pub fn denied(whom: &Whom, reason: EraseRefusal, tickets: &[TicketId]) -> Ordered {
    Ordered::EraseDenied {
        of: whom.erased(),
        reason,
        tickets: tickets.len() as u64,
    }
}

/// Carries out every order, when no relay runs.
///
/// # Errors
/// When the store or the log fails.
pub async fn settle(store: &dyn Store, writer: &WriterHandle, now: UnixMillis) -> Result<(), RelayError> {
    retention::log_change(store, writer).await?;
    for order in store.orders().await? {
        let batch = match step(store, &order, now).await? {
            Step::Erase(batch) => {
                note_scrub(store, &batch).await?;
                batch
            }
            Step::Tell(batch) => batch,
        };
        match writer.write_batch(batch).await {
            // A conflict means that it changed meanwhile, or was carried out: it is looked at again next time.
            Ok(()) | Err(FailReason::Conflict) => {}
            Err(FailReason::Storage) => {
                return Err(StoreError::Failed("it could not be written into the log".to_owned()).into());
            }
        }
    }
    scrub(store).await
}

/// Before anything is erased: files must be rewritten afterwards, whatever happens in between.
async fn note_scrub(store: &dyn Store, batch: &Batch) -> Result<(), StoreError> {
    let retention = batch
        .events
        .iter()
        .all(|entry| matches!(entry.event, Event::Keeping(Keeping::RetentionRan { .. })));
    if retention && store.setting(SCRUB).await?.as_deref() == Some(WHOLE) {
        return Ok(());
    }
    store.put_setting(SCRUB, if retention { KEYS } else { WHOLE }).await
}

/// Only the keys' file is rewritten: what grows old every day is not worth rewriting everything for.
const KEYS: &str = "keys";
/// Both files are.
const WHOLE: &str = "whole";
/// Nothing is.
const DONE: &str = "";

/// Rewrites what is to be rewritten.
///
/// # Errors
/// When the store fails.
pub async fn scrub(store: &dyn Store) -> Result<(), RelayError> {
    let open: Vec<u64> = store.orders().await?.iter().map(|order| order.id).collect();
    store.forget_erased(&open).await?;
    let due = store.setting(SCRUB).await?.unwrap_or_default();
    if due != DONE && store.scrub(due == WHOLE).await? {
        store.put_setting(SCRUB, DONE).await?;
    }
    Ok(())
}

/// Is everything that was ordered done, to the last byte?
///
/// # Errors
/// When the store fails.
pub async fn is_done(store: &dyn Store, order: u64) -> Result<bool, StoreError> {
    let waits = store.orders().await?.iter().any(|other| other.id == order);
    Ok(!waits && store.setting(SCRUB).await?.unwrap_or_default() == DONE)
}
