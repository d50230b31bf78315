//! The connection to the relay, as the controller knows it.
//!
//! Flow: [`Controller::connect`] names a new target; [`LinkEvent`]s of that target move the state; what the relay says
//! goes to the user's or the technician's side.
//!
//! Invariant: an event of an earlier target changes nothing.

use renfort_protocol::{
    error::{Code, WireError},
    ids::SessionId,
    signalling::{FromRelay, Identity, SessionInfo, Signal, ToRelay, Welcomed},
    time::UnixMillis,
};

use super::{Controller, Effect, Turn, reports::Reports, requests::Requests};
use crate::{
    relay_link::{LinkEvent, Target},
    view::Link,
};

/// Signals that wait for the relay to come back; the oldest go first when there are more. A session whose offers were
/// lost makes new ones.
const SIGNALS: usize = 64;

/// What there is between us and the relay.
#[derive(Debug)]
pub(super) struct LinkState {
    pub(super) shown: Link,
    pub(super) epoch: u32,
    pub(super) requests: Requests,
    pub(super) reports: Reports,
    signals: Vec<(SessionId, Signal)>,
    /// The relay may have been told of another name or language at the last hello than we would say now.
    hello_is_old: bool,
    /// What is to be added to the relay's clock to have ours, in milliseconds.
    offset: i64,
}

impl Default for LinkState {
    fn default() -> Self {
        Self {
            shown: Link::Idle,
            epoch: 0,
            requests: Requests::default(),
            reports: Reports::default(),
            signals: Vec::new(),
            hello_is_old: false,
            offset: 0,
        }
    }
}

impl LinkState {
    pub(super) fn is_online(&self) -> bool {
        self.shown == Link::Online
    }

    /// Would a ticket that is opened over this connection tell of somebody as they no longer are?
    pub(super) const fn hello_is_old(&self) -> bool {
        self.hello_is_old
    }

    /// Is everything that was sent answered, or nobody there to answer?
    pub(super) fn nothing_is_under_way(&self) -> bool {
        !self.is_online() || self.requests.is_empty()
    }

    /// Another relay has no use for what waits for this one.
    pub(super) fn forget_signals(&mut self) {
        self.signals.clear();
    }

    /// An instant of the relay's clock, on ours.
    pub(super) fn local(&self, relay: UnixMillis) -> UnixMillis {
        UnixMillis(relay.0.saturating_add_signed(self.offset))
    }
}

impl Controller {
    /// Connects anew as whoever we are now; stays away when there is no one to be.
    pub(super) fn connect(&mut self, turn: &mut Turn) {
        match self.identity() {
            Some(identity) => self.connect_as(identity, turn),
            None => self.disconnect(turn),
        }
    }

    pub(super) fn connect_as(&mut self, identity: Identity, turn: &mut Turn) {
        let Some(file) = &self.profile.organisation else {
            return self.disconnect(turn);
        };
        self.link.epoch += 1;
        self.link.requests.forget();
        self.link.shown = Link::Connecting;
        self.link.hello_is_old = false;
        turn.push(Effect::Connect(Target {
            epoch: self.link.epoch,
            relays: file.organisation.relays.clone(),
            identity,
            language: self.profile.language(),
        }));
    }

    pub(super) fn disconnect(&mut self, turn: &mut Turn) {
        self.link.epoch += 1;
        self.link.requests.forget();
        self.link.shown = Link::Idle;
        turn.push(Effect::Disconnect);
    }

    /// At the next hello we are this; the connection stays.
    pub(super) fn identify(&mut self, turn: &mut Turn) {
        self.link.hello_is_old = true;
        if let Some(identity) = self.identity() {
            turn.push(Effect::Identify {
                identity,
                language: self.profile.language(),
            });
        }
    }

    pub(super) fn link_event(&mut self, epoch: u32, event: LinkEvent, turn: &mut Turn) {
        if epoch != self.link.epoch {
            return;
        }
        match event {
            LinkEvent::Connecting => self.link.shown = Link::Connecting,
            LinkEvent::Online {
                now,
                welcomed,
                session,
                revocations,
            } => {
                self.link.shown = Link::Online;
                self.link.offset =
                    i64::try_from(turn.at.0).unwrap_or(i64::MAX) - i64::try_from(now.0).unwrap_or(i64::MAX);
                if let Some(list) = revocations {
                    self.revocations_came(*list, turn);
                }
                self.welcomed(*welcomed, session.map(|session| *session), turn);
            }
            LinkEvent::Message(message) => self.relay_said(*message, turn),
            LinkEvent::Offline { error, retry_ms } => {
                self.receipt_lost();
                self.link.requests.forget();
                if self.desk.signing_in() {
                    self.sign_in_failed(error, turn);
                } else {
                    self.link.shown = Link::Offline {
                        error,
                        retry_at: turn.at.plus(retry_ms),
                    };
                }
            }
            LinkEvent::Rejected(error) => {
                self.link.requests.forget();
                self.link.shown = Link::Idle;
                if self.profile.technician() {
                    self.sign_in_failed(error, turn);
                } else {
                    self.tell(error);
                }
            }
        }
    }

    fn welcomed(&mut self, welcomed: Welcomed, session: Option<SessionInfo>, turn: &mut Turn) {
        if let Some(session) = &session {
            self.link.reports.recorded(session.id, session.reported);
            if !self.heads.began(session.id) {
                self.link.reports.resume(session.id, session.reported);
            }
        }
        match (welcomed, self.profile.technician()) {
            (Welcomed::User { ticket }, false) => self.user_welcomed(ticket, session, turn),
            (
                Welcomed::Technician {
                    person,
                    token,
                    queue,
                    card,
                },
                true,
            ) => {
                self.desk.card = card;
                self.technician_welcomed(person, token, queue, session, turn);
                self.request_card_when_needed(turn);
            }
            _ => {
                // The relay took us for somebody else; nothing it says now can be for us.
                self.tell(Code::OutOfOrder.into());
                return self.disconnect(turn);
            }
        }
        for (session, signal) in std::mem::take(&mut self.link.signals) {
            self.send_signal(session, signal, turn);
        }
        self.send_reports(turn);
        self.tell_ending_again(turn);
    }

    fn relay_said(&mut self, message: FromRelay, turn: &mut Turn) {
        match message {
            FromRelay::Done { re } => self.done(re, turn),
            FromRelay::Refused { re, error } => self.refused(re, error, turn),
            FromRelay::Recorded { session, number } => {
                self.link.reports.recorded(session, number);
                self.link.requests.recorded(session, number);
                self.send_reports(turn);
            }
            FromRelay::Ticket { ticket } => self.ticket_changed(ticket, turn),
            FromRelay::QueueChanged { entry } => self.queue_changed(entry, turn),
            FromRelay::QueueLeft { ticket, why } => self.queue_left(ticket, why),
            FromRelay::Detail { detail } => self.detail_came(*detail),
            FromRelay::Suggestions { suggestions, .. } => self.suggestions_came(suggestions),
            FromRelay::Article { article, .. } => self.article_came(*article),
            FromRelay::Head { re, head } => self.head_came(re, head, turn),
            FromRelay::Receipt { re, proof } => self.receipt_came(re, &proof, turn),
            FromRelay::Replies { replies, .. } => self.replies_came(replies),
            FromRelay::Asked { session } if self.profile.technician() => self.user_is_asked(*session, turn),
            FromRelay::Asked { session } => self.asked(*session, turn),
            FromRelay::Ready { ready } => self.ready_came(*ready, turn),
            FromRelay::Reveal { reveal } => self.revealed(&reveal, turn),
            FromRelay::Card { card } => self.card_came(*card),
            FromRelay::Revocations { revocations } => self.revocations_came(*revocations, turn),
            FromRelay::Granted { grant, allowance } if self.profile.technician() => {
                self.session_granted(grant, &allowance, turn);
            }
            FromRelay::Granted { grant, .. } => self.granted(&grant, turn),
            FromRelay::Signal { session, signal } => self.signal_came(session, signal, turn),
            FromRelay::SessionEnded { session, reason } => {
                self.desk_session_ended(session, reason, turn);
                self.user_session_ended(session, reason, turn);
            }
            FromRelay::Challenge { .. } | FromRelay::Welcome { .. } => {
                tracing::warn!("the relay greets in the middle of a conversation");
            }
        }
    }

    fn signal_came(&mut self, session: SessionId, signal: Signal, turn: &mut Turn) {
        if self.user.is_in(session) {
            turn.push(Effect::ToSharer(
                session,
                renfort_engine::peer::SharerCommand::Signal(signal),
            ));
        } else if self.desk.is_in(session) {
            turn.push(Effect::ToViewer(
                session,
                renfort_engine::peer::ViewerCommand::Signal(signal),
            ));
        }
    }

    /// A signal for the other side; kept when the relay is away.
    pub(super) fn send_signal(&mut self, session: SessionId, signal: Signal, turn: &mut Turn) {
        if self.link.is_online() {
            self.link
                .requests
                .send_untracked(ToRelay::Signal { session, signal }, turn);
        } else {
            if self.link.signals.len() == SIGNALS {
                self.link.signals.remove(0);
            }
            self.link.signals.push((session, signal));
        }
    }

    /// Says that the relay is needed for this and not there.
    pub(super) fn needs_relay(&mut self) -> bool {
        let online = self.link.is_online();
        if !online {
            self.tell(WireError::from(Code::RelayUnreachable));
        }
        !online
    }
}
