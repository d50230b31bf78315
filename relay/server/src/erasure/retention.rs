//! How long names are kept, and what of the log and of the tickets is older.
//!
//! Invariant: time is an input; what is younger, open or on hold stays.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use renfort_audit::{actor::Actor, event::Event, keeping::Keeping, record::Entry};
use renfort_core::{
    contract::{Batch, Change, Erasure},
    erasure::ErasureOf,
};
use renfort_protocol::time::UnixMillis;

use crate::{
    orders::Step,
    store::{
        Store, StoreError,
        orders::{Order, Ordered},
        settings::Settings,
    },
};

/// The setting that says how long, in months.
const MONTHS: &str = "audit_months";
/// The setting that says when it was last looked for what is older.
const RAN: &str = "retention_ran";
/// Months, when nothing was set.
pub const DEFAULT_MONTHS: u32 = 12;
/// Fewest and most months.
pub const MONTHS_RANGE: std::ops::RangeInclusive<u32> = 1..=600;
/// It is looked for what is older this often, in milliseconds.
const EVERY_MS: u64 = 24 * 60 * 60_000;
/// Tickets erased at once: the log's writer does nothing else meanwhile.
const TICKETS: u32 = 100;
/// Keys deleted at once beside those.
const KEYS: u32 = 1_000;

/// How long names are kept, in months.
///
/// # Errors
/// When the store fails or holds no number of months.
pub async fn months(store: &(impl Settings + ?Sized)) -> Result<u32, StoreError> {
    match store.setting(MONTHS).await? {
        None => Ok(DEFAULT_MONTHS),
        Some(text) => text
            .parse()
            .ok()
            .filter(|months| MONTHS_RANGE.contains(months))
            .ok_or_else(|| StoreError::Damaged("for how many months names are kept".to_owned())),
    }
}

/// Keeps names for so many months from now on.
///
/// # Errors
/// When the store fails.
pub async fn set_months(store: &(impl Settings + ?Sized), months: u32, at: UnixMillis) -> Result<(), StoreError> {
    let what = Ordered::RetentionSet { months };
    store.put_ordered(MONTHS, &months.to_string(), &what, at).await
}

/// What is older than this goes: so many months of the calendar (UTC) before now.
#[must_use]
pub fn cutoff(now: UnixMillis, months: u32) -> UnixMillis {
    let before = i64::try_from(now.0)
        .ok()
        .and_then(|millis| Timestamp::from_millisecond(millis).ok())
        .and_then(|now| {
            TimeZone::UTC
                .to_datetime(now)
                .checked_sub(i64::from(months).months())
                .ok()
        })
        .and_then(|before| TimeZone::UTC.to_timestamp(before).ok())
        .and_then(|before| u64::try_from(before.as_millisecond()).ok());
    // Before 1970 there is nothing.
    UnixMillis(before.unwrap_or(0))
}

/// Orders a run when a day has passed since the last one, or, `starting`, when something is older; and the next part of
/// a run when something is left. One at a time.
///
/// # Errors
/// When the store fails.
pub async fn order_run(store: &dyn Store, now: UnixMillis, starting: bool) -> Result<(), StoreError> {
    if store
        .orders()
        .await?
        .iter()
        .any(|order| order.what == Ordered::Retention)
    {
        return Ok(());
    }
    let last = store.setting(RAN).await?.and_then(|text| text.parse::<u64>().ok());
    let a_day = last.is_none_or(|last| now.0.saturating_sub(last) >= EVERY_MS || last > now.0);
    let wanted = a_day || (starting && is_anything_due(store, now).await?);
    if !wanted {
        return Ok(());
    }
    store
        .put_ordered(RAN, &now.0.to_string(), &Ordered::Retention, now)
        .await
}

/// Is anything older than names are kept?
///
/// # Errors
/// When the store fails.
pub async fn is_anything_due(store: &dyn Store, now: UnixMillis) -> Result<bool, StoreError> {
    let before = cutoff(now, months(store).await?);
    if !store.tickets_due(before, 1).await?.is_empty() {
        return Ok(true);
    }
    let first = first_record_since(store, before).await?;
    Ok(!store.scopes_of_records_before(first, 1).await?.is_empty())
}

/// The next part of a run.
pub(crate) async fn batch(store: &dyn Store, order: &Order, now: UnixMillis) -> Result<Step, StoreError> {
    let months = months(store).await?;
    let before = cutoff(now, months);
    let tickets = store.tickets_due(before, TICKETS).await?;
    let mut erasure = Erasure {
        order: order.id,
        of: ErasureOf::Everybody,
        tickets: tickets.iter().map(|ticket| ticket.record.id).collect(),
        keys: Vec::new(),
        views: Vec::new(),
    };
    for ticket in &erasure.tickets {
        for scope in store.scopes_of_ticket(*ticket).await? {
            if store.key(&scope).await?.is_some() {
                erasure.keys.push(scope);
            }
        }
    }
    let first = first_record_since(store, before).await?;
    erasure.keys.extend(store.scopes_of_records_before(first, KEYS).await?);
    erasure.keys.sort_unstable();
    erasure.keys.dedup();
    let event = Keeping::RetentionRan {
        months: u64::from(months),
        tickets: tickets.len() as u64,
        sessions: tickets.iter().map(|ticket| ticket.sessions.len() as u64).sum(),
        // The writer counts, when it deletes the keys.
        fields: 0,
    };
    let settle = Change::SettleOrder { id: order.id };
    let events = vec![Entry {
        at: now,
        ticket: None,
        session: None,
        actor: Actor::Relay,
        event: Event::Keeping(event),
    }];
    if erasure.tickets.is_empty() && erasure.keys.is_empty() {
        let changes = vec![settle];
        return Ok(Step::Tell(Batch { changes, events }));
    }
    Ok(Step::Erase(Batch {
        changes: vec![Change::Erase(Box::new(erasure)), settle],
        events,
    }))
}

/// Number of the first record that is not older. Records are in the order of the relay's clock, as far as that one was
/// right; halving finds it without reading them all.
async fn first_record_since(store: &dyn Store, before: UnixMillis) -> Result<u64, StoreError> {
    let mut older = 0;
    let mut newer = store.checkpoint().await?.map_or(0, |checkpoint| checkpoint.size);
    while older < newer {
        let middle = older + (newer - older) / 2;
        match store.records(middle, 1).await?.first() {
            Some(logged) if logged.record.at < before => older = middle + 1,
            _ => newer = middle,
        }
    }
    Ok(older)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryStore;

    fn at(text: &str) -> UnixMillis {
        UnixMillis(text.parse::<Timestamp>().unwrap().as_millisecond().try_into().unwrap())
    }

    #[test]
    fn months_are_those_of_the_calendar() {
        assert_eq!(cutoff(at("2026-11-27T08:00:00Z"), 12), at("2025-11-27T08:00:00Z"));
        assert_eq!(cutoff(at("2024-03-31T00:00:00Z"), 1), at("2024-02-29T00:00:00Z"));
        assert_eq!(cutoff(UnixMillis(5), 600), UnixMillis(0));
    }

    #[tokio::test]
    async fn names_are_kept_for_a_year_unless_something_else_was_set() {
        let store = MemoryStore::new();
        assert_eq!(months(&store).await.unwrap(), 12);
        set_months(&store, 3, UnixMillis(1)).await.unwrap();
        assert_eq!(months(&store).await.unwrap(), 3);
        store.put_setting(MONTHS, "0").await.unwrap();
        assert!(matches!(months(&store).await, Err(StoreError::Damaged(_))));
    }
}
