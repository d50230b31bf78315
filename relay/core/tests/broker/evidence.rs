//! Heads and receipts: who may have one, and what is recorded of what they say to it.

use renfort_core::{Answer, Conn, Question, evidence::RECEIPT_MS};
use renfort_protocol::{
    error::Code,
    head::{Endpoint, SessionHead},
    ids::{RecordHash, SessionId, Signature, TicketId},
    limits::RATE_WINDOW_MS,
    signalling::{EndReason, FromRelay, ToRelay},
};

use crate::harness::{World, device_pair};

struct Ended {
    world: World,
    user: Conn,
    ada: Conn,
    ticket: TicketId,
    session: SessionId,
}

fn ended() -> Ended {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    let reason = EndReason::StoppedByUser;
    world.must(user, ToRelay::EndSession { session, reason });
    Ended {
        world,
        user,
        ada,
        ticket,
        session,
    }
}

impl Ended {
    fn head(&self, role: Endpoint) -> SessionHead {
        SessionHead {
            last: RecordHash([7; 32]),
            records: 3,
            reports: 2,
            role,
            session: self.session,
            ticket: self.ticket,
        }
    }

    /// Asks for the head and is told it.
    fn told(&mut self, conn: Conn, role: Endpoint) -> SessionHead {
        let session = self.session;
        let re = self.world.say(conn, ToRelay::ShowHead { session });
        let head = self.head(role);
        assert!(
            matches!(self.world.questions[0].2, Question::Head { role: of, session: id, .. } if of == role && id == session)
        );
        self.world.consulted(Some(Answer::Head(head)));
        assert!(self.world.said(conn).contains(&FromRelay::Head { re, head }));
        assert_eq!(self.world.outcome(conn, re), Some(Ok(())));
        head
    }

    fn count(&self, code: &str) -> usize {
        self.world.store.codes().iter().filter(|one| **one == code).count()
    }
}

fn signed(head: SessionHead, seed: u8) -> ToRelay {
    let signature = device_pair(seed).sign(&head.signed_bytes());
    let signature = Signature(signature.as_ref().try_into().unwrap());
    ToRelay::SignHead { head, signature }
}

#[test]
fn both_ends_sign_the_head_and_each_signature_is_recorded_once() {
    let mut ended = ended();
    for (conn, role, seed) in [(ended.user, Endpoint::Sharer, 1), (ended.ada, Endpoint::Viewer, 100)] {
        let head = ended.told(conn, role);
        ended.world.must(conn, signed(head, seed));
        ended.world.must(conn, signed(head, seed));
    }
    assert_eq!(ended.count("session.signed"), 2);
    let record = &ended.world.store.sessions[&ended.session];
    assert!(record.head_answered_by_user && record.head_answered_by_technician);
}

#[test]
fn a_head_that_was_not_told_or_a_signature_that_does_not_fit_is_not_recorded() {
    let mut ended = ended();
    let user = ended.user;
    let head = ended.head(Endpoint::Sharer);
    assert_eq!(ended.world.ask(user, signed(head, 1)), Some(Err(Code::OutOfOrder)));
    let head = ended.told(user, Endpoint::Sharer);
    let other = SessionHead { reports: 1, ..head };
    assert_eq!(ended.world.ask(user, signed(other, 1)), Some(Err(Code::OutOfOrder)));
    assert_eq!(ended.world.ask(user, signed(head, 2)), Some(Err(Code::BadSignature)));
    assert_eq!(ended.count("session.signed"), 0);
    assert_eq!(ended.count("message.refused"), 1, "a forged signature is");
    ended.world.must(user, signed(head, 1));
}

#[test]
fn an_endpoint_that_disagrees_says_so_once_and_signs_no_more() {
    let mut ended = ended();
    let (user, session) = (ended.user, ended.session);
    let dispute = |reports| ToRelay::DisputeHead { session, reports };
    assert_eq!(
        ended.world.ask(user, dispute(9)),
        Some(Err(Code::OutOfOrder)),
        "of what?"
    );
    let head = ended.told(user, Endpoint::Sharer);
    ended.world.must(user, dispute(9));
    ended.world.must(user, dispute(8));
    ended.world.must(user, signed(head, 1));
    assert_eq!(
        (ended.count("session.head_disputed"), ended.count("session.signed")),
        (1, 0)
    );
    assert!(ended.world.store.events.last().unwrap().event.denied());
}

#[test]
fn a_session_that_goes_on_has_neither_head_nor_receipt() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    for body in [ToRelay::ShowHead { session }, ToRelay::ShowReceipt { session }] {
        assert_eq!(world.ask(user, body), Some(Err(Code::OutOfOrder)));
    }
    assert!(world.questions.is_empty());
}

#[test]
fn a_receipt_is_its_users_alone_and_another_who_asks_is_recorded() {
    let mut ended = ended();
    let session = ended.session;
    let re = ended.world.say(ended.user, ToRelay::ShowReceipt { session });
    ended.world.consulted(Some(Answer::Receipt(Some("proof".into()))));
    let proof = "proof".to_owned();
    assert!(ended.world.said(ended.user).contains(&FromRelay::Receipt { re, proof }));
    let other = ended.world.user(2);
    let asked = ended.world.ask(other, ToRelay::ShowReceipt { session });
    assert_eq!(asked, Some(Err(Code::UnknownSession)));
    let asked = ended.world.ask(ended.ada, ToRelay::ShowReceipt { session });
    assert_eq!(asked, Some(Err(Code::NotAllowed)));
    assert_eq!(ended.count("message.refused"), 2);
    let bob = ended.world.technician("Bob");
    assert_eq!(
        ended.world.ask(bob, ToRelay::ShowHead { session }),
        Some(Err(Code::UnknownSession))
    );
    assert!(ended.world.questions.is_empty());
}

#[test]
fn a_receipt_that_is_too_large_or_cannot_be_read_or_is_too_old_is_refused() {
    let mut ended = ended();
    let (user, session) = (ended.user, ended.session);
    for (answer, code) in [(Some(Answer::Receipt(None)), Code::TooLarge), (None, Code::Busy)] {
        let re = ended.world.say(user, ToRelay::ShowReceipt { session });
        ended.world.consulted(answer);
        assert_eq!(ended.world.outcome(user, re), Some(Err(code)));
    }
    ended.world.wait(RECEIPT_MS + 1);
    let asked = ended.world.ask(user, ToRelay::ShowReceipt { session });
    assert_eq!(asked, Some(Err(Code::UnknownSession)));
}

#[test]
fn not_too_many_are_asked_for_and_the_connection_goes_on() {
    let mut ended = ended();
    let (user, session) = (ended.user, ended.session);
    let ask = || ToRelay::ShowReceipt { session };
    ended.world.say(user, ask());
    ended.world.say(user, ask());
    assert_eq!(ended.world.ask(user, ask()), Some(Err(Code::TooFast)), "two wait");
    ended.world.consulted(None);
    ended.world.consulted(None);
    for _ in 3..renfort_core::evidence::EVIDENCE_PER_WINDOW {
        ended.world.say(user, ask());
        ended.world.consulted(None);
    }
    assert_eq!(
        ended.world.ask(user, ask()),
        Some(Err(Code::TooFast)),
        "too many in a while"
    );
    ended.world.wait(RATE_WINDOW_MS);
    ended.world.say(user, ask());
    assert_eq!(ended.world.questions.len(), 1);
}
