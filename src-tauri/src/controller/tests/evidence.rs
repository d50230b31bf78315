//! What is left of a session: its head, signed or disputed, and the receipt, checked and saved.

use renfort_engine::peer::{SharerEvent, ViewerEvent};
use renfort_protocol::{
    head::{Endpoint, SessionHead},
    ids::RecordHash,
    report::ReportedEvent,
    signalling::EndReason,
    ticket::{Counts, Receipt},
};

use super::*;
use crate::view::ReceiptView;

/// A proof as a relay gives it, of this session and ticket, by an organisation of this seed.
const PROOF: &str = include_str!("../../../../relay/audit/vectors/receipt-proof.json");
const PROVED: SessionId = SessionId([4; 16]);
const PROVED_TICKET: TicketId = TicketId(1001);
const PROVED_ORGANISATION: u8 = 41;

fn head(role: Endpoint, reports: u64) -> SessionHead {
    SessionHead {
        last: RecordHash([5; 32]),
        records: 9,
        reports,
        role,
        session: SESSION,
        ticket: TICKET,
    }
}

/// A user whose session is over, after two reports that the relay holds.
fn ended() -> Stage {
    let mut stage = Stage::in_session();
    for after_ms in [1, 2] {
        let event = ReportedEvent::PeerBack { after_ms };
        stage.handle(Event::Sharer(SESSION, SharerEvent::Report { at: START, event }));
    }
    let reason = EndReason::EndedByTechnician;
    stage.relay(FromRelay::SessionEnded {
        session: SESSION,
        reason,
    });
    stage.handle(Event::Sharer(SESSION, SharerEvent::Ended { reason, error: None }));
    assert!(!asked_for_head(&stage), "the reports are not recorded yet");
    stage.relay(FromRelay::Recorded {
        session: SESSION,
        number: 2,
    });
    stage
}

fn asked_for_head(stage: &Stage) -> bool {
    stage.sent().contains(&&ToRelay::ShowHead { session: SESSION })
}

/// The request in which a head is signed, by this device.
fn signed(stage: &Stage) -> Option<u32> {
    stage.effects.iter().find_map(|effect| match effect {
        Effect::Send(Request {
            id,
            body: ToRelay::SignHead { head, signature },
        }) => {
            assert_eq!(*signature, parties::device().sign_head(head));
            Some(*id)
        }
        _ => None,
    })
}

#[test]
fn a_head_that_is_what_this_end_knows_is_signed_once_everything_is_recorded() {
    let mut stage = ended();
    assert!(asked_for_head(&stage));
    let asked = stage.only_request();
    let head = head(Endpoint::Sharer, 2);
    stage.relay(FromRelay::Head { re: asked, head });
    let id = signed(&stage).unwrap();
    stage.relay(FromRelay::Done { re: asked });
    stage.relay(FromRelay::Done { re: id });
    stage.after(60_000);
    assert!(!asked_for_head(&stage), "once is enough");
}

#[test]
fn a_head_with_other_reports_or_of_the_other_end_is_disputed() {
    for wrong in [head(Endpoint::Sharer, 1), head(Endpoint::Viewer, 2)] {
        let mut stage = ended();
        let re = stage.only_request();
        stage.relay(FromRelay::Head { re, head: wrong });
        assert_eq!(signed(&stage), None);
        let (session, reports) = (SESSION, 2);
        assert_eq!(stage.sent(), [&ToRelay::DisputeHead { session, reports }]);
    }
}

#[test]
fn a_head_that_nobody_asked_for_is_not_signed() {
    let mut stage = Stage::user();
    let head = head(Endpoint::Sharer, 0);
    stage.relay(FromRelay::Head { re: 9, head });
    assert_eq!(signed(&stage), None);
    assert_eq!(stage.sent(), [] as [&ToRelay; 0]);
}

#[test]
fn whoever_was_offline_at_the_end_signs_after_the_next_welcome() {
    let mut stage = ended();
    stage.offline();
    stage.after(10_000);
    assert!(!asked_for_head(&stage));
    stage.welcome_user(Some(ticket(TicketState::Solved)), None);
    assert!(asked_for_head(&stage));
    // It does not know yet that the session is over.
    let re = stage.only_request();
    stage.relay(refused(re, Code::OutOfOrder));
    assert_eq!(stage.notice(), None);
    stage.after(4_999);
    assert!(!asked_for_head(&stage));
    stage.after(1);
    assert!(asked_for_head(&stage));
    let re = stage.only_request();
    stage.relay(refused(re, Code::UnknownSession));
    stage.after(60_000);
    assert!(!asked_for_head(&stage) && stage.notice().is_none());
}

#[test]
fn the_technicians_end_signs_too() {
    let mut stage = super::technician::open();
    let reason = EndReason::StoppedByUser;
    stage.relay(FromRelay::SessionEnded {
        session: SESSION,
        reason,
    });
    stage.handle(Event::Viewer(SESSION, ViewerEvent::Ended { reason, error: None }));
    assert!(asked_for_head(&stage));
    let re = stage.only_request();
    let head = head(Endpoint::Viewer, 0);
    stage.relay(FromRelay::Head { re, head });
    assert!(signed(&stage).is_some());
}

/// A user whose ticket of the proof is closed.
fn finished(organisation_seed: u8) -> Stage {
    let mut stage = Stage::with(Profile {
        organisation: Some(organisation(organisation_seed, 10)),
        ..profile()
    });
    let receipt = Receipt {
        session: PROVED,
        technician: technician(),
        started_at: START,
        ended_at: Some(START),
        viewed_ms: 1,
        controlled_ms: 0,
        counts: Counts::default(),
        outcome: None,
    };
    let ticket = UserTicket {
        id: PROVED_TICKET,
        receipt: Some(receipt),
        ..ticket(TicketState::Solved)
    };
    stage.welcome_user(Some(ticket), None);
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
    let mut stage = finished(PROVED_ORGANISATION);
    assert_eq!(receipt(&stage), ReceiptView::Ready);
    given(&mut stage, PROOF);
    let saved = stage.effects.iter().find_map(|effect| match effect {
        Effect::SaveReceipt { name, page } => Some((name.clone(), page.clone())),
        _ => None,
    });
    let (name, page) = saved.unwrap();
    assert_eq!(name, "remote-help-receipt-T-1001.html");
    let against = renfort_audit::receipt::Against::default();
    assert!(renfort_audit::receipt::verify_page(&page, &against).is_ok());
    assert_eq!(receipt(&stage), ReceiptView::Busy);
    let file = "here.html".to_owned();
    stage.handle(Event::ReceiptSaved(Ok(Some(file.clone()))));
    assert_eq!(receipt(&stage), ReceiptView::Saved { file });
    stage.act(Action::SaveReceipt { utc_offset: 60 });
    assert_eq!(stage.sent(), [&ToRelay::ShowReceipt { session: PROVED }]);
}

#[test]
fn a_receipt_that_does_not_hold_is_not_saved_and_the_person_is_told() {
    let altered = PROOF.replacen("\"level\":2", "\"level\":3", 1);
    assert_ne!(altered, PROOF);
    for (seed, proof) in [
        (PROVED_ORGANISATION, altered.as_str()),
        (PROVED_ORGANISATION, "rubbish"),
        (7, PROOF),
    ] {
        let mut stage = finished(seed);
        given(&mut stage, proof);
        assert!(!stage.did(|effect| matches!(effect, Effect::SaveReceipt { .. })));
        assert_eq!(stage.notice(), Some(Code::BadReceipt));
        assert_eq!(receipt(&stage), ReceiptView::Ready);
    }
}

#[test]
fn a_receipt_that_cannot_be_had_or_written_leaves_the_button_where_it_is() {
    let mut stage = finished(PROVED_ORGANISATION);
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

    let mut stage = finished(PROVED_ORGANISATION);
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
