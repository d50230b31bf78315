//! A store in memory that keeps its word: versions are compared, and its rows never break the rules.

use std::collections::BTreeMap;

use renfort_audit::{event::Event, hash::Digest, record::Entry, returned::Returned};
use renfort_core::erasure::Erasure;
use renfort_core::{Account, Batch, Change, FailReason, SessionRecord, Snapshot, StoredTicket, TicketRecord};
use renfort_protocol::{
    article::ArticleText,
    card::{SignedCard, SignedCardRequest, SignedRevocations},
    ids::{DeviceKey, PersonId, SessionId, TicketId},
    ticket::Note,
    time::UnixMillis,
};

#[derive(Default)]
pub struct Store {
    pub tickets: BTreeMap<TicketId, TicketRecord>,
    pub sessions: BTreeMap<SessionId, SessionRecord>,
    /// In the order of their asking.
    pub order: Vec<SessionId>,
    pub notes: Vec<(TicketId, Note)>,
    pub tokens: BTreeMap<Digest, (PersonId, DeviceKey, UnixMillis)>,
    pub articles: Vec<ArticleText>,
    pub card_requests: Vec<SignedCardRequest>,
    pub cards: Vec<SignedCard>,
    pub revocations: Option<SignedRevocations>,
    pub events: Vec<Entry>,
}

impl Store {
    /// Writes a batch as the relay's store does.
    pub fn write(&mut self, batch: &Batch) -> Result<(), FailReason> {
        for change in &batch.changes {
            let (stored, expected) = match change {
                Change::PutTicket {
                    record,
                    expected_version,
                } => (self.tickets.get(&record.id).map(|old| old.version), *expected_version),
                Change::PutSession {
                    record,
                    expected_version,
                } => (self.sessions.get(&record.id).map(|old| old.version), *expected_version),
                _ => (None, None),
            };
            if stored != expected {
                return Err(FailReason::Conflict);
            }
        }
        for change in batch.changes.clone() {
            match change {
                Change::PutTicket {
                    record,
                    expected_version,
                } => {
                    assert_eq!(record.version, expected_version.unwrap_or(0) + 1);
                    self.tickets.insert(record.id, *record);
                }
                Change::PutSession {
                    record,
                    expected_version,
                } => {
                    assert_eq!(record.version, expected_version.unwrap_or(0) + 1);
                    if expected_version.is_none() {
                        self.order.push(record.id);
                    }
                    self.sessions.insert(record.id, *record);
                }
                Change::AddNote { ticket, note } => self.notes.push((ticket, note)),
                Change::PutToken {
                    hash,
                    person,
                    device,
                    expires_at,
                } => {
                    self.tokens.insert(hash, (person, device, expires_at));
                }
                Change::DeleteToken { hash } => {
                    self.tokens.remove(&hash);
                }
                Change::PutCardRequest { request } => self.card_requests.push(*request),
                Change::PutArticle { text, .. } => self.articles.push(*text),
                Change::Erase(erasure) => self.erase(&erasure),
                Change::SettleOrder { .. } => {}
                Change::PutReply { .. } | Change::DeleteReply { .. } => unreachable!("only the console keeps replies"),
            }
        }
        self.events.extend(batch.events.iter().cloned());
        self.check_rules();
        Ok(())
    }

    fn erase(&mut self, erasure: &Erasure) {
        for ticket in &erasure.tickets {
            let record = self.tickets.get_mut(ticket).expect("erased is what there is");
            let _ = erasure.of.blank_ticket(record);
            for session in self.sessions.values_mut().filter(|session| session.ticket == *ticket) {
                let _ = erasure.of.blank_session(session);
            }
            for (_, note) in self.notes.iter_mut().filter(|(of, _)| of == ticket) {
                let _ = erasure.of.blank_note(note);
            }
        }
    }

    fn check_rules(&self) {
        let open: Vec<&SessionRecord> = self.sessions.values().filter(|session| session.is_open()).collect();
        for (index, one) in open.iter().enumerate() {
            assert!(
                self.tickets[&one.ticket].is_open(),
                "an open session needs an open ticket"
            );
            for other in &open[index + 1..] {
                assert_ne!(one.ticket, other.ticket, "two sessions open on one ticket");
                assert_ne!(
                    one.technician.id, other.technician.id,
                    "two sessions open of one technician"
                );
            }
        }
        let open: Vec<&TicketRecord> = self.tickets.values().filter(|ticket| ticket.is_open()).collect();
        for (index, one) in open.iter().enumerate() {
            assert!(
                open[index + 1..].iter().all(|other| other.device != one.device),
                "two tickets of one device"
            );
        }
        for ticket in self.tickets.values() {
            assert_eq!(ticket.is_open(), ticket.closed_at.is_none());
        }
    }

    /// What a relay that starts now would load.
    pub fn snapshot(&self, accounts: &[Account]) -> Snapshot {
        let tickets = self.tickets.values().map(|record| StoredTicket {
            record: record.clone(),
            notes: self
                .notes
                .iter()
                .filter(|(id, _)| *id == record.id)
                .map(|(_, note)| note.clone())
                .collect(),
            sessions: self
                .order
                .iter()
                .map(|id| self.sessions[id].clone())
                .filter(|session| session.ticket == record.id)
                .collect(),
        });
        Snapshot {
            tickets: tickets.collect(),
            next_ticket: self.tickets.keys().last().map_or(1001, |id| id.0 + 1),
            accounts: accounts.to_vec(),
            cards: self.cards.clone(),
            revocations: self.revocations.clone(),
        }
    }

    /// Why tickets went back.
    pub fn returned(&self) -> Vec<Returned> {
        let why = |entry: &Entry| match entry.event {
            Event::TicketReturned { why, .. } => Some(why),
            _ => None,
        };
        self.events.iter().filter_map(why).collect()
    }

    pub fn codes(&self) -> Vec<&'static str> {
        self.events.iter().map(|entry| entry.event.code()).collect()
    }
}
