//! What is to stand in the relay's log, kept until it does.
//!
//! Flow: each report gets its session's next number and is sent; after a reconnection everything that is not recorded is
//! sent again; `Recorded` frees it.
//!
//! Invariant: numbers of a session count from 1 without a gap and never name two different things.

use std::collections::VecDeque;

use renfort_protocol::{ids::SessionId, report::ReportedEvent, signalling::ToRelay, time::UnixMillis};

use super::{Controller, Turn, requests::Purpose};

/// Reports of one session that may wait for the relay. A session that cannot be recorded any more ends: see
/// [`Controller::report`].
const WAITING: usize = 2_000;
/// Sessions whose last reports may wait; the oldest is given up when there are more.
const SESSIONS: usize = 8;
/// Reports that may be under way at once; the next follow as they are recorded.
const UNDER_WAY: usize = 64;
/// Pause before a report that the relay could not write is sent again, in milliseconds.
const RETRY_MS: u64 = 5_000;

/// All reports that are not recorded.
#[derive(Debug, Default)]
pub(super) struct Reports {
    books: VecDeque<Book>,
    retry_at: Option<UnixMillis>,
}

#[derive(Debug)]
struct Book {
    session: SessionId,
    last: u64,
    waiting: VecDeque<Report>,
}

#[derive(Debug, Clone)]
struct Report {
    number: u64,
    at: UnixMillis,
    event: ReportedEvent,
}

impl Reports {
    /// This program begins the session: whatever a relay says, nobody reported anything of it for this end.
    pub(super) fn begin(&mut self, session: SessionId) {
        let book = self.book(session);
        book.last = 0;
        book.waiting.clear();
    }

    /// Gives the next number. None when too many wait.
    fn add(&mut self, session: SessionId, at: UnixMillis, event: ReportedEvent) -> Option<u64> {
        let book = self.book(session);
        if book.waiting.len() >= WAITING {
            return None;
        }
        book.last += 1;
        book.waiting.push_back(Report {
            number: book.last,
            at,
            event,
        });
        Some(book.last)
    }

    /// The relay holds everything up to this number.
    pub(super) fn recorded(&mut self, session: SessionId, number: u64) {
        if let Some(book) = self.books.iter_mut().find(|book| book.session == session) {
            book.waiting.retain(|report| report.number > number);
        }
    }

    /// An earlier run of this program reported up to this number.
    pub(super) fn resume(&mut self, session: SessionId, number: u64) {
        let book = self.book(session);
        book.last = book.last.max(number);
    }

    /// The relay wants nothing more of this session.
    pub(super) fn forget(&mut self, session: SessionId) {
        if let Some(book) = self.books.iter_mut().find(|book| book.session == session) {
            book.waiting.clear();
        }
    }

    /// Does the relay hold everything that was reported of this session?
    pub(super) fn all_recorded(&self, session: SessionId) -> bool {
        let of = |book: &&Book| book.session == session;
        self.books.iter().find(of).is_none_or(|book| book.waiting.is_empty())
    }

    /// How many reports were made of this session.
    pub(super) fn made(&self, session: SessionId) -> u64 {
        let of = |book: &&Book| book.session == session;
        self.books.iter().find(of).map_or(0, |book| book.last)
    }

    /// Try again a little after `now`.
    pub(super) fn retry_after(&mut self, now: UnixMillis) {
        self.retry_at = Some(now.plus(RETRY_MS));
    }

    fn book(&mut self, session: SessionId) -> &mut Book {
        let index = self
            .books
            .iter()
            .position(|book| book.session == session)
            .unwrap_or_else(|| {
                if self.books.len() == SESSIONS {
                    self.books.pop_front();
                }
                self.books.push_back(Book {
                    session,
                    last: 0,
                    waiting: VecDeque::new(),
                });
                self.books.len() - 1
            });
        &mut self.books[index]
    }

    fn all(&self) -> Vec<(SessionId, Report)> {
        let of = |book: &Book| {
            book.waiting
                .iter()
                .map(|report| (book.session, report.clone()))
                .collect::<Vec<_>>()
        };
        self.books.iter().flat_map(of).collect()
    }
}

impl Controller {
    /// Puts something into the log. When the log can take no more, the session ends: nothing happens unrecorded.
    pub(super) fn report(&mut self, session: SessionId, at: UnixMillis, event: ReportedEvent, turn: &mut Turn) {
        match self.link.reports.add(session, at, event.clone()) {
            Some(number) => {
                self.witness.reported(session, number, at, &event);
                self.send_reports(turn);
            }
            None => self.session_cannot_be_recorded(session, turn),
        }
    }

    /// What is not recorded and not under way, as far as there is room.
    pub(super) fn send_reports(&mut self, turn: &mut Turn) {
        let under_way = self.link.requests.reports();
        let room = UNDER_WAY.saturating_sub(under_way.len());
        let waiting = self.link.reports.all();
        let next = waiting
            .into_iter()
            .filter(|(session, report)| !under_way.contains(&(*session, report.number)));
        for (session, report) in next.take(room) {
            self.send_report(session, report, turn);
        }
    }

    pub(super) fn resend_reports(&mut self, turn: &mut Turn) {
        if self.link.reports.retry_at.is_some_and(|at| turn.at >= at) {
            self.link.reports.retry_at = None;
            self.send_reports(turn);
            self.send_abuse(turn);
        }
    }

    fn send_report(&mut self, session: SessionId, report: Report, turn: &mut Turn) {
        if self.link.is_online() {
            let Report { number, at, event } = report;
            let body = ToRelay::Report {
                session,
                number,
                at,
                event,
            };
            self.link.requests.send(Purpose::Report(session, number), body, turn);
        }
    }
}
