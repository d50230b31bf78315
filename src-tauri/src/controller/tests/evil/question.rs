//! The technician's question, and who puts it: whatever is changed in it, the user's machine does not ring.

use renfort_protocol::{
    binding::{Ask, Credential, SignedAsk},
    card::SignedCard,
};

use super::*;

/// Asked like this, the person hears nothing and their machine says nothing; both ends are told, and the log.
#[track_caller]
fn does_not_ring(world: &World, what: Tampered) {
    assert!(!world.user.rang());
    assert!(!world.user.said().any(|body| matches!(body, ToRelay::Ready { .. })));
    world.is_refused_by(Who::User, what);
    assert!(!world.technician.began());
}

#[track_caller]
fn a_changed_question_does_not_ring(change: impl Fn(&mut SessionInfo) + 'static, what: Tampered) {
    let world = World::new()
        .lying(of_question(Who::User, change))
        .walk_to_the_question();
    does_not_ring(&world, what);
}

fn with_card(info: &mut SessionInfo, change: impl Fn(&mut SignedCard)) {
    match &mut info.ask.ask.credential {
        Credential::Card { card } => change(card),
        Credential::Code { .. } => panic!("it came with a card"),
    }
}

#[test]
fn a_relay_that_changes_the_ticket_of_a_question_does_not_ring() {
    a_changed_question_does_not_ring(|info| info.ticket = TicketId(9_999), Tampered::Ask);
    a_changed_question_does_not_ring(|info| info.ask.ask.ticket = TicketId(9_999), Tampered::Ask);
}

#[test]
fn a_relay_that_changes_the_session_of_a_question_does_not_ring() {
    a_changed_question_does_not_ring(|info| info.ask.ask.session = SESSION, Tampered::Ask);
}

#[test]
fn a_relay_that_changes_the_technicians_name_or_level_does_not_ring() {
    let renamed = |card: &mut SignedCard| card.card.name = name("The Director");
    let promoted = |card: &mut SignedCard| card.card.level = Level::Three;
    a_changed_question_does_not_ring(move |info| with_card(info, renamed), Tampered::Card);
    a_changed_question_does_not_ring(move |info| with_card(info, promoted), Tampered::Card);
}

#[test]
fn a_relay_that_passes_a_question_on_with_another_version_does_not_ring() {
    a_changed_question_does_not_ring(|info| info.ask.ask.version = VERSION - 1, Tampered::Ask);
    a_changed_question_does_not_ring(|info| info.ask.ask.version = VERSION + 1, Tampered::Ask);
}

#[test]
fn a_relay_that_changes_what_is_asked_does_not_ring() {
    let less: fn(&mut SessionInfo) = |info| {
        info.ask.ask.capabilities.remove(&Capability::Control);
    };
    a_changed_question_does_not_ring(less, Tampered::Ask);
    a_changed_question_does_not_ring(|info| info.ask.ask.capabilities.clear(), Tampered::Ask);
}

#[test]
fn a_relay_that_lends_a_question_another_date_does_not_ring() {
    let later: fn(&mut SessionInfo) = |info| info.ask.ask.asked_at = info.ask.ask.asked_at.plus(1);
    a_changed_question_does_not_ring(later, Tampered::Ask);
}

/// What the relay can ask by itself: it copies the card, and has a device of its own.
fn of_the_relays_own(ask: &Ask) -> SignedAsk {
    Ask {
        commitment: Ask::commitment(&REVEALED),
        ..ask.clone()
    }
    .sign(&pair(66))
}

#[test]
fn a_relay_that_plays_another_technician_with_a_copied_card_does_not_ring() {
    let own: fn(&mut SessionInfo) = |info| info.ask = of_the_relays_own(&info.ask.ask);
    a_changed_question_does_not_ring(own, Tampered::Ask);
}

#[test]
fn a_question_with_a_copied_card_is_refused_by_an_honest_broker_too_and_recorded() {
    let mut world = World::new().walk_to_the_question();
    let mut ask = world.asked(Who::Technician).ask.ask;
    world.answer(false);
    world.user.did.clear();
    ask.session = SESSION;
    let ask = Box::new(of_the_relays_own(&ask));
    world.relay.hears_itself_as(Who::Technician, ToRelay::AskAgain { ask });
    world.settle();
    assert!(!world.user.rang());
    assert_eq!(world.log().last(), Some(&"consent.ask_refused"));
}

#[test]
fn a_relay_that_replays_an_old_question_does_not_ring() {
    let mut world = World::new().walk_to_the_question();
    let old = world.asked(Who::User);
    world.answer(false);
    world.user.did.clear();
    let session = Box::new(old.clone());
    world.tell(Who::User, FromRelay::Asked { session });
    // With the nonce, too, which it has heard by now.
    let reveal = world.reveal();
    world.tell(Who::User, FromRelay::Reveal { reveal });
    assert!(!world.user.rang() && !world.user.began());
    assert_eq!(world.user.stage.notice(), Some(Code::Untrusted));
    assert!(world.log().contains(&"session.tampered"), "{:?}", world.log());
}

#[test]
fn a_relay_that_shows_a_technician_another_question_than_theirs_is_refused_by_their_machine() {
    let own: fn(&mut SessionInfo) = |info| info.ask = of_the_relays_own(&info.ask.ask);
    let world = World::new()
        .lying(of_question(Who::Technician, own))
        .walk_to_the_question();
    world.is_refused_by(Who::Technician, Tampered::Ask);
    assert!(!world.user.began());
}

/// The log cannot have it under a session that it does not know; it has it all the same.
#[test]
fn a_relay_that_puts_a_question_under_a_session_of_its_own_making_does_not_ring() {
    let made_up: fn(&mut SessionInfo) = |info| info.id = SESSION;
    let world = World::new()
        .lying(of_question(Who::User, made_up))
        .walk_to_the_question();
    assert!(!world.user.rang() && !world.user.began());
    assert_eq!(world.user.stage.notice(), Some(Code::Untrusted));
    assert!(world.log().contains(&"message.refused"), "{:?}", world.log());
}

/// The relay opens a ticket in the user's name, and leads an honest technician to it.
#[test]
fn a_ticket_that_a_relay_opens_in_the_users_name_is_warned_of_before_anything_can_be_allowed() {
    let mut world = World::new();
    let opening = ToRelay::OpenTicket {
        request: RequestId([1; 16]),
        summary: summary(),
        impact: Impact::Person,
        urgency: Urgency::High,
    };
    world.relay.hears_itself_as(Who::User, opening);
    world.settle();
    world.take();
    let UserPage::Consent { warnings, .. } = world.user.stage.user_page() else {
        panic!("the person is asked");
    };
    assert_eq!(warnings, [ConsentWarning::NotAskedFor]);
    world.answer(true);
    assert_eq!(world.user.stage.notice(), Some(Code::TooEarly));
    assert!(!world.user.began() && !world.technician.began());
    world.answer(false);
    assert!(!world.user.began() && !world.technician.began());
    // The log has it under the machine whose user can say that they asked for nothing.
    let opened = world
        .relay
        .log
        .iter()
        .find(|entry| entry.event.code() == "ticket.opened");
    assert!(opened.is_some_and(|entry| matches!(entry.actor, Actor::Device(_))));
}
