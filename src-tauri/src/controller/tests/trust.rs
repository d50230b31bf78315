//! Cards, questions and answers that are not what they should be: refused, told and recorded.

use renfort_engine::peer::SharerCommand;
use renfort_protocol::{
    binding::{SignedAsk, Tampered},
    card::{CardFault, Revocations, Revoked, SignedCard},
    ids::{CardSerial, DeviceKey, PersonId, Signature},
    report::ReportedEvent,
    signalling::EndReason,
    signing,
};

use super::*;
use crate::view::CardView;

fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

/// A user whose ticket was taken.
fn user_with_ticket() -> Stage {
    let mut stage = Stage::user();
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Taken),
    });
    stage
}

fn reported(stage: &Stage, what: Tampered) -> bool {
    let event = ReportedEvent::Tampered { what };
    stage
        .sent()
        .iter()
        .any(|body| matches!(body, ToRelay::Report { event: reported, .. } if *reported == event))
}

fn ended_untrusted(stage: &Stage) -> bool {
    stage.sent().contains(&&ToRelay::EndSession {
        session: SESSION,
        reason: EndReason::Untrusted,
    })
}

fn ended_revoked(stage: &Stage) -> bool {
    stage.sent().contains(&&ToRelay::EndSession {
        session: SESSION,
        reason: EndReason::CardRevoked,
    })
}

fn told(stage: &Stage) -> std::collections::BTreeMap<String, String> {
    let notice = stage.view().notice.expect("the person is told");
    assert_eq!(notice.error.code, Code::Untrusted);
    notice.error.params
}

/// The person is not asked, the machine does not answer, both hear why, and it is in the log.
fn does_not_ring(info: SessionInfo, what: Tampered, fault: Option<&str>) {
    let mut stage = user_with_ticket();
    stage.relay(FromRelay::Asked {
        session: Box::new(info),
    });
    assert!(reported(&stage, what) && ended_untrusted(&stage), "{:?}", stage.sent());
    assert!(!stage.sent().iter().any(|body| matches!(body, ToRelay::Ready { .. })));
    assert!(!stage.did(|effect| matches!(effect, Effect::Notify(_))));
    let params = told(&stage);
    assert_eq!(params["what"], what.name());
    assert_eq!(params.get("fault").map(String::as_str), fault);
    stage.reveal(REVEALED);
    assert!(!matches!(stage.user_page(), UserPage::Consent { .. }));
}

fn asked_with(ask: SignedAsk) -> SessionInfo {
    SessionInfo { ask, ..session(None) }
}

fn asked_with_card(card: SignedCard) -> SessionInfo {
    asked_with(ask_with(card, &key(22)))
}

#[test]
fn a_technician_with_an_expired_card_does_not_ring() {
    let mut card = card_of(&key(22));
    card.expires_at = START;
    does_not_ring(asked_with_card(signed(card)), Tampered::Card, Some("expired"));
}

#[test]
fn a_technician_with_a_card_of_another_organisation_does_not_ring() {
    let card = card_of(&key(22)).sign(&key(8));
    does_not_ring(asked_with_card(card), Tampered::Card, Some("foreign"));
}

#[test]
fn a_relay_that_changes_the_name_on_a_card_does_not_ring() {
    let mut card = signed(card_of(&key(22)));
    card.card.name = name("The Director");
    does_not_ring(asked_with_card(card), Tampered::Card, Some("foreign"));
}

#[test]
fn a_relay_that_plays_a_technician_with_a_copied_card_does_not_ring() {
    let stolen = ask_with(signed(card_of(&key(22))), &key(99));
    does_not_ring(asked_with(stolen), Tampered::Ask, None);
}

#[test]
fn a_question_for_another_ticket_or_session_does_not_ring() {
    let mut of_ticket = session(None);
    of_ticket.ticket = TicketId(1);
    does_not_ring(of_ticket, Tampered::Ask, None);
    let mut ask = ask();
    ask.ask.ticket = TicketId(1);
    does_not_ring(asked_with(ask), Tampered::Ask, None);
}

#[test]
fn a_question_of_another_version_does_not_ring() {
    let mut ask = ask().ask;
    ask.version = 0;
    // Signed so: it is the version that is wrong.
    does_not_ring(asked_with(ask.sign(&key(22))), Tampered::Ask, None);
}

#[test]
fn a_question_that_was_put_before_does_not_ring_again() {
    let mut stage = user_with_ticket();
    stage.asked();
    stage.act(Action::AnswerConsent {
        allow: false,
        capabilities: Capabilities::new(),
        time_box_ms: GRANT_MS,
    });
    stage.relay(FromRelay::SessionEnded {
        session: SESSION,
        reason: EndReason::Refused,
    });
    stage.relay(FromRelay::Asked {
        session: Box::new(session(None)),
    });
    assert!(reported(&stage, Tampered::Replayed) && ended_untrusted(&stage));
}

fn revoking(serial: CardSerial, number: u64) -> FromRelay {
    revoking_of(serial, number, None)
}

pub(super) fn revoking_of(serial: CardSerial, number: u64, device: Option<DeviceKey>) -> FromRelay {
    let list = Revocations {
        version: renfort_protocol::card::VERSION,
        number,
        issued_at: START,
        revoked: vec![Revoked {
            serial,
            until: START.plus(1_000_000_000),
            device,
        }],
    };
    FromRelay::Revocations {
        revocations: Box::new(list.sign(&key(7))),
    }
}

#[test]
fn a_revoked_card_does_not_ring_and_the_list_is_kept() {
    let mut stage = user_with_ticket();
    stage.relay(revoking(CardSerial([9; 8]), 2));
    assert!(stage.did(|effect| matches!(effect, Effect::SaveRevocations(_))));
    // A relay that hands out an older list takes nothing back.
    stage.relay(revoking(CardSerial([1; 8]), 1));
    assert!(!stage.did(|effect| matches!(effect, Effect::SaveRevocations(_))));
    stage.relay(FromRelay::Asked {
        session: Box::new(session(None)),
    });
    assert!(ended_revoked(&stage) && !reported(&stage, Tampered::Card));
    assert!(!stage.sent().iter().any(|body| matches!(body, ToRelay::Ready { .. })));
    assert_eq!(told(&stage)["fault"], "revoked");
}

#[test]
fn a_card_that_is_revoked_in_the_middle_ends_the_session_here_as_that_and_nothing_else() {
    let mut stage = Stage::in_session();
    stage.relay(revoking(CardSerial([9; 8]), 1));
    assert!(stage.did(|effect| matches!(
        effect,
        Effect::ToSharer(SESSION, SharerCommand::End(EndReason::CardRevoked))
    )));
    assert!(ended_revoked(&stage) && !reported(&stage, Tampered::Card));
    assert!(!matches!(stage.user_page(), UserPage::Session { .. }));
    assert_eq!(stage.notice(), Some(Code::CardRevoked));

    // The relay may be first.
    let mut stage = Stage::in_session();
    stage.relay(FromRelay::SessionEnded {
        session: SESSION,
        reason: EndReason::CardRevoked,
    });
    assert!(stage.did(|effect| matches!(effect, Effect::ToSharer(..))));
    assert_eq!(stage.notice(), Some(Code::CardRevoked));
}

#[test]
fn a_card_that_is_revoked_before_the_answer_ends_the_question_and_nothing_was_seen() {
    let mut stage = user_with_ticket();
    stage.asked();
    stage.relay(revoking(CardSerial([9; 8]), 1));
    assert!(ended_revoked(&stage) && !reported(&stage, Tampered::Card));
    assert!(!matches!(stage.user_page(), UserPage::Consent { .. }));
    assert_eq!(told(&stage)["fault"], "revoked");
}

#[test]
fn what_the_person_sees_is_what_the_card_says() {
    let mut stage = user_with_ticket();
    let mut info = session(None);
    info.technician.name = name("The Director");
    info.asked.insert(Capability::Clipboard);
    stage.relay(FromRelay::Asked {
        session: Box::new(info),
    });
    stage.reveal(REVEALED);
    let UserPage::Consent { session, words, .. } = stage.user_page() else {
        panic!("the person is asked");
    };
    assert_eq!(session.technician, technician());
    assert_eq!(session.asked, ask().ask.capabilities);
    assert!(words.is_some());
}

#[test]
fn a_nonce_that_was_exchanged_to_grind_the_words_is_refused() {
    let mut stage = user_with_ticket();
    stage.relay(FromRelay::Asked {
        session: Box::new(session(None)),
    });
    stage.reveal(Nonce([0x56; 32]));
    assert!(reported(&stage, Tampered::Reveal) && ended_untrusted(&stage));
}

#[test]
fn a_relay_that_changes_the_grant_is_refused_by_the_users_machine() {
    let wider: fn(&mut Grant) = |grant| {
        grant.capabilities.insert(Capability::Control);
    };
    let longer: fn(&mut Grant) = |grant| grant.expires_at = grant.expires_at.plus(1);
    let given_to_another: fn(&mut Grant) = |grant| grant.technician = PersonId(4);
    let of_another_ticket: fn(&mut Grant) = |grant| grant.ticket = TicketId(1);
    for change in [wider, longer, given_to_another, of_another_ticket] {
        let mut stage = user_with_ticket();
        stage.asked();
        stage.act(Action::AnswerConsent {
            allow: true,
            capabilities: Capabilities::new(),
            time_box_ms: GRANT_MS,
        });
        let mut changed = stage.grant_answered();
        change(&mut changed);
        stage.relay(granted_here(changed));
        assert!(!stage.did(|effect| matches!(effect, Effect::StartSharer { .. })));
        assert!(reported(&stage, Tampered::Allowance) && ended_untrusted(&stage));
    }
}

/// A technician who has taken the ticket; gives the question.
pub(super) fn technician_who_asked() -> (Stage, SignedAsk) {
    let mut stage = Stage::technician();
    stage.act(Action::TakeTicket { ticket: TICKET });
    let ask = match stage.sent()[..] {
        [ToRelay::TakeTicket { ask }] => (**ask).clone(),
        ref other => panic!("no question was sent: {other:?}"),
    };
    stage.relay(FromRelay::QueueChanged {
        entry: entry(TicketState::Taken, true),
    });
    let info = SessionInfo {
        id: ask.ask.session,
        ..asked_with(ask.clone())
    };
    stage.relay(FromRelay::Asked {
        session: Box::new(info),
    });
    (stage, ask)
}

#[test]
fn both_screens_show_the_same_two_words() {
    let (mut desk, ask) = technician_who_asked();
    let mut user = user_with_ticket();
    let info = SessionInfo {
        id: ask.ask.session,
        ..asked_with(ask)
    };
    user.relay(FromRelay::Asked {
        session: Box::new(info),
    });
    let [ToRelay::Ready { ready }] = user.sent()[..] else {
        panic!("the user's machine listens: {:?}", user.sent());
    };
    desk.relay(FromRelay::Ready {
        ready: Box::new(ready.clone()),
    });
    let [ToRelay::Reveal { reveal }] = desk.sent()[..] else {
        panic!("the nonce is revealed: {:?}", desk.sent());
    };
    user.relay(FromRelay::Reveal { reveal: *reveal });
    desk.relay(super::detail(entry(TicketState::Taken, true)));
    let TechnicianSession::Asking { words: theirs, .. } = desk.technician_session() else {
        panic!("the user is asked");
    };
    let UserPage::Consent { words, .. } = user.user_page() else {
        panic!("the user is asked");
    };
    assert!(words.is_some());
    assert_eq!(words, theirs);
}

#[test]
fn a_second_machine_that_comes_after_the_nonce_is_refused() {
    let (mut stage, ask) = technician_who_asked();
    for (nonce, seed) in [(1, 23), (2, 24)] {
        let ready = ready_by(&ask.ask, &key(seed), Nonce([nonce; 32]));
        stage.relay(FromRelay::Ready { ready: Box::new(ready) });
    }
    assert!(reported(&stage, Tampered::Ready));
    assert_eq!(told(&stage)["what"], "ready");
}

#[test]
fn a_question_that_a_relay_tells_twice_is_not_entered_again_with_another_machine() {
    let (mut stage, ask) = technician_who_asked();
    let honest = ready_by(&ask.ask, &key(23), Nonce([1; 32]));
    stage.relay(FromRelay::Ready {
        ready: Box::new(honest),
    });
    let reveal = match stage.sent()[..] {
        [ToRelay::Reveal { reveal }] => *reveal,
        ref other => panic!("the nonce is revealed: {other:?}"),
    };
    stage.relay(FromRelay::SessionEnded {
        session: ask.ask.session,
        reason: EndReason::Lost,
    });
    // Now that the nonce is known, a machine whose words agree could be looked for.
    let ground = ready_by(&ask.ask, &key(24), Nonce([2; 32]));
    let info = SessionInfo {
        id: ask.ask.session,
        ready: Some(ground),
        reveal: Some(reveal),
        ..asked_with(ask)
    };
    stage.relay(FromRelay::Asked {
        session: Box::new(info),
    });
    assert!(reported(&stage, Tampered::Replayed));
}

#[test]
fn after_a_restart_a_relay_cannot_tell_of_another_machine_than_the_nonce_was_revealed_to() {
    let honest = viewed(None);
    let ground = ready_by(&honest.ask.ask, &key(24), Nonce([2; 32]));
    let info = SessionInfo {
        ready: Some(ground),
        ..honest
    };
    let mut stage = Stage::new(true);
    stage.welcome_technician(vec![entry(TicketState::Taken, true)], Some(info));
    assert!(reported(&stage, Tampered::Reveal));
}

#[test]
fn a_question_of_another_day_does_not_ring() {
    let mut ask = ask().ask;
    ask.asked_at = UnixMillis(START.0 + renfort_protocol::card::CLOCK_TOLERANCE_MS + 1);
    let info = asked_with(ask.sign(&key(22)));
    does_not_ring(info, Tampered::Replayed, None);
}

#[test]
fn a_users_yes_that_a_relay_made_up_or_changed_starts_nothing() {
    let (mut stage, ask) = technician_who_asked();
    let ready = ready_by(&ask.ask, &key(23), Nonce([1; 32]));
    stage.relay(FromRelay::Ready { ready: Box::new(ready) });
    let grant = Grant {
        session: ask.ask.session,
        ..grant()
    };
    stage.relay(FromRelay::Granted {
        grant,
        allowance: Signature([1; 64]),
    });
    assert!(!stage.did(|effect| matches!(effect, Effect::StartViewer { .. })));
    assert!(reported(&stage, Tampered::Allowance));
}

#[test]
fn a_question_that_this_device_did_not_put_is_not_its_own() {
    let mut stage = Stage::technician();
    stage.relay(FromRelay::QueueChanged {
        entry: entry(TicketState::Taken, true),
    });
    stage.relay(FromRelay::Asked {
        session: Box::new(session(None)),
    });
    assert!(reported(&stage, Tampered::Ask));
}

#[test]
fn without_a_good_card_nobody_is_asked_and_one_is_requested() {
    let mut stage = Stage::cardless();
    let [ToRelay::RequestCard { request }] = stage.sent()[..] else {
        panic!("a card is requested: {:?}", stage.sent());
    };
    assert!(request.is_genuine() && request.request.device == device().public());
    let re = stage.only_request();
    stage.relay(FromRelay::Done { re });
    let TechnicianPage::Queue { card, .. } = stage.technician_page() else {
        panic!("the queue is shown");
    };
    let digits = signing::public(device().pair()).to_string();
    assert!(
        matches!(&card, CardView::Needed { fault: CardFault::Missing, fingerprint, requested: true }
            if digits.starts_with(&fingerprint.replace(' ', ""))),
        "{card:?}"
    );
    stage.act(Action::TakeTicket { ticket: TICKET });
    assert!(stage.sent().is_empty());
    assert_eq!(stage.notice(), Some(Code::CardNeeded));
    stage.relay(FromRelay::Card {
        card: Box::new(own_card()),
    });
    assert_eq!(stage.notice(), None);
    stage.act(Action::TakeTicket { ticket: TICKET });
    assert!(matches!(stage.sent()[..], [ToRelay::TakeTicket { .. }]));
}
