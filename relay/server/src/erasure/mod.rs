//! Erasing people and keeping names no longer than they are kept.
//!
//! Flow: what is to go is looked up ([`lookup`], [`retention`]) for an order ([`crate::orders`]) and written as one batch: rows
//! blanked, the order settled, the log told; its keys are deleted just before. At last the files are rewritten, so that no
//! byte of it stays behind.

pub mod lookup;
pub mod retention;

use renfort_audit::{
    event::Event,
    keeping::{EraseRefusal, Keeping},
};
use renfort_core::contract::Batch;
use renfort_protocol::ids::TicketId;

use crate::{
    error::RelayError,
    store::{Store, StoreError, erasing::Whom, orders::Ordered},
};

/// The setting that says that files are still to be rewritten.
const SCRUB: &str = "erasure_scrub";

/// Why somebody cannot be erased now, as an order that the log tells of.
#[must_use]
pub fn denied(whom: &Whom, reason: EraseRefusal, tickets: &[TicketId]) -> Ordered {
    Ordered::EraseDenied {
        of: whom.erased(),
        reason,
        tickets: tickets.len() as u64,
    }
}

/// Before anything is erased: files must be rewritten afterwards, whatever happens in between.
pub(crate) async fn note_scrub(store: &dyn Store, batch: &Batch) -> Result<(), StoreError> {
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
    let due = store.setting(SCRUB).await?.unwrap_or_default();
    if due == DONE {
        return Ok(());
    }
    let open: Vec<u64> = store.orders().await?.iter().map(|order| order.id).collect();
    store.forget_erased(&open).await?;
    if store.scrub(due == WHOLE).await? {
        store.put_setting(SCRUB, DONE).await?;
    }
    Ok(())
}

/// Are the files rewritten, to the last byte?
///
/// # Errors
/// When the store fails.
pub async fn is_scrubbed(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(store.setting(SCRUB).await?.unwrap_or_default() == DONE)
}
