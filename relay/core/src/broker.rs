//! The broker itself: its state, and where each input goes.
//!
//! Invariant: time never runs backwards in here, whatever the caller's clock does.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use renfort_protocol::{
    VERSION,
    error::WireError,
    ids::{DeviceKey, PersonId, SessionId, TicketId},
    policy::Policy,
    signalling::FromRelay,
    ticket::TicketState,
    time::UnixMillis,
};

use crate::{
    articles::Deflections,
    cards::Cards,
    codes::{QUESTIONS, QUESTIONS_WINDOW_MS},
    commit::{Lanes, Work},
    connections::{Connections, Party},
    contract::{Conn, Effect, Input, Limits, Snapshot},
    desk::Desk,
    limiter::Limiter,
    reach::Turn,
    recent::Recent,
    timers::Absence,
};

/// Gives 32 fresh random bytes at each call.
pub(crate) type Random<'a> = dyn FnMut() -> [u8; 32] + 'a;

/// Tickets, queue, sessions and whoever is connected; see the crate's documentation for the contract.
/// A clone goes on by itself from where the other stood, for whoever wants to see several ways on from one state.
#[derive(Debug, Clone)]
pub struct Broker {
    pub(crate) limits: Limits,
    pub(crate) now: UnixMillis,
    pub(crate) desk: Desk,
    pub(crate) connections: Connections,
    pub(crate) cards: Cards,
    /// Questions that technicians put with codes.
    pub(crate) codes: Recent,
    /// Does the organisation let anybody in by a code?
    pub(crate) codes_allowed: bool,
    pub(crate) limiter: Limiter,
    pub(crate) lanes: Lanes,
    /// Who is away from which open session.
    pub(crate) absences: BTreeMap<SessionId, Absence>,
    /// Sessions that are being ended by a timer: not before this is it tried again.
    pub(crate) ending: BTreeMap<SessionId, UnixMillis>,
    /// Tickets of technicians that are disabled, to be returned to the queue then.
    pub(crate) returning: BTreeMap<TicketId, UnixMillis>,
    /// Accounts that may not work on tickets: disabled, or no technicians.
    pub(crate) barred: BTreeSet<PersonId>,
    /// Open tickets whose record does not say yet whether their user can be reached.
    pub(crate) reach: BTreeMap<TicketId, Turn>,
    /// Which devices said today of which articles that they solved it.
    pub(crate) deflections: Deflections,
    /// The place in the queue that each waiting ticket's user was last told.
    pub(crate) shown: BTreeMap<TicketId, u32>,
    /// Drained by the caller after every input, so it holds what one input causes and no more.
    effects: VecDeque<Effect>,
}

impl Broker {
    /// The broker of the organisation with this public key and this policy, of which it knows what users' machines would refuse
    /// anyway. It goes on where the store stands. Endpoints of open sessions have
    /// [`renfort_protocol::limits::RESUME_MS`] from `now` to come back.
    #[must_use]
    pub fn new(
        mut snapshot: Snapshot,
        organisation: DeviceKey,
        policy: &Policy,
        limits: Limits,
        now: UnixMillis,
    ) -> Self {
        let accounts = std::mem::take(&mut snapshot.accounts);
        let cards = std::mem::take(&mut snapshot.cards);
        let cards = Cards::new(organisation, cards, snapshot.revocations.take());
        let desk = Desk::new(snapshot);
        let shown = desk.queue.positions().collect();
        let absences = desk
            .open_sessions()
            .map(|session| (session.id, Absence::both(now)))
            .collect();
        let mut broker = Self {
            limits,
            now,
            desk,
            connections: Connections::default(),
            cards,
            codes: Recent::new(QUESTIONS, QUESTIONS_WINDOW_MS),
            codes_allowed: policy.codes,
            limiter: Limiter::new(),
            lanes: Lanes::default(),
            absences,
            ending: BTreeMap::new(),
            returning: BTreeMap::new(),
            barred: BTreeSet::new(),
            reach: BTreeMap::new(),
            deflections: Deflections::default(),
            shown,
            effects: VecDeque::new(),
        };
        broker.accounts_changed(&accounts);
        let open: Vec<TicketId> = broker.desk.open_tickets().map(|ticket| ticket.record.id).collect();
        for id in open {
            broker.watch_reach(id);
        }
        broker
    }

    /// Takes one input. `random` gives 32 fresh random bytes at each call.
    pub fn handle(&mut self, input: Input, now: UnixMillis, random: &mut Random<'_>) {
        self.now = self.now.max(now);
        match input {
            Input::Connected { conn, address, nonce } => {
                match self.connections.accept(conn, address, nonce, &self.limits, self.now) {
                    Ok(()) => self.send(
                        conn,
                        FromRelay::Challenge {
                            versions: vec![VERSION],
                            nonce,
                        },
                    ),
                    Err(error) => self.effect(Effect::Close { conn, error }),
                }
            }
            Input::Frame { conn, text } => self.frame(conn, &text, random),
            Input::Disconnected { conn } => self.disconnected(conn),
            Input::PasswordChecked { conn, result } | Input::TokenChecked { conn, result } => {
                self.checked(conn, result, random);
            }
            Input::Consulted { conn, re, answer } if self.waits_for_evidence(conn, re) => {
                self.evidence_came(conn, re, answer);
            }
            Input::Consulted { conn, re, answer } => self.consulted(conn, re, answer),
            Input::Committed { append } => self.committed(append, random),
            Input::Failed { append, reason } => self.failed(append, reason, random),
            Input::SignInsEnded { person } => self.sign_ins_ended(person),
            Input::AccountsChanged { accounts } => {
                self.accounts_changed(&accounts);
                self.tick(random);
            }
            Input::Erase { batch } => self.submit(Work::Erase { batch }, random),
            Input::CardsChanged { cards, revocations } => {
                self.cards_changed(cards, revocations);
                self.tick(random);
            }
            Input::Tick => self.tick(random),
        }
    }

    /// The next thing to do, until none is left.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    pub(crate) fn effect(&mut self, effect: Effect) {
        self.effects.push_back(effect);
    }

    pub(crate) fn send(&mut self, conn: Conn, message: FromRelay) {
        if self.connections.get(conn).is_some() {
            self.effect(Effect::Send { conn, message });
        }
    }

    pub(crate) fn refuse(&mut self, conn: Conn, re: u32, error: WireError) {
        self.send(conn, FromRelay::Refused { re, error });
    }

    /// Ends a connection from our side.
    pub(crate) fn close(&mut self, conn: Conn, error: WireError) {
        if self.connections.get(conn).is_some() {
            self.disconnected(conn);
            self.effect(Effect::Close { conn, error });
        }
    }

    pub(crate) fn disconnected(&mut self, conn: Conn) {
        match self.connections.remove(conn) {
            Some(Party::User { device, .. }) => {
                self.user_left(&device);
                self.watch_reach_of(&device);
                self.announce_presence(&device);
            }
            Some(Party::Technician { technician, .. }) => self.technician_left(technician.id),
            None => {}
        }
    }

    /// Tickets that somebody who can no longer work still has.
    pub(crate) fn orphans(&self) -> Vec<TicketId> {
        let orphan = |technician: PersonId| self.barred.contains(&technician);
        self.desk
            .open_tickets()
            .map(|ticket| &ticket.record)
            .filter(|record| record.state == TicketState::Taken)
            .filter(|record| {
                record
                    .technician
                    .as_ref()
                    .is_some_and(|technician| orphan(technician.id))
            })
            .map(|record| record.id)
            .collect()
    }
}
