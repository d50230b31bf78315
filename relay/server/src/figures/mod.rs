//! The team's figures: a store of their own that follows the audit log, and what is computed from it.
//!
//! Flow: [`Figures::watch`] reads new records some seconds after they were written, and [`Figures::catch_up`] before
//! each question; records become facts ([`reading`]); a question turns facts into figures (`renfort_figures`).
//!
//! Invariant: the audit log is the truth. Whatever happens to the figures, no ticket and no session notices, and they can
//! always be read from the log again.

mod hours;
mod memory;
mod reading;
mod sqlite;
mod store;

pub use self::{
    hours::{
        BadHours, changed as hours_changed, default as default_hours, load as load_hours, parse as parse_hours,
        save as save_hours,
    },
    memory::MemoryFigures,
    sqlite::SqliteFigures,
    store::{Deflection, FigureStore, KEPT_MS, Noted, Progress, Told},
};

use std::{sync::Arc, time::Duration};

use renfort_figures::{Calendar, Hours, Period, PersonTally, Story, Tally};
use renfort_protocol::{
    figures::{FiguresQuery, MIN_PERSON_DAYS, OnePerson, TeamFigures},
    ids::{PersonId, TicketId},
    time::UnixMillis,
};
use tokio::{
    sync::Mutex,
    time::{MissedTickBehavior, interval},
};

use crate::{
    clock,
    data::DataFolder,
    store::{Store, StoreError},
};

/// How often the log is looked at.
const EVERY: Duration = Duration::from_secs(2);
/// How often old facts are forgotten, in rounds of [`EVERY`]: once in two hours.
const FORGET_EVERY: u32 = 3_600;
/// Records read at once.
const RECORDS: u32 = 500;
/// Tickets measured at once.
const TICKETS: u32 = 200;

/// Opens the store of figures. One that cannot be opened is made anew; where even that fails, the figures live in memory.
pub async fn open_store(folder: &DataFolder) -> Arc<dyn FigureStore> {
    match SqliteFigures::open(folder).await {
        Ok(store) => return Arc::new(store),
        Err(error) => tracing::error!(%error, "the database of figures cannot be opened and is made anew"),
    }
    let path = folder.figure_database();
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        // What is not there need not go; what cannot go makes the next step fail.
        drop(std::fs::remove_file(name));
    }
    match SqliteFigures::open(folder).await {
        Ok(store) => Arc::new(store),
        Err(error) => {
            tracing::error!(%error, "figures are kept in memory");
            Arc::new(MemoryFigures::new())
        }
    }
}

/// The figures of a relay.
pub struct Figures {
    store: Arc<dyn FigureStore>,
    relay: Arc<dyn Store>,
    /// One reads the log at a time.
    reading: Mutex<()>,
    /// One computes at a time; a further one waits.
    computing: Mutex<()>,
}

impl Figures {
    /// Over this store, following this relay's log.
    #[must_use]
    pub fn new(store: Arc<dyn FigureStore>, relay: Arc<dyn Store>) -> Self {
        Self {
            store,
            relay,
            reading: Mutex::new(()),
            computing: Mutex::new(()),
        }
    }

    /// Follows the log for as long as somebody else holds the figures.
    pub async fn watch(self: Arc<Self>) {
        let figures = Arc::downgrade(&self);
        drop(self);
        let mut rounds = interval(EVERY);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut round = 0_u32;
        loop {
            rounds.tick().await;
            let Some(figures) = figures.upgrade() else { return };
            if let Err(error) = figures.catch_up().await {
                tracing::error!(%error, "figures do not follow the log");
            }
            if round.is_multiple_of(FORGET_EVERY) {
                let before = UnixMillis(clock::now().0.saturating_sub(KEPT_MS));
                if let Err(error) = figures.store.forget_before(before).await {
                    tracing::error!(%error, "old figures were not forgotten");
                }
            }
            round = round.wrapping_add(1);
        }
    }

    /// Reads what the log has more. A log that is not the one that was read before is read from its beginning.
    ///
    /// # Errors
    /// When either store fails. What was read until then counts.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        let _one = self.reading.lock().await;
        let mut progress = self.store.progress().await?;
        if !self.is_of_this_log(&progress).await? {
            tracing::info!("figures are read from the log anew");
            self.store.reset().await?;
            progress = Progress::default();
        }
        loop {
            let records = self.relay.records(progress.next, RECORDS).await?;
            let Some(last) = records.last() else { return Ok(()) };
            progress = Progress {
                next: last.record.seq + 1,
                last: Some(last.hash),
            };
            let noted: Vec<Noted> = records
                .iter()
                .filter_map(|logged| reading::noted(&logged.record))
                .collect();
            self.store.add(&noted, &progress).await?;
        }
    }

    /// Was the log read until there, by these rules? Where nothing was, facts may lie that other rules made.
    async fn is_of_this_log(&self, progress: &Progress) -> Result<bool, StoreError> {
        let Some(last) = progress.last else {
            return Ok(false);
        };
        let record = self.relay.records(progress.next.saturating_sub(1), 1).await?;
        Ok(record.first().is_some_and(|logged| logged.hash == last))
    }

    /// The team's figures over a period that [`Period::new`] accepted.
    ///
    /// # Errors
    /// When a store fails.
    pub async fn team(&self, query: &FiguresQuery, hours: &Hours, period: Period) -> Result<TeamFigures, StoreError> {
        let _one = self.computing.lock().await;
        self.catch_up().await?;
        let now = clock::now();
        let (from, to, days) = (period.before.from, period.whole.to, period.days);
        let mut tally = Tally::new(period, now, query.level, query.impact);
        self.each_story(hours, from, to, |story| tally.add(story)).await?;
        // An article's reader has no level and no impact.
        if query.level.is_none() && query.impact.is_none() {
            for one in self.store.deflections(from, to).await? {
                tally.add_deflection(one.at);
            }
        }
        // Such a selection can come down to one technician's work, which is looked at with a purpose or not at all.
        let narrow = query.level.is_some() || query.impact.is_some() || days < MIN_PERSON_DAYS;
        let one_person = narrow && tally.is_one_persons();
        let (whole, before, groups) = if one_person { tally.withhold() } else { tally.finish() };
        Ok(TeamFigures {
            from: query.from,
            to: query.to,
            at: now,
            whole,
            before,
            groups,
            hours: hours.shown(query.from, query.to),
            one_person,
        })
    }

    /// One technician's figures over a period; none when they would tell of single cases.
    ///
    /// # Errors
    /// When a store fails.
    pub async fn person(
        &self,
        person: PersonId,
        hours: &Hours,
        period: &Period,
    ) -> Result<Option<OnePerson>, StoreError> {
        let _one = self.computing.lock().await;
        self.catch_up().await?;
        let mut tally = PersonTally::new(person, period.whole);
        let (from, to) = (period.whole.from, period.whole.to);
        self.each_story(hours, from, to, |story| tally.add(story)).await?;
        Ok(tally.finish())
    }

    /// Measures every ticket that was open or touched within this time, some at a time.
    async fn each_story(
        &self,
        hours: &Hours,
        from: UnixMillis,
        to: UnixMillis,
        mut with: impl FnMut(&Story),
    ) -> Result<(), StoreError> {
        let now = clock::now();
        let first = UnixMillis(from.0.min(now.0).saturating_sub(KEPT_MS));
        let calendar = Calendar::new(hours, first, now.max(to));
        let mut after: Option<TicketId> = None;
        loop {
            let tickets = self.store.tickets(from, to, after, TICKETS).await?;
            let Some(last) = tickets.last() else { return Ok(()) };
            after = Some(last.id);
            for ticket in &tickets {
                if let Some(story) = Story::of(ticket, &calendar) {
                    with(&story);
                }
            }
        }
    }
}
