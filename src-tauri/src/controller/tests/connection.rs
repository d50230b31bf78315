//! Organisation, sides, and the connection to the relay.

use renfort_engine::peer::{Pause, SharerCommand};
use renfort_protocol::signalling::{Identity, Signal};

use super::*;
use crate::view::Link;

fn unconfigured() -> Stage {
    Stage::with(Profile {
        organisation: None,
        ..profile()
    })
}

fn bytes(file: &OrganisationFile) -> Vec<u8> {
    serde_json::to_vec(file).unwrap()
}

#[test]
fn before_an_organisation_is_known_nothing_connects_and_importing_one_connects() {
    let mut stage = unconfigured();
    assert!(!stage.did(|effect| matches!(effect, Effect::Connect(_))));
    assert_eq!((stage.view().organisation, stage.view().link), (None, Link::Idle));
    stage.act(Action::ImportOrganisation {
        text: organisation(7, 10).to_link(),
    });
    assert!(stage.did(|effect| matches!(effect, Effect::SaveOrganisation(_))));
    assert!(stage.did(|effect| matches!(effect, Effect::Connect(target) if target.relays == ["wss://aide.example"])));
    assert_eq!(stage.view().organisation.unwrap().name, "Mairie");
}

#[test]
fn another_organisations_file_an_older_one_and_rubbish_are_refused() {
    let mut stage = Stage::user();
    for wrong in [
        bytes(&organisation(8, 20)),
        bytes(&organisation(7, 9)),
        b"rubbish".to_vec(),
    ] {
        stage.act(Action::DismissNotice);
        stage.handle(Event::Import(wrong));
        assert_eq!(stage.notice(), Some(Code::BadOrganisation));
        assert!(!stage.did(|effect| matches!(effect, Effect::SaveOrganisation(_))));
    }
    stage.handle(Event::Import(bytes(&organisation(7, 11))));
    assert!(stage.did(|effect| matches!(effect, Effect::SaveOrganisation(_))));
}

#[test]
fn what_was_said_to_an_earlier_identity_changes_nothing() {
    let mut stage = Stage::user();
    let earlier = stage.controller.link.epoch;
    stage.act(Action::BeTechnician);
    assert!(stage.did(|effect| matches!(effect, Effect::Disconnect)));
    stage.act(Action::BeUser);
    let message = LinkEvent::Message(Box::new(FromRelay::Ticket {
        ticket: ticket(TicketState::Waiting),
    }));
    stage.handle(Event::Link(earlier, message));
    assert_eq!(
        stage.user_page(),
        UserPage::Home {
            busy: false,
            help: None
        }
    );
    assert_eq!(stage.view().link, Link::Connecting);
}

#[test]
fn a_side_is_not_changed_during_a_session() {
    let mut stage = Stage::in_session();
    stage.act(Action::BeTechnician);
    assert!(matches!(stage.user_page(), UserPage::Session { .. }));
    assert_eq!(stage.notice(), Some(Code::OutOfOrder));
}

#[test]
fn a_changed_name_is_said_at_once_when_nothing_is_under_way_and_else_at_the_next_hello() {
    let mut idle = Stage::user();
    idle.act(Action::SetName {
        name: name("J. Martin"),
    });
    let said = |effect: &Effect| matches!(effect, Effect::Connect(target) if matches!(&target.identity, Identity::User { stated } if stated.name.as_str() == "J. Martin"));
    assert!(idle.did(said));
    let mut busy = Stage::in_session();
    busy.act(Action::SetName {
        name: name("J. Martin"),
    });
    assert!(!busy.did(|effect| matches!(effect, Effect::Connect(_))));
    assert!(busy.did(|effect| matches!(effect, Effect::Identify { .. })));
    assert_eq!(busy.view().stated.name.as_str(), "J. Martin");
}

#[test]
fn a_ticket_is_opened_in_the_language_that_was_chosen_although_the_relay_was_greeted_in_another() {
    let mut stage = Stage::user();
    stage.act(Action::SetLanguage { language: Language::Fr });
    assert!(
        !stage.did(|effect| matches!(effect, Effect::Connect(_))),
        "nothing that is under way is disturbed"
    );
    let ask = Action::RequestHelp {
        summary: summary(),
        impact: Impact::Person,
        urgency: Urgency::High,
    };
    stage.act(ask.clone());
    assert!(stage.did(|effect| matches!(effect, Effect::Connect(target) if target.language == Language::Fr)));
    assert!(stage.sent().is_empty(), "not over the connection that speaks English");
    assert!(matches!(stage.user_page(), UserPage::Home { busy: true, .. }));
    stage.welcome_user(None, None);
    assert!(matches!(stage.sent()[..], [ToRelay::OpenTicket { .. }]));
    let re = stage.only_request();
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Cancelled),
    });
    stage.relay(FromRelay::Done { re });
    stage.act(ask);
    assert!(
        matches!(stage.sent()[..], [ToRelay::OpenTicket { .. }]),
        "the next one needs no other hello"
    );
}

#[test]
fn signals_wait_for_the_relay_and_go_out_in_order() {
    use renfort_engine::peer::SharerEvent;
    let mut stage = Stage::in_session();
    stage.offline();
    for attempt in 1..=100 {
        let sdp = renfort_protocol::signalling::Sdp::new("v=0\r\n".into()).unwrap();
        stage.handle(Event::Sharer(
            SESSION,
            SharerEvent::Signal(Signal::Offer {
                attempt,
                sdp,
                seal: Signature([0; 64]),
            }),
        ));
    }
    assert!(stage.sent().is_empty());
    stage.welcome_user(Some(ticket(TicketState::Taken)), Some(session(Some(grant()))));
    let attempts: Vec<u32> = stage
        .sent()
        .iter()
        .map(|body| match body {
            ToRelay::Signal {
                signal: Signal::Offer { attempt, .. },
                ..
            } => *attempt,
            other => panic!("not an offer: {other:?}"),
        })
        .collect();
    assert_eq!(attempts, (37..=100).collect::<Vec<_>>());
}

#[test]
fn an_unreachable_relay_is_shown_with_the_next_attempt() {
    let mut stage = Stage::user();
    stage.offline();
    assert!(matches!(stage.view().link, Link::Offline { retry_at, .. } if retry_at == START.plus(500)));
    stage.act(Action::Reconnect);
    assert!(stage.did(|effect| matches!(effect, Effect::RetryNow)));
}

#[test]
fn a_view_is_told_only_when_it_is_another() {
    let mut stage = Stage::user();
    stage.after(250);
    assert!(!stage.did(|effect| matches!(effect, Effect::Emit(_))));
    stage.act(Action::SetLanguage { language: Language::Fr });
    assert!(stage.did(|effect| matches!(effect, Effect::Emit(view) if view.language == Language::Fr)));
    assert!(
        stage.did(|effect| matches!(effect, Effect::SaveSettings(settings) if settings.language == Some(Language::Fr)))
    );
}

#[test]
fn the_relays_clock_is_translated_to_this_machines() {
    let mut stage = Stage::new(true);
    stage.now = START.plus(3_600_000);
    stage.welcome_technician(vec![entry(TicketState::Taken, true)], Some(viewed(None)));
    stage.relay(detail(entry(TicketState::Taken, true)));
    let expected = START.plus(3_600_000 + 70_000);
    assert_eq!(
        stage.technician_session(),
        TechnicianSession::Asking {
            answer_by: expected,
            words: words(),
        }
    );
}

#[test]
fn a_link_from_outside_sets_nothing_up_without_a_yes() {
    let mut stage = unconfigured();
    let file = organisation(1, 5);
    stage.handle(Event::Offered(bytes(&file)));
    let offer = stage.view().offer.expect("a question");
    assert_eq!((offer.name, offer.replaces), (file.organisation.name.to_string(), None));
    assert!(stage.did(|effect| matches!(effect, Effect::Raise)) && stage.view().organisation.is_none());
    stage.act(Action::AnswerOffer { accept: false });
    assert!(stage.view().offer.is_none() && stage.view().organisation.is_none());
    stage.act(Action::AnswerOffer { accept: true });
    assert_eq!(stage.notice(), Some(Code::OutOfOrder), "there is nothing to say yes to");
    stage.handle(Event::Offered(bytes(&file)));
    stage.act(Action::AnswerOffer { accept: true });
    assert!(stage.did(|effect| matches!(effect, Effect::SaveOrganisation(saved) if **saved == file)));
    assert!(stage.did(|effect| matches!(effect, Effect::Connect(_))));
    stage.handle(Event::Offered(b"renfort://import/rubbish".to_vec()));
    assert_eq!(
        (stage.notice(), stage.view().offer),
        (Some(Code::BadOrganisation), None)
    );
}

#[test]
fn another_organisations_link_names_both_and_a_yes_forgets_the_sign_in() {
    let mut stage = Stage::technician();
    let other = organisation(2, 5);
    stage.handle(Event::Offered(bytes(&other)));
    let offer = stage.view().offer.expect("a question");
    assert!(
        offer.replaces.is_some() && stage.view().organisation.map(|organisation| organisation.name) == offer.replaces
    );
    stage.act(Action::AnswerOffer { accept: true });
    assert!(stage.did(|effect| matches!(effect, Effect::SaveToken(None))));
    assert!(stage.did(|effect| matches!(effect, Effect::SaveOrganisation(saved) if **saved == other)));
    assert!(
        stage.did(|effect| matches!(effect, Effect::Disconnect)),
        "nobody is signed in there"
    );
    assert!(matches!(stage.technician_page(), TechnicianPage::SignIn { .. }));
}

#[test]
fn control_pauses_while_the_question_about_a_link_is_open() {
    let mut stage = Stage::user();
    stage.handle(Event::Offered(bytes(&organisation(2, 5))));
    // A session begins all the same: the relay does not know of the question.
    stage.begin_session();
    let told = |stage: &Stage, open: bool| {
        stage.did(
            |effect| matches!(effect, Effect::ToSharer(SESSION, SharerCommand::Pause(told)) if *told == if open { Pause::Control } else { Pause::Nothing }),
        )
    };
    assert!(told(&stage, true));
    stage.handle(Event::Tick);
    assert!(!told(&stage, true), "once");
    stage.act(Action::AnswerOffer { accept: true });
    assert!(told(&stage, false));
    assert_eq!(
        stage.notice(),
        Some(Code::OutOfOrder),
        "and nobody is changed in the middle of a session"
    );
}

#[test]
fn a_link_is_not_taken_up_in_the_middle_of_a_session() {
    let mut stage = Stage::in_session();
    stage.handle(Event::Offered(bytes(&organisation(2, 5))));
    assert_eq!((stage.notice(), stage.view().offer), (Some(Code::OutOfOrder), None));
    stage.act(Action::ChooseOrganisationFile);
    assert!(!stage.did(|effect| matches!(effect, Effect::ChooseFile)));
}
