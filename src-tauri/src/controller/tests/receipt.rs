//! The user's receipt: checked against what this program knows, and saved.

use renfort_engine::peer::SharerEvent;
use renfort_protocol::{
    card::Card,
    ids::CardSerial,
    report::ReportedEvent,
    signalling::EndReason,
    ticket::{Counts, Receipt},
};

use super::*;
use crate::view::ReceiptView;

/// A proof as a relay gives it, of the scenarios' session, device, technician and organisation.
const PROOF: &str = include_str!("../../../../relay/audit/vectors/receipt-proof.json");

/// The ticket as it is when its session is over.
fn closed(session: SessionId) -> UserTicket {
    let receipt = Receipt {
        session,
        technician: technician(),
        started_at: START,
        ended_at: Some(START),
        viewed_ms: 1,
        controlled_ms: 0,
        counts: Counts::default(),
        outcome: None,
    };
    UserTicket {
        receipt: Some(receipt),
        ..ticket(TicketState::Solved)
    }
}

#[test]
fn a_ticket_that_was_withdrawn_after_a_session_has_its_receipt_until_it_is_put_away() {
    let mut stage = Stage::user();
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Cancelled),
    });
    assert!(matches!(stage.user_page(), UserPage::Home { .. }), "nobody was let in");
    let ticket = UserTicket {
        state: TicketState::Cancelled,
        ..closed(SESSION)
    };
    stage.relay(FromRelay::Ticket { ticket });
    assert!(matches!(
        stage.user_page(),
        UserPage::Finished {
            receipt: ReceiptView::Ready,
            ..
        }
    ));
    stage.act(Action::SaveReceipt { utc_offset: 0 });
    assert!(matches!(stage.sent()[..], [ToRelay::ShowReceipt { session: SESSION }]));
    stage.act(Action::Leave);
    assert!(matches!(stage.user_page(), UserPage::Home { .. }));
}

/// A user whose session was over before this program began.
fn finished() -> Stage {
    let mut stage = Stage::new(false);
    stage.welcome_user(Some(closed(SESSION)), None);
    stage
}

fn reports(keys: u64) -> [ReportedEvent; 4] {
    let counted = |keys, clicks| ReportedEvent::Counted {
        counts: Counts {
            keys,
            clicks,
            ..Counts::default()
        },
    };
    let capability = Capability::Control;
    let connected = ReportedEvent::Connected {
        capture: "x11".into(),
        codec: "h264".into(),
    };
    [
        connected,
        ReportedEvent::Allowed { capability },
        counted(keys, 7),
        counted(3, 0),
    ]
}

/// A user whose session was in this run of the program, which reported this of it.
fn had(reports: impl IntoIterator<Item = ReportedEvent>) -> Stage {
    let mut stage = Stage::in_session();
    let mut number = 0;
    for event in reports {
        let at = UnixMillis(5);
        stage.handle(Event::Sharer(SESSION, SharerEvent::Report { at, event }));
        number += 1;
    }
    let reason = EndReason::EndedByTechnician;
    let session = SESSION;
    stage.relay(FromRelay::SessionEnded { session, reason });
    stage.relay(FromRelay::Recorded { session, number });
    let ticket = closed(SESSION);
    stage.relay(FromRelay::Ticket { ticket });
    stage
}

fn receipt(stage: &Stage) -> ReceiptView {
    match stage.user_page() {
        UserPage::Finished { receipt, .. } => receipt,
        other => panic!("it is not over: {other:?}"),
    }
}

fn given(stage: &mut Stage, proof: &str) {
    stage.act(Action::SaveReceipt { utc_offset: 60 });
    let re = stage.only_request();
    assert_eq!(receipt(stage), ReceiptView::Busy);
    let proof = proof.to_owned();
    stage.relay(FromRelay::Receipt { re, proof });
    let asked = std::mem::take(&mut stage.effects);
    stage.relay(FromRelay::Done { re });
    stage.effects.extend(asked);
}

#[test]
fn a_receipt_that_holds_is_saved_where_the_person_wants_it_and_can_be_saved_again() {
    let mut stage = finished();
    assert_eq!(receipt(&stage), ReceiptView::Ready);
    given(&mut stage, PROOF);
    let saved = stage.effects.iter().find_map(|effect| match effect {
        Effect::SaveReceipt { name, page } => Some((name.clone(), page.clone())),
        _ => None,
    });
    let (name, page) = saved.unwrap();
    assert_eq!(name, "remote-help-receipt-T-1042.html");
    let against = renfort_audit::receipt::Against::default();
    assert!(renfort_audit::receipt::verify_page(&page, &against).is_ok());
    assert_eq!(receipt(&stage), ReceiptView::Busy);
    let file = "here.html".to_owned();
    stage.handle(Event::ReceiptSaved(Ok(Some(file.clone()))));
    assert_eq!(receipt(&stage), ReceiptView::Saved { file });
    stage.act(Action::SaveReceipt { utc_offset: 60 });
    assert_eq!(stage.sent(), [&ToRelay::ShowReceipt { session: SESSION }]);
}

/// What is wrong with the receipt; nothing is saved then.
fn fault(stage: &Stage) -> String {
    assert!(!stage.did(|effect| matches!(effect, Effect::SaveReceipt { .. })));
    let notice = stage.view().notice.expect("the person is told");
    assert_eq!(notice.error.code, Code::BadReceipt);
    assert_eq!(receipt(stage), ReceiptView::Ready);
    notice.error.params["fault"].clone()
}

#[test]
fn a_receipt_that_does_not_hold_is_not_saved_and_the_person_is_told() {
    // In each the receipt is the one of the vectors; who the program is, or what was passed on, is another.
    let of_another = Profile {
        organisation: Some(organisation(6, 10)),
        ..profile()
    };
    let on_another_device = Profile {
        device: Ed25519KeyPair::from_seed_unchecked(&[6; 32]).unwrap().into(),
        ..profile()
    };
    let altered = PROOF.replacen("\"level\":1", "\"level\":3", 1);
    assert_ne!(altered, PROOF);
    for (profile, proof, expected) in [
        (profile(), altered.as_str(), "altered"),
        (profile(), "rubbish", "malformed"),
        (of_another, PROOF, "other_organisation"),
        (on_another_device, PROOF, "other_device"),
    ] {
        let mut stage = Stage::with(profile);
        stage.welcome_user(Some(closed(SESSION)), None);
        given(&mut stage, proof);
        assert_eq!(fault(&stage), expected);
    }
}

#[test]
fn a_receipt_is_saved_when_it_tells_what_this_run_reported_and_not_when_it_tells_another_story() {
    let mut stage = had(reports(120));
    given(&mut stage, PROOF);
    assert!(stage.did(|effect| matches!(effect, Effect::SaveReceipt { .. })));

    // It reported 500 keys, and the log says 120.
    let mut stage = had(reports(500));
    given(&mut stage, PROOF);
    assert_eq!(fault(&stage), "not_as_told");
    let mut stage = had(reports(120).into_iter().chain([ReportedEvent::PeerLost]));
    given(&mut stage, PROOF);
    assert_eq!(fault(&stage), "report_missing");
    let mut stage = had(reports(120).into_iter().take(3));
    given(&mut stage, PROOF);
    assert_eq!(fault(&stage), "not_as_told");
}

#[test]
fn a_receipt_of_another_technician_than_the_one_of_this_run_is_not_saved() {
    let mut stage = Stage::user();
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Taken),
    });
    // The same device with another card.
    let device = Ed25519KeyPair::from_seed_unchecked(&[22; 32]).unwrap();
    let card = Card {
        serial: CardSerial([8; 8]),
        ..card_of(&device)
    };
    let ask = ask_with(signed(card), &device);
    let info = Box::new(SessionInfo { ask, ..session(None) });
    stage.relay(FromRelay::Asked { session: info });
    stage.reveal(REVEALED);
    stage.allow();
    let ticket = closed(SESSION);
    stage.relay(FromRelay::Ticket { ticket });
    let (session, reason) = (SESSION, EndReason::EndedByTechnician);
    stage.relay(FromRelay::SessionEnded { session, reason });
    given(&mut stage, PROOF);
    assert_eq!(fault(&stage), "other_technician");
}

#[test]
fn a_session_that_this_run_did_not_have_does_not_pass_in_the_place_of_the_one_it_had() {
    let mut stage = finished();
    let other = SessionInfo {
        id: SessionId([8; 16]),
        ..session(None)
    };
    stage.controller.witness.begun(&other, &grant());
    given(&mut stage, PROOF);
    assert_eq!(fault(&stage), "not_as_told");
}

#[test]
fn a_receipt_waits_until_everything_that_was_reported_is_recorded() {
    let mut stage = Stage::in_session();
    let (at, event) = (START, ReportedEvent::PeerLost);
    stage.handle(Event::Sharer(SESSION, SharerEvent::Report { at, event }));
    let (session, reason) = (SESSION, EndReason::EndedByTechnician);
    stage.relay(FromRelay::SessionEnded { session, reason });
    let ticket = closed(SESSION);
    stage.relay(FromRelay::Ticket { ticket });
    stage.act(Action::SaveReceipt { utc_offset: 0 });
    assert_eq!(stage.sent(), [] as [&ToRelay; 0]);
    assert_eq!(stage.notice(), Some(Code::NotRecorded));
}

#[test]
fn a_receipt_that_the_person_did_not_ask_for_opens_no_dialog() {
    let come = |stage: &mut Stage, re| {
        let proof = PROOF.to_owned();
        stage.relay(FromRelay::Receipt { re, proof });
        stage.did(|effect| matches!(effect, Effect::SaveReceipt { .. }))
    };
    let mut stage = finished();
    assert!(!come(&mut stage, 9));
    stage.act(Action::SaveReceipt { utc_offset: 0 });
    let re = stage.only_request();
    assert!(!come(&mut stage, re + 1));
    assert!(come(&mut stage, re));
    // One answer a question: not while the dialog is open, and not after it.
    assert!(!come(&mut stage, re));
    stage.handle(Event::ReceiptSaved(Ok(None)));
    assert!(!come(&mut stage, re));
    assert_eq!(stage.notice(), None);
    let mut stage = finished();
    stage.act(Action::SaveReceipt { utc_offset: 0 });
    let re = stage.only_request();
    let proof = "rubbish".to_owned();
    stage.relay(FromRelay::Receipt { re, proof });
    assert!(!come(&mut stage, re), "not even when it did not hold");
}

#[test]
fn a_receipt_that_cannot_be_had_or_written_leaves_the_button_where_it_is() {
    let mut stage = finished();
    stage.act(Action::SaveReceipt { utc_offset: 0 });
    let re = stage.only_request();
    stage.relay(refused(re, Code::Busy));
    assert_eq!(
        (stage.notice(), receipt(&stage)),
        (Some(Code::Busy), ReceiptView::Ready)
    );
    stage.act(Action::SaveReceipt { utc_offset: 0 });
    stage.offline();
    assert_eq!(stage.notice(), Some(Code::RelayUnreachable));
    assert_eq!(receipt(&stage), ReceiptView::Ready);
    stage.act(Action::SaveReceipt { utc_offset: 0 });
    assert_eq!(stage.sent(), [] as [&ToRelay; 0]);

    let mut stage = finished();
    given(&mut stage, PROOF);
    stage.handle(Event::ReceiptSaved(Err(Code::NotSaved.into())));
    assert_eq!(
        (stage.notice(), receipt(&stage)),
        (Some(Code::NotSaved), ReceiptView::Ready)
    );
    given(&mut stage, PROOF);
    stage.handle(Event::ReceiptSaved(Ok(None)));
    assert_eq!(receipt(&stage), ReceiptView::Ready, "the person changed their mind");
}
