//! Durable first, then visible: plans, the appends under way, and the works that wait for them.
//!
//! Flow: a work names what it touches (its locks); as soon as nobody before it touches the same, it is planned against
//! the desk; a plan with records becomes an append that holds the locks; on `Committed` its changes are applied, those
//! concerned are told, and the works that waited go on.
//!
//! Invariant: works that touch the same thing are planned in the order in which they came, each on the outcome of the
//! one before.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use renfort_audit::{actor::Actor, event::Event, record::Entry};
use renfort_protocol::{
    error::{Code, WireError},
    ids::Token,
    ids::{ArticleId, DeviceKey, PersonId, SessionId, TicketId},
    people::Person,
    signalling::{FromRelay, ToRelay},
    time::UnixMillis,
};

use crate::{
    broker::{Broker, Random},
    connections::Party,
    contract::{AppendId, Batch, Change, Conn, Effect, FailReason, SessionRecord, TicketRecord},
};

/// Works that wait in all; when full, a further request is refused with `busy`. (Works of timers are not requests:
/// there is at most one for each open session and ticket.)
pub const WAITING: usize = 4_096;
/// Requests of one connection that wait; when full, its next one is refused with `busy`.
pub const WAITING_PER_CONNECTION: usize = 256;
/// Appends under way; when full, works wait.
pub const APPENDS: usize = 1_024;

/// What only one work at a time may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lock {
    Ticket(TicketId),
    Device(DeviceKey),
    Person(PersonId),
}

/// Who asked, and under which number.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(crate) conn: Conn,
    pub(crate) re: u32,
    pub(crate) party: Party,
}

/// Something to be done in turn.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    Request {
        asker: Asker,
        body: Box<ToRelay>,
    },
    /// A session's time is up, perhaps.
    EndIfDue {
        session: SessionId,
    },
    /// A ticket's technician was disabled.
    Return {
        ticket: TicketId,
    },
    /// A ticket's user left, or is back.
    Reach {
        ticket: TicketId,
    },
    /// Names of closed tickets are to go.
    Erase {
        batch: Box<Batch>,
    },
}

impl Work {
    fn is_same_timer(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::EndIfDue { session }, Self::EndIfDue { session: other }) => session == other,
            (Self::Return { ticket }, Self::Return { ticket: other })
            | (Self::Reach { ticket }, Self::Reach { ticket: other }) => ticket == other,
            (Self::Erase { batch }, Self::Erase { batch: other }) => batch.changes == other.changes,
            _ => false,
        }
    }
}

/// What is done once a plan's records are durable.
#[derive(Debug, Clone)]
pub(crate) enum Then {
    /// To the asker, before `Done`.
    Reply(FromRelay),
    ToUser(DeviceKey, FromRelay),
    ToTechnician(PersonId, FromRelay),
    Welcome {
        party: Box<Party>,
        person: Box<Person>,
        token: Token,
    },
    /// A device said of an article that it solved it.
    Deflected(DeviceKey, ArticleId),
    /// After the answer.
    Close(WireError),
}

/// What a work comes to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    pub(crate) batch: Batch,
    pub(crate) then: Vec<Then>,
    /// What a conflict in the store means to the asker.
    pub(crate) conflict: Option<WireError>,
}

impl Plan {
    /// Writes a ticket that changed.
    pub(crate) fn put_ticket(&mut self, old: &TicketRecord, change: impl FnOnce(&mut TicketRecord)) {
        let mut record = Box::new(old.clone());
        change(&mut record);
        record.version += 1;
        self.batch.changes.push(Change::PutTicket {
            record,
            expected_version: Some(old.version),
        });
    }

    /// Writes a session that changed.
    pub(crate) fn put_session(&mut self, old: &SessionRecord, mut record: SessionRecord) {
        record.version = old.version + 1;
        let record = Box::new(record);
        self.batch.changes.push(Change::PutSession {
            record,
            expected_version: Some(old.version),
        });
    }

    pub(crate) fn record(
        &mut self,
        at: UnixMillis,
        actor: Actor,
        ticket: Option<TicketId>,
        session: Option<SessionId>,
        event: Event,
    ) {
        self.batch.events.push(Entry {
            at,
            ticket,
            session,
            actor,
            event,
        });
    }

    fn is_durable(&self) -> bool {
        !(self.batch.changes.is_empty() && self.batch.events.is_empty())
    }
}

/// What a refusal was about, for its record.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    pub(crate) ticket: Option<TicketId>,
    pub(crate) session: Option<SessionId>,
    pub(crate) event: Event,
}

/// Why a work is not done.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) error: WireError,
    /// Recorded before it is told.
    pub(crate) record: Option<Box<Refused>>,
    /// Counts towards closing the connection.
    pub(crate) offence: bool,
}

impl From<WireError> for Refusal {
    fn from(error: WireError) -> Self {
        Self {
            error,
            record: None,
            offence: false,
        }
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        WireError::from(code).into()
    }
}

/// An append under way.
#[derive(Debug, Clone)]
struct Pending {
    locks: Vec<Lock>,
    changes: Vec<Change>,
    asker: Option<(Conn, u32)>,
    then: Vec<Then>,
    answer: Option<FromRelay>,
    conflict: Option<WireError>,
}

/// Appends under way and works that wait.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lanes {
    last_append: u64,
    pending: BTreeMap<AppendId, Pending>,
    held: BTreeSet<Lock>,
    waiting: VecDeque<(Vec<Lock>, Work)>,
}

impl Lanes {
    fn is_free(&self, locks: &[Lock]) -> bool {
        self.pending.len() < APPENDS
            && !locks.iter().any(|lock| self.held.contains(lock))
            && !self
                .waiting
                .iter()
                .any(|(others, _)| others.iter().any(|lock| locks.contains(lock)))
    }

    fn is_full_for(&self, conn: Conn) -> bool {
        let own = |(_, work): &&(Vec<Lock>, Work)| matches!(work, Work::Request { asker, .. } if asker.conn == conn);
        self.waiting.len() >= WAITING || self.waiting.iter().filter(own).count() >= WAITING_PER_CONNECTION
    }
}

impl Broker {
    /// Does a work as soon as it is its turn.
    pub(crate) fn submit(&mut self, work: Work, random: &mut Random<'_>) {
        let locks = self.locks(&work);
        if self.lanes.is_free(&locks) {
            self.run(locks, work, random);
            return;
        }
        match &work {
            Work::Request { asker, .. } if self.lanes.is_full_for(asker.conn) => {
                let (conn, re) = (asker.conn, asker.re);
                self.refuse(conn, re, Code::Busy.into());
            }
            Work::Request { .. } => self.lanes.waiting.push_back((locks, work)),
            timers => {
                // A timer that comes again while its first work still waits has nothing to add.
                if !self.lanes.waiting.iter().any(|(_, other)| other.is_same_timer(timers)) {
                    self.lanes.waiting.push_back((locks, work));
                }
            }
        }
    }

    fn run(&mut self, locks: Vec<Lock>, work: Work, random: &mut Random<'_>) {
        match work {
            Work::Request { asker, body } => match self.plan(&asker, &body, random) {
                Ok(plan) => {
                    let done = FromRelay::Done { re: asker.re };
                    self.begin(locks, plan, Some((asker.conn, asker.re)), Some(done));
                }
                Err(refusal) => self.refused(&asker, refusal),
            },
            Work::EndIfDue { session } => {
                let plan = self.end_if_due(session);
                self.begin(locks, plan, None, None);
            }
            Work::Return { ticket } => {
                let plan = self.return_ticket(ticket);
                self.begin(locks, plan, None, None);
            }
            Work::Reach { ticket } => {
                let plan = self.record_reach(ticket);
                self.begin(locks, plan, None, None);
            }
            Work::Erase { batch } => {
                let plan = Plan {
                    batch: *batch,
                    ..Plan::default()
                };
                self.begin(locks, plan, None, None);
            }
        }
    }

    /// Tells a refusal, recording it first where it is to be recorded.
    pub(crate) fn refused(&mut self, asker: &Asker, refusal: Refusal) {
        let too_many = refusal.offence && self.connections.offend(asker.conn);
        let mut plan = Plan::default();
        let error = refusal.error.clone();
        if let Some(Refused { ticket, session, event }) = refusal.record.map(|record| *record) {
            plan.record(self.now, asker.party.actor(), ticket, session, event);
        }
        if too_many {
            plan.then.push(Then::Close(error.clone()));
        }
        if plan.is_durable() && self.lanes.pending.len() >= APPENDS {
            self.refuse(asker.conn, asker.re, Code::Busy.into());
            return;
        }
        let answer = FromRelay::Refused { re: asker.re, error };
        self.begin(Vec::new(), plan, Some((asker.conn, asker.re)), Some(answer));
    }

    /// Carries a plan out: now, when nothing of it is to be recorded; else when it is durable.
    pub(crate) fn begin(
        &mut self,
        locks: Vec<Lock>,
        plan: Plan,
        asker: Option<(Conn, u32)>,
        answer: Option<FromRelay>,
    ) {
        if !plan.is_durable() {
            self.conclude(asker, plan.then, answer);
            return;
        }
        self.lanes.last_append += 1;
        let append = AppendId(self.lanes.last_append);
        self.lanes.held.extend(&locks);
        let Plan { batch, then, conflict } = plan;
        let pending = Pending {
            locks,
            changes: batch.changes.clone(),
            asker,
            then,
            answer,
            conflict,
        };
        self.lanes.pending.insert(append, pending);
        self.effect(Effect::Append { append, batch });
    }

    /// An append is durable.
    pub(crate) fn committed(&mut self, append: AppendId, random: &mut Random<'_>) {
        let Some(pending) = self.take(append) else { return };
        let applied = pending
            .changes
            .into_iter()
            .map(|change| self.desk.apply(change))
            .collect();
        self.announce(applied);
        self.conclude(pending.asker, pending.then, pending.answer);
        self.go_on(random);
    }

    /// An append did not happen: nothing changes, and the asker is told.
    pub(crate) fn failed(&mut self, append: AppendId, reason: FailReason, random: &mut Random<'_>) {
        let Some(pending) = self.take(append) else { return };
        if let Some((conn, re)) = pending.asker {
            let error = match (reason, pending.conflict) {
                (FailReason::Conflict, Some(error)) => error,
                _ => Code::NotRecorded.into(),
            };
            self.refuse(conn, re, error.clone());
            // Whoever is not signed in after this has nothing more to say on this connection.
            if self.connections.party(conn).is_none() {
                self.close(conn, error);
            }
        }
        self.go_on(random);
    }

    fn take(&mut self, append: AppendId) -> Option<Pending> {
        let pending = self.lanes.pending.remove(&append)?;
        for lock in &pending.locks {
            self.lanes.held.remove(lock);
        }
        Some(pending)
    }

    fn conclude(&mut self, asker: Option<(Conn, u32)>, then: Vec<Then>, answer: Option<FromRelay>) {
        let mut close = None;
        for one in then {
            match one {
                Then::Reply(message) => {
                    if let Some((conn, _)) = asker {
                        self.send(conn, message);
                    }
                }
                Then::ToUser(device, message) => {
                    if let Some(conn) = self.connections.user(&device) {
                        self.send(conn, message);
                    }
                }
                Then::ToTechnician(person, message) => {
                    if let Some(conn) = self.connections.technician(person) {
                        self.send(conn, message);
                    }
                }
                Then::Welcome { party, person, token } => {
                    if let Some((conn, re)) = asker {
                        self.welcome_technician(conn, re, *party, *person, token);
                    }
                }
                Then::Deflected(device, article) => self.deflections.counted(device, article),
                Then::Close(error) => close = Some(error),
            }
        }
        let Some((conn, _)) = asker else { return };
        if let Some(answer) = answer {
            self.send(conn, answer);
        }
        if let Some(error) = close {
            self.close(conn, error);
        }
    }

    /// Runs the works that waited, in order, as far as their turn has come.
    fn go_on(&mut self, random: &mut Random<'_>) {
        let mut waiting = std::mem::take(&mut self.lanes.waiting);
        let mut kept: VecDeque<(Vec<Lock>, Work)> = VecDeque::new();
        let mut claimed: BTreeSet<Lock> = BTreeSet::new();
        while let Some((locks, work)) = waiting.pop_front() {
            let blocked = locks
                .iter()
                .any(|lock| claimed.contains(lock) || self.lanes.held.contains(lock));
            if blocked || self.lanes.pending.len() >= APPENDS {
                claimed.extend(&locks);
                kept.push_back((locks, work));
            } else {
                self.run(locks, work, random);
            }
        }
        // Nothing that runs submits works, so none came in between.
        self.lanes.waiting = kept;
    }

    /// What a work touches: whoever asks (so that each one's requests keep their order), and the ticket.
    fn locks(&self, work: &Work) -> Vec<Lock> {
        let of_session = |session: &SessionId| self.desk.session(*session).map(|session| Lock::Ticket(session.ticket));
        match work {
            Work::EndIfDue { session } => of_session(session).into_iter().collect(),
            Work::Return { ticket } | Work::Reach { ticket } => vec![Lock::Ticket(*ticket)],
            Work::Erase { batch } => {
                let erased = batch.changes.iter().filter_map(|change| match change {
                    Change::Erase(erasure) => Some(&erasure.tickets),
                    _ => None,
                });
                // Of the others nothing is at hand that could be written.
                erased
                    .flatten()
                    .filter(|id| self.desk.ticket(**id).is_some())
                    .map(|id| Lock::Ticket(*id))
                    .collect()
            }
            Work::Request { asker, body } => {
                let own = match &asker.party {
                    Party::User { device, .. } => Lock::Device(*device),
                    Party::Technician { technician, .. } => Lock::Person(technician.id),
                };
                let ticket = match &**body {
                    // Every ticket that goes back to the queue with it.
                    ToRelay::SignOut => {
                        let held = match own {
                            Lock::Person(person) => Some(self.desk.tickets_held_by(person)),
                            _ => None,
                        };
                        let held = held.into_iter().flatten().map(|ticket| Lock::Ticket(ticket.id));
                        return std::iter::once(own).chain(held).collect();
                    }
                    ToRelay::CancelTicket { ticket }
                    | ToRelay::Feedback { ticket, .. }
                    | ToRelay::ShowTicket { ticket }
                    | ToRelay::AddNote { ticket, .. }
                    | ToRelay::WrapUp { ticket, .. }
                    | ToRelay::DraftArticle { ticket, .. } => Some(Lock::Ticket(*ticket)),
                    ToRelay::TakeTicket { ask } | ToRelay::AskAgain { ask } => Some(Lock::Ticket(ask.ask.ticket)),
                    ToRelay::Ready { ready } => of_session(&ready.ready.session),
                    ToRelay::Reveal { reveal } => of_session(&reveal.session),
                    ToRelay::AnswerConsent { session, .. }
                    | ToRelay::ReportAbuse { session, .. }
                    | ToRelay::EndSession { session, .. }
                    | ToRelay::Signal { session, .. }
                    | ToRelay::Report { session, .. }
                    | ToRelay::DisputeHead { session, .. } => of_session(session),
                    ToRelay::SignHead { head, .. } => of_session(&head.session),
                    ToRelay::Hello { .. }
                    | ToRelay::OpenTicket { .. }
                    | ToRelay::Suggest { .. }
                    | ToRelay::ReadArticle { .. }
                    | ToRelay::Deflected { .. }
                    | ToRelay::RequestCard { .. }
                    | ToRelay::ShowReplies
                    | ToRelay::ShowHead { .. }
                    | ToRelay::ShowReceipt { .. } => None,
                };
                [Some(own), ticket].into_iter().flatten().collect()
            }
        }
    }
}
