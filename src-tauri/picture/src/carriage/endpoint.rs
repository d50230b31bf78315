//! One end of the carriage.
//!
//! Flow: what is to go waits in [`Updates`] and [`Outgoing`]; [`Endpoint::poll`] fills datagrams with it, one at a time, as
//! timers, window and pace allow; [`Endpoint::receive`] takes the peer's, and tells both of what has come and what is lost.
//!
//! Invariant: a datagram that holds a message or a small update never waits for one that holds a part of a large one.

use std::time::Duration;

use super::{
    CarriageError, Datagram, MAX_DATAGRAM, MAX_MESSAGE, SendError, Side,
    arrivals::Arrivals,
    datagram::Writer,
    flight::{Content, Fate, Flight},
    messages::{Incoming, Outgoing},
    pacer::Pacer,
    rate::Rate,
    reassembly::Reassembly,
    updates::{Updates, Urgency},
};
use crate::{Planned, wire::Sequence};

/// Bytes that the part with the acknowledgement takes at most.
const ACKNOWLEDGEMENT: usize = 64;
/// A turn of the planner is for so long: what waits here is not older when it leaves, unless the network slows down.
const TURN: f64 = 0.020;
/// What can go within this time goes soon.
const SOON: f64 = 0.100;
/// Bytes by which what is quick may exceed the window, and by which a planner may that is asked for a letter.
const AHEAD: usize = 16 * 1024;
const LETTER: usize = 4 * 1024;
/// Datagrams whose contents a probe sends again.
const PROBED: usize = 2;
/// While the viewer does not say that it carried out what has come, it is asked, at least this often.
const MAX_ASK: Duration = Duration::from_secs(1);

/// What has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// At the viewer's: the sharer begins this picture; its updates are numbered from 1.
    Begun(u8),
    /// At the viewer's, for [`crate::Composer::take`]. In any order.
    Update(Vec<u8>),
    /// In their order.
    Message(Vec<u8>),
    /// At the sharer's, for [`crate::Planner::acknowledged`]. Grows.
    Complete(Sequence),
}

/// One end. Times are those of one clock that does not go back.
#[derive(Debug)]
pub struct Endpoint {
    side: Side,
    /// The last picture that was begun.
    picture: u8,
    /// Sharer: may its updates leave? Viewer: has one begun?
    begun: bool,
    flight: Flight,
    rate: Rate,
    pacer: Pacer,
    arrivals: Arrivals,
    updates: Updates,
    outgoing: Outgoing,
    incoming: Incoming,
    reassembly: Reassembly,
    /// Viewer: what was carried out. Sharer: what the viewer said of it.
    complete: Sequence,
    /// Viewer: what was said of it last.
    told: Sequence,
    /// Sharer: when the viewer was asked or told something last, and how often it was asked since.
    asked: (Duration, u32),
    /// A datagram must leave that asks to be acknowledged.
    ask: bool,
    /// Was there nothing to send the last time?
    idle: bool,
}

impl Endpoint {
    /// Before the first datagram. The `seed` chooses numbers that are left out, and is nobody else's to know.
    #[must_use]
    pub fn new(side: Side, seed: u64) -> Self {
        Self {
            side,
            picture: 0,
            begun: false,
            flight: Flight::new(seed),
            rate: Rate::default(),
            pacer: Pacer::default(),
            arrivals: Arrivals::default(),
            updates: Updates::default(),
            outgoing: Outgoing::default(),
            incoming: Incoming::default(),
            reassembly: Reassembly::default(),
            complete: 0,
            told: 0,
            asked: (Duration::ZERO, 0),
            ask: false,
            idle: true,
        }
    }

    /// Sharer: the next picture begins; of an earlier one nothing is sent any more. The next update has number 1.
    pub fn begin(&mut self) {
        if self.side == Side::Sharer {
            self.picture = self.picture.wrapping_add(1);
            self.forget_picture();
            self.begun = true;
        }
    }

    /// Sharer: nothing of a picture is sent until the next one begins. Messages are.
    pub fn rest(&mut self) {
        if self.side == Side::Sharer {
            self.forget_picture();
            self.begun = false;
        }
    }

    /// Sharer: may updates leave?
    #[must_use]
    pub const fn has_begun(&self) -> bool {
        self.begun
    }

    fn forget_picture(&mut self) {
        self.updates = Updates::default();
        self.reassembly = Reassembly::default();
        self.flight.forget_pieces();
        (self.complete, self.told, self.asked.1) = (0, 0, 0);
    }

    /// Sharer: an update is to go.
    ///
    /// # Errors
    /// When it cannot be taken; nothing has changed then.
    pub fn send_update(&mut self, update: Planned) -> Result<(), SendError> {
        if self.side != Side::Sharer || !self.begun {
            return Err(SendError::Order);
        }
        self.updates.push(update)
    }

    /// A message is to go: at most [`MAX_MESSAGE`] bytes, and not empty.
    ///
    /// # Errors
    /// When it cannot be taken; nothing has changed then.
    pub fn send_message(&mut self, message: &[u8]) -> Result<(), SendError> {
        if message.is_empty() || message.len() > MAX_MESSAGE {
            return Err(SendError::Size);
        }
        if self.outgoing.push(message) {
            Ok(())
        } else {
            Err(SendError::Full)
        }
    }

    /// Messages that are not acknowledged, or wait for one that is not.
    #[must_use]
    pub fn messages_waiting(&self) -> usize {
        self.outgoing.count()
    }

    /// Viewer: of this picture, every update up to this one was carried out ([`crate::Composer::complete`]). What is told of
    /// an earlier picture says nothing of this one. False when nothing of it is new.
    pub fn completed(&mut self, picture: u8, complete: Sequence) -> bool {
        let grows = self.side == Side::Viewer && self.begun && picture == self.picture && complete > self.complete;
        if grows {
            self.complete = complete;
        }
        grows
    }

    /// Bytes of updates that may be handed over now ([`crate::Means::room`]). As long as no more are, what is handed over
    /// leaves within a fiftieth of a second.
    #[must_use]
    pub fn room(&self) -> usize {
        if !self.begun {
            return 0;
        }
        let queued = self.updates.due_bytes();
        let window = self.rate.window().saturating_sub(self.rate.in_flight() + queued);
        let turn = (self.rate.pace() * TURN) as usize;
        let room = window.min(turn.saturating_sub(queued));
        // A letter is planned even while the network is full.
        let letter = queued == 0 && self.rate.in_flight() < self.rate.window() + LETTER;
        room.max(usize::from(letter))
    }

    /// Bytes of updates that would leave within a tenth of a second ([`crate::Means::soon`]).
    #[must_use]
    pub fn soon(&self) -> usize {
        ((self.rate.expected() * SOON) as usize).saturating_sub(self.updates.due_bytes())
    }

    /// Takes a datagram of the peer's.
    ///
    /// # Errors
    /// When no honest peer sends it. The session is to end.
    pub fn receive(&mut self, datagram: &[u8], now: Duration) -> Result<Vec<Received>, CarriageError> {
        let datagram = Datagram::decode(datagram)?;
        self.advance(now);
        let to_sharer = self.side == Side::Sharer;
        if to_sharer && !datagram.pieces.is_empty() || !to_sharer && datagram.complete.is_some() {
            return Err(CarriageError::Side);
        }
        let mut received = Vec::new();
        // Only the sharer begins a picture; what is of an earlier one is late.
        if !to_sharer && datagram.picture.wrapping_sub(self.picture).cast_signed() > 0 {
            self.picture = datagram.picture;
            self.forget_picture();
            self.begun = true;
            received.push(Received::Begun(self.picture));
        }
        let is_current = self.begun && datagram.picture == self.picture;
        if !self.arrivals.insert(datagram.number, datagram.elicits(), now) {
            return Ok(received);
        }
        if let Some(acknowledgement) = &datagram.acknowledgement {
            let (updates, outgoing) = (&mut self.updates, &mut self.outgoing);
            let tell = |fate, content: &Content, number| settle(updates, outgoing, fate, content, number);
            self.flight.acknowledge(acknowledgement, &mut self.rate, now, tell)?;
        }
        if let Some(complete) = datagram.complete.filter(|_| is_current) {
            if complete > self.updates.last() {
                return Err(CarriageError::NeverPlanned);
            }
            if complete > self.complete {
                self.complete = complete;
                self.asked = (now, 0);
                self.updates.completed(complete);
                received.push(Received::Complete(complete));
            }
        }
        if let Some(messages) = &datagram.messages {
            self.incoming.check(messages.first, messages.bytes.len())?;
            let give = |message| received.push(Received::Message(message));
            self.incoming.take(messages.first, &messages.bytes, give);
        }
        let mut hurry = datagram.asks || datagram.messages.is_some();
        for piece in datagram.pieces.iter().filter(|_| is_current) {
            let whole = self.reassembly.take(piece)?;
            // The last one, or the only one: nothing may follow it.
            hurry |= whole.is_some() || piece.bytes.len() < super::PIECE;
            received.extend(whole.map(Received::Update));
        }
        if hurry {
            self.arrivals.hurry(now);
        }
        Ok(received)
    }

    /// When [`Endpoint::poll`] is to be asked again, if nothing comes and nothing is handed over before.
    #[must_use]
    pub fn next_timer(&self) -> Option<Duration> {
        let next = self.updates.next();
        let paced = next.filter(|due| self.may_leave(due.urgency)).map(|due| {
            let quick = due.urgency == Urgency::Quick;
            self.pacer.ready_at(self.rate.pace(), quick)
        });
        [
            self.arrivals.due(),
            self.flight.lost_at(),
            self.flight.probe_at(),
            self.ask_at(),
            paced,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn may_leave(&self, urgency: Urgency) -> bool {
        let ahead = if urgency == Urgency::Quick { AHEAD } else { 0 };
        self.rate.in_flight() < self.rate.window() + ahead
    }

    fn leaves(&self, urgency: Urgency) -> bool {
        let paced = if urgency == Urgency::Quick {
            self.pacer.allows_quick()
        } else {
            self.pacer.allows()
        };
        paced && self.may_leave(urgency)
    }

    /// Time has passed.
    fn advance(&mut self, now: Duration) {
        let wasted = self.pacer.advance(self.rate.pace(), now);
        if wasted && self.idle && self.rate.in_flight() < self.rate.window() {
            self.rate.limited();
        }
    }

    /// Sharer: everything has come, but the viewer has not said that it was carried out, which it says once.
    fn ask_at(&self) -> Option<Duration> {
        let waits = self.side == Side::Sharer && self.complete < self.updates.last();
        (waits && self.updates.next().is_none() && self.flight.probe_at().is_none()).then(|| {
            let (at, asked) = self.asked;
            at + (self.flight.rtt.probe() * (1 << asked.min(8))).min(MAX_ASK)
        })
    }

    /// The next datagram that leaves now. To be asked until there is none.
    #[must_use]
    pub fn poll(&mut self, now: Duration) -> Option<Vec<u8>> {
        self.advance(now);
        self.timers(now);
        let leaves = self.updates.next().is_some_and(|due| self.leaves(due.urgency));
        let acknowledges = self.arrivals.due().is_some_and(|due| due <= now);
        let tells = self.side == Side::Viewer && self.told < self.complete;
        if leaves || acknowledges || tells || self.outgoing.is_due() || self.ask {
            return Some(self.fill(leaves, now));
        }
        self.idle = self.updates.next().is_none();
        None
    }

    fn timers(&mut self, now: Duration) {
        let is_due = |at: Option<Duration>| at.is_some_and(|at| at <= now);
        let (updates, outgoing) = (&mut self.updates, &mut self.outgoing);
        if is_due(self.flight.lost_at()) {
            let tell = |fate, content: &Content, number| settle(updates, outgoing, fate, content, number);
            self.flight.expire(&mut self.rate, now, tell);
        }
        if is_due(self.flight.probe_at()) {
            let mut again = 0;
            self.flight.probe(|content, number| {
                let mut useful = false;
                if let Some((first, last)) = content.messages {
                    outgoing.lost(first, last, number);
                    useful = outgoing.is_due();
                }
                for piece in &content.pieces {
                    useful |= updates.lost(*piece, number, true);
                }
                again += usize::from(useful);
                again < PROBED
            });
            // Where the window is full, what is to be sent again may not leave: the question then takes its place.
            let stuck = self.updates.next().is_some_and(|due| !self.may_leave(due.urgency)) && !self.outgoing.is_due();
            self.ask |= again == 0 || stuck;
        }
        if is_due(self.ask_at()) {
            self.asked.1 += 1;
            self.ask = true;
        }
    }

    /// Writes a datagram with everything that is to leave and fits, updates among it or not.
    fn fill(&mut self, updates: bool, now: Duration) -> Vec<u8> {
        let number = self.flight.next_number(updates || self.ask || self.outgoing.is_due());
        let mut writer = Writer::new(self.picture, number);
        let mut content = Content {
            quick: true,
            ..Content::default()
        };
        if self.arrivals.is_pending() {
            let (delay, runs) = self.arrivals.acknowledge(now);
            writer.acknowledgement(delay, runs, ACKNOWLEDGEMENT);
        }
        if self.side == Side::Viewer && self.complete > 0 {
            writer.complete(self.complete);
            self.told = self.complete;
        }
        // A piece that is to leave finds its place; messages that are only repeated take what it leaves.
        let piece = self.updates.next().filter(|_| updates);
        let reserved = piece.map_or(0, |due| self.updates.piece(due).width());
        let space = if self.outgoing.is_due() {
            writer.space()
        } else {
            writer.space().saturating_sub(reserved)
        };
        if let Some((first, last)) = self.outgoing.run(space) {
            writer.messages(first, last - first + 1, self.outgoing.bytes(first, last));
            self.outgoing.carried(first, last, number);
            content.messages = Some((first, last));
        }
        let ask = std::mem::take(&mut self.ask);
        if ask {
            writer.ask();
        }
        while let Some(due) = self.updates.next().filter(|_| updates) {
            let piece = self.updates.piece(due);
            if piece.width() > writer.space() || !self.leaves(due.urgency) {
                break;
            }
            writer.piece(&piece);
            content.quick &= due.urgency == Urgency::Quick;
            content.pieces.push((due.sequence, due.index));
            self.updates.carried(due, number);
        }
        let datagram = writer.finish();
        debug_assert!(
            datagram.len() <= MAX_DATAGRAM && datagram.len() > 5,
            "an empty datagram, or one too large"
        );
        self.pacer.sent(datagram.len());
        if ask || content.messages.is_some() || !content.pieces.is_empty() {
            let mark = self.rate.sent(datagram.len(), now);
            self.flight.sent(datagram.len(), mark, content, now);
            self.asked.0 = now;
        }
        datagram
    }
}

/// Tells updates and messages what became of what was in a datagram.
fn settle(updates: &mut Updates, outgoing: &mut Outgoing, fate: Fate, content: &Content, number: u32) {
    for piece in &content.pieces {
        match fate {
            Fate::There => updates.acknowledged(*piece),
            Fate::Lost => _ = updates.lost(*piece, number, false),
        }
    }
    if let Some((first, last)) = content.messages {
        match fate {
            Fate::There => outgoing.acknowledged(first, last),
            Fate::Lost => outgoing.lost(first, last, number),
        }
    }
}
