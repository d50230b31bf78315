//! An organisation that lets nobody in by a code.

use renfort_protocol::{
    binding::SignedAsk, code::CodeSecret, limits::WARNING_PAUSE_MS, policy::Policy, signalling::EndReason,
};

use super::{
    code::{asked, caller, code, ends, known, shown, typed},
    *,
};

fn forbids() -> OrganisationFile {
    let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let mut organisation = organisation(7, 10).organisation;
    organisation.policy = Some(Policy {
        codes: false,
        ..Policy::default()
    });
    organisation.sign(&key)
}

fn under_it() -> Stage {
    Stage::with(Profile {
        organisation: Some(forbids()),
        ..profile()
    })
}

/// The file comes while the program runs.
fn comes(stage: &mut Stage) {
    stage.handle(Event::Import(serde_json::to_vec(&forbids()).unwrap()));
    assert!(!stage.view().organisation.unwrap().codes);
}

fn secret() -> CodeSecret {
    CodeSecret::try_from("314159".to_owned()).unwrap()
}

#[test]
fn no_code_is_shown_and_no_ticket_is_opened_for_one() {
    let mut user = under_it();
    user.welcome_user(None, None);
    assert!(!user.view().organisation.unwrap().codes);
    user.act(Action::ShowCode { summary: summary() });
    assert_eq!((user.notice(), user.sent().len()), (Some(Code::AgainstPolicy), 0));
    user.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Waiting),
    });
    user.act(Action::ShowCode { summary: summary() });
    assert_eq!((user.notice(), code(&user)), (Some(Code::AgainstPolicy), None));
}

#[test]
fn a_question_with_a_code_that_a_relay_lets_through_rings_nobody() {
    let mut user = under_it();
    user.welcome_user(None, None);
    user.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Waiting),
    });
    let ask = typed(&mut Stage::cardless(), secret());
    user.relay(asked(&ask));
    assert!(ends(&user, &ask) && !user.sent().iter().any(|body| matches!(body, ToRelay::Ready { .. })));
    assert!(!user.did(|effect| matches!(effect, Effect::Notify(_))));
}

#[test]
fn a_file_that_forbids_codes_ends_the_code_that_is_shown_and_whoever_typed_it_before() {
    let mut user = caller();
    let _ = shown(&user);
    comes(&mut user);
    assert_eq!(code(&user), None);
    user.welcome_user(Some(ticket(TicketState::Waiting)), None);
    let ask = typed(&mut Stage::cardless(), secret());
    user.relay(asked(&ask));
    assert!(ends(&user, &ask));

    let mut user = caller();
    let (ask, reveal) = known(&mut user);
    comes(&mut user);
    assert!(ends(&user, &ask), "before anybody hears of it");
    user.relay(FromRelay::Reveal { reveal });
    assert!(!matches!(user.user_page(), UserPage::Consent { .. }));
    assert_eq!(user.notice(), None);
}

/// With the question by a code on the screen.
fn asked_by_code() -> (Stage, SignedAsk) {
    let mut user = caller();
    let (ask, reveal) = known(&mut user);
    user.relay(FromRelay::Reveal { reveal });
    assert!(matches!(user.user_page(), UserPage::Consent { .. }));
    (user, ask)
}

fn says(user: &mut Stage, allow: bool) {
    user.act(Action::AnswerConsent {
        allow,
        capabilities: [Capability::View].into(),
        time_box_ms: GRANT_MS,
    });
}

fn granted_to(user: &Stage, ask: &SignedAsk) -> FromRelay {
    granted_here(Grant {
        session: ask.ask.session,
        ..user.grant_answered()
    })
}

#[test]
fn a_file_that_forbids_codes_takes_the_question_of_one_off_the_screen_whether_or_not_it_was_answered() {
    let (mut user, ask) = asked_by_code();
    comes(&mut user);
    assert!(ends(&user, &ask));
    assert!(matches!(user.user_page(), UserPage::Waiting { .. }));
    assert_eq!(user.notice(), Some(Code::AgainstPolicy));
    says(&mut user, true);
    assert_eq!((user.notice(), user.sent().len()), (Some(Code::OutOfOrder), 0));

    // A yes is on its way, and the relay takes it for good.
    let (mut user, ask) = asked_by_code();
    user.now = START.plus(WARNING_PAUSE_MS);
    says(&mut user, true);
    let granted = granted_to(&user, &ask);
    comes(&mut user);
    let failed = ToRelay::EndSession {
        session: ask.ask.session,
        reason: EndReason::Failed,
    };
    assert!(user.sent().contains(&&failed));
    user.relay(granted);
    assert!(!user.did(|effect| matches!(effect, Effect::StartSharer { .. })));
    assert!(matches!(user.user_page(), UserPage::Waiting { .. }));

    // One with a card is none of its business.
    let mut user = Stage::user();
    user.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Waiting),
    });
    user.asked();
    comes(&mut user);
    assert!(matches!(user.user_page(), UserPage::Consent { .. }));
}

#[test]
fn a_session_by_a_code_that_was_allowed_before_goes_on_under_the_policy_that_it_began_with() {
    let (mut user, ask) = asked_by_code();
    user.now = START.plus(WARNING_PAUSE_MS);
    says(&mut user, true);
    let granted = granted_to(&user, &ask);
    user.relay(granted);
    comes(&mut user);
    assert!(!user.did(|effect| matches!(effect, Effect::ToSharer(..) | Effect::StopSharer)));
    assert!(matches!(user.user_page(), UserPage::Session { by_code: true, .. }));
}

#[test]
fn a_technicians_program_that_knows_of_it_asks_nobody_by_a_code() {
    let mut desk = Stage::cardless();
    desk.controller.profile.organisation = Some(forbids());
    desk.act(Action::TakeByCode {
        ticket: TICKET,
        secret: secret(),
    });
    assert_eq!((desk.notice(), desk.sent().len()), (Some(Code::AgainstPolicy), 0));
}
