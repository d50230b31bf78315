//! An organisation that lets nobody in by a code.

use renfort_protocol::{code::CodeSecret, policy::Policy};

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
    user.controller.profile.organisation = Some(forbids());
    assert_eq!(code(&user), None);
    let ask = typed(&mut Stage::cardless(), secret());
    user.relay(asked(&ask));
    assert!(ends(&user, &ask));

    let mut user = caller();
    let (ask, reveal) = known(&mut user);
    user.controller.profile.organisation = Some(forbids());
    user.relay(FromRelay::Reveal { reveal });
    assert!(ends(&user, &ask));
    assert!(!matches!(user.user_page(), UserPage::Consent { .. }));
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
