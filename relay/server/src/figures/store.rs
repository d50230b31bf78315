//! The store of the figures: facts about tickets, apart from everything else that the relay keeps, for another purpose.
//!
//! Flow: the follower adds what it read from the log, with how far it read; figures are computed from tickets, chunk by
//! chunk.
//!
//! Invariant: facts and progress become durable together, so no record is counted twice or left out.

use async_trait::async_trait;
use renfort_audit::hash::Digest;
use renfort_figures::{Fact, TicketFacts};
use renfort_protocol::{
    ids::{ArticleId, TicketId},
    ticket::Language,
    time::UnixMillis,
};

use crate::store::StoreError;

/// Facts about tickets that were closed longer ago than this are forgotten, in milliseconds: three years, so that a
/// period of 400 days and the one before it can always be counted.
pub const KEPT_MS: u64 = 3 * 366 * 24 * 3_600_000;

/// How far the log was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// The first record that was not read yet.
    pub next: u64,
    /// Hash of the record before it; none at the beginning.
    pub last: Option<Digest>,
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Number of the record.
    pub seq: u64,
    /// What it tells.
    pub what: Told,
}

/// What a record tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Something about a ticket.
    Ticket(TicketId, Fact),
    /// A self-help article solved a problem.
    Deflection(Deflection),
}

/// A self-help article solved somebody's problem, so that no ticket was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deflection {
    /// When.
    pub at: UnixMillis,
    /// Which article.
    pub article: ArticleId,
    /// In which language it was read.
    pub language: Language,
}

/// The store of the figures.
#[async_trait]
pub trait FigureStore: Send + Sync + 'static {
    /// How far the log was read; the beginning when these rules never read it.
    ///
    /// # Errors
    /// When the store fails.
    async fn progress(&self) -> Result<Progress, StoreError>;

    /// Adds what records told, and how far they were read. A record that was added before, and a fact about a ticket
    /// whose opening is not known (it was forgotten), change nothing.
    ///
    /// # Errors
    /// When the store fails; then nothing was added.
    async fn add(&self, noted: &[Noted], progress: &Progress) -> Result<(), StoreError>;

    /// Forgets everything, to begin anew.
    ///
    /// # Errors
    /// When the store fails.
    async fn reset(&self) -> Result<(), StoreError>;

    /// Tickets opened before `to` and open, or touched, at or after `from`, with all their facts; in the order of their
    /// numbers, those after `after` only, at most `limit`.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn tickets(
        &self,
        from: UnixMillis,
        to: UnixMillis,
        after: Option<TicketId>,
        limit: u32,
    ) -> Result<Vec<TicketFacts>, StoreError>;

    /// Deflections from one instant until before another, oldest first.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn deflections(&self, from: UnixMillis, to: UnixMillis) -> Result<Vec<Deflection>, StoreError>;

    /// Forgets tickets that are not open and were not touched since, and deflections before.
    ///
    /// # Errors
    /// When the store fails.
    async fn forget_before(&self, before: UnixMillis) -> Result<(), StoreError>;

    /// Lets go of files and connections.
    async fn close(&self);
}
