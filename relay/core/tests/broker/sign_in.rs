//! Hellos, passwords, tokens, accounts that change.

use renfort_audit::returned::Returned;
use renfort_core::{Account, Input};
use renfort_protocol::{
    VERSION,
    error::Code,
    ids::Signature,
    people::Name,
    signalling::{EndReason, FromRelay, Identity, ToRelay},
    ticket::{Language, TicketState},
};

use crate::harness::{World, device};

#[test]
fn the_relay_speaks_first_and_welcomes_a_good_hello() {
    let mut world = World::new();
    let user = world.user(1);
    assert!(matches!(world.said(user)[0], FromRelay::Challenge { .. }));
    assert!(matches!(world.said(user)[1], FromRelay::Welcome { .. }));
}

#[test]
fn a_signature_that_does_not_fit_is_turned_away() {
    let mut world = World::new();
    let conn = world.connect("10.0.0.1");
    let identity = World::password("Ada", "right");
    let (version, signature) = (VERSION, Signature([0; 64]));
    world.say(
        conn,
        ToRelay::Hello {
            version,
            device: device(1),
            signature,
            identity,
            language: Language::En,
        },
    );
    assert_eq!(world.closed[&conn].code, Code::BadSignature);
}

#[test]
fn another_version_is_refused_before_anything_else_is_read() {
    let mut world = World::new();
    let conn = world.connect("10.0.0.1");
    world.frame(conn, r#"{"id":1,"type":"hello","version":1,"whatever":[]}"#);
    let error = &world.closed[&conn];
    assert_eq!(
        (error.code, error.params["supported"].as_str()),
        (Code::WrongVersion, "2")
    );
    assert_eq!(world.outcome(conn, 1), Some(Err(Code::WrongVersion)));
}

#[test]
fn a_wrong_password_is_recorded_told_and_limited() {
    let mut world = World::new();
    let attempt = |world: &mut World| {
        let conn = world.connect("10.0.0.9");
        let re = world.hello(conn, 50, World::password("Ada", "wrong"));
        world.outcome(conn, re)
    };
    for _ in 0..5 {
        assert_eq!(attempt(&mut world), Some(Err(Code::SignInFailed)));
    }
    assert_eq!(attempt(&mut world), Some(Err(Code::SignInLimited)));
    assert_eq!(attempt(&mut world), Some(Err(Code::SignInLimited)));
    let codes = world.store.codes();
    assert_eq!(codes.iter().filter(|code| **code == "signin.failed").count(), 5);
    assert_eq!(codes.iter().filter(|code| **code == "signin.limited").count(), 1);
    world.wait(30_000);
    let conn = world.connect("10.0.0.9");
    world.hello(conn, 50, World::password("Ada", "right"));
    world.welcome(conn);
}

#[test]
fn a_token_signs_in_on_its_own_device_only_and_not_after_signing_out() {
    let mut world = World::new();
    let ada = world.technician("Ada");
    let token = world.token(ada);
    let again = |world: &mut World, seed| {
        let conn = world.connect("10.0.0.2");
        let re = world.hello(conn, seed, Identity::Token { token });
        (conn, world.outcome(conn, re))
    };
    assert_eq!(again(&mut world, 7).1, Some(Err(Code::SignInExpired)));
    let (conn, _) = again(&mut world, 100);
    assert_eq!(world.token(conn), token);
    assert_eq!(world.closed[&ada].code, Code::Replaced);
    world.must(conn, ToRelay::SignOut);
    assert!(world.closed.contains_key(&conn));
    assert_eq!(again(&mut world, 100).1, Some(Err(Code::SignInExpired)));
    let hash = renfort_audit::hash::Digest::of(&[&token.0]);
    assert!(!world.store.tokens.contains_key(&hash));
}

#[test]
fn a_token_expires() {
    let mut world = World::new();
    let ada = world.technician("Ada");
    let token = world.token(ada);
    world.wait(renfort_core::contract::TOKEN_MS);
    let conn = world.connect("10.0.0.2");
    let re = world.hello(conn, 100, Identity::Token { token });
    assert_eq!(world.outcome(conn, re), Some(Err(Code::SignInExpired)));
}

#[test]
fn signing_out_ends_the_session_that_is_still_open() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    world.must(ada, ToRelay::SignOut);
    assert!(world.said(user).contains(&FromRelay::SessionEnded {
        session,
        reason: EndReason::EndedByTechnician
    }));
}

#[test]
fn a_newer_connection_of_the_same_device_replaces_the_older() {
    let mut world = World::new();
    let (old, new) = (world.user(1), world.user(1));
    assert_eq!(world.closed[&old].code, Code::Replaced);
    world.opened(new);
}

#[test]
fn a_supervisor_has_no_place_in_the_app() {
    let mut world = World::new();
    let conn = world.technician("Sam");
    assert_eq!(world.closed[&conn].code, Code::NotAllowed);
    assert_eq!(world.store.codes(), ["message.refused"]);
}

#[test]
fn a_disabled_technician_is_closed_out_and_their_ticket_goes_back_to_the_queue() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    world.accounts[0].disabled = true;
    let accounts = world.accounts.clone();
    world.input(Input::AccountsChanged { accounts });
    assert_eq!(world.closed[&ada].code, Code::SignInExpired);
    assert!(world.store.sessions[&session].end.is_some());
    assert_eq!(world.store.tickets[&ticket].state, TicketState::Waiting);
    assert_eq!(world.store.returned(), [Returned::AccountDisabled]);
    let again = world.technician("Ada");
    assert_eq!(world.closed[&again].code, Code::SignInFailed);
}

#[test]
fn a_technician_who_signs_out_leaves_their_tickets_to_others() {
    let mut world = World::new();
    let (first, second) = (world.user(1), world.user(2));
    let (ada, bob) = (world.technician("Ada"), world.technician("Bob"));
    let (one, two) = (world.opened(first), world.opened(second));
    let refused = world.started(first, ada, one);
    world.must(
        first,
        ToRelay::EndSession {
            session: refused,
            reason: EndReason::StoppedByUser,
        },
    );
    let session = world.started(second, ada, two);
    world.must(ada, ToRelay::SignOut);
    assert_eq!(world.store.sessions[&session].end, Some(EndReason::EndedByTechnician));
    for ticket in [one, two] {
        let stored = &world.store.tickets[&ticket];
        assert_eq!((stored.state, &stored.technician), (TicketState::Waiting, &None));
    }
    assert_eq!(world.store.returned(), [Returned::SignedOut; 2]);
    world.must(bob, world.take(bob, one));
}

#[test]
fn a_technician_disabled_while_the_relay_was_down_loses_the_ticket_at_its_start() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.started(user, ada, ticket);
    world.accounts[0].disabled = true;
    world.restart();
    world.wait(0);
    assert_eq!(world.store.tickets[&ticket].state, TicketState::Waiting);
}

#[test]
fn somebody_disabled_between_password_and_welcome_is_not_welcomed() {
    let mut world = World::new();
    world.hold = true;
    let ada = world.technician("Ada");
    let mut accounts: Vec<Account> = world.accounts.clone();
    accounts[0].disabled = true;
    world.input(Input::AccountsChanged { accounts });
    world.commit_all();
    assert_eq!(world.closed[&ada].code, Code::SignInExpired);
}

#[test]
fn a_technician_whose_level_changed_signs_in_anew_and_others_do_not() {
    let mut world = World::new();
    let (ada, bob) = (world.technician("Ada"), world.technician("Bob"));
    world.accounts[0].person.name = Name::new("Ada L.").unwrap();
    let accounts = world.accounts.clone();
    world.input(Input::AccountsChanged { accounts });
    assert_eq!(world.closed[&ada].code, Code::SignInExpired);
    assert!(!world.closed.contains_key(&bob));
}

#[test]
fn a_right_password_without_its_code_is_asked_for_it_and_welcomed_with_it() {
    let mut world = World::new();
    world.second_factors = true;
    let conn = world.connect("10.0.0.9");
    let re = world.hello(conn, 50, World::password("Ada", "right"));
    assert_eq!(world.outcome(conn, re), Some(Err(Code::SecondFactorNeeded)));
    assert!(world.closed.contains_key(&conn));
    let conn = world.connect("10.0.0.9");
    world.hello(conn, 50, World::with_code("Ada", "right", "123456"));
    world.welcome(conn);
    assert_eq!(world.store.codes(), ["signin.second_factor_asked", "signin.succeeded"]);
}

#[test]
fn guessing_codes_waits_like_guessing_passwords_and_asking_for_one_resets_nothing() {
    let mut world = World::new();
    world.second_factors = true;
    let attempt = |world: &mut World, identity| {
        let conn = world.connect("10.0.0.9");
        let re = world.hello(conn, 50, identity);
        world.outcome(conn, re)
    };
    for _ in 0..2 {
        let asked = attempt(&mut world, World::password("Ada", "right"));
        assert_eq!(asked, Some(Err(Code::SecondFactorNeeded)));
        let guessed = attempt(&mut world, World::with_code("Ada", "right", "000000"));
        assert_eq!(guessed, Some(Err(Code::SecondFactorWrong)));
    }
    let asked = attempt(&mut world, World::password("Ada", "right"));
    assert_eq!(asked, Some(Err(Code::SecondFactorNeeded)));
    for identity in [
        World::password("Ada", "right"),
        World::with_code("Ada", "right", "123456"),
    ] {
        assert_eq!(attempt(&mut world, identity), Some(Err(Code::SignInLimited)));
    }
    world.wait(30_000);
    let conn = world.connect("10.0.0.9");
    world.hello(conn, 50, World::with_code("Ada", "right", "123456"));
    world.welcome(conn);
}

#[test]
fn being_asked_for_a_code_does_not_use_up_the_failures_of_a_whole_site() {
    let mut world = World::new();
    world.second_factors = true;
    for _ in 0..30 {
        for identity in [
            World::password("Ada", "right"),
            World::with_code("Ada", "right", "123456"),
        ] {
            let conn = world.connect("10.0.0.9");
            let re = world.hello(conn, 50, identity);
            assert_ne!(world.outcome(conn, re), Some(Err(Code::SignInLimited)));
        }
    }
}

#[test]
fn whose_sign_ins_ended_is_closed_out_and_keeps_the_ticket() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.started(user, ada, ticket);
    let person = world.accounts[0].person.id;
    world.input(Input::SignInsEnded { person });
    assert_eq!(world.closed[&ada].code, Code::SignInExpired);
    assert_eq!(world.store.tickets[&ticket].state, TicketState::Taken);
}
