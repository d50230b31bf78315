//! Between the same two programs, a relay that does not lie: everything that the others refuse is what goes well here.

use super::*;

#[track_caller]
fn is_on(world: &World) {
    let grant = |program: &Program| {
        program.did.iter().find_map(|effect| match effect {
            Effect::StartSharer { grant, .. } | Effect::StartViewer { grant, .. } => Some(grant.clone()),
            _ => None,
        })
    };
    let (shared, viewed) = (grant(&world.user), grant(&world.technician));
    assert!(shared.is_some());
    assert_eq!(shared, viewed);
    assert_eq!(world.user.stage.notice(), None);
    assert_eq!(world.technician.stage.notice(), None);
    let log = world.log();
    assert!(log.contains(&"consent.asked") && log.contains(&"consent.granted"));
    assert!(!log.contains(&"session.tampered") && !log.contains(&"message.refused"));
}

#[test]
fn by_card_both_ends_begin_with_the_same_two_words() {
    let mut world = World::new().walk_to_the_question();
    assert!(world.user.rang());
    assert_eq!(world.words_at_the_user(), world.words_at_the_technician());
    assert!(!world.user.began() && !world.technician.began());
    world.answer(true);
    is_on(&world);
}

#[test]
fn by_code_both_ends_begin_with_the_same_two_words() {
    let mut world = World::without_a_card();
    let secret = world.show_code();
    world.type_code(secret);
    assert_eq!(world.words_at_the_user(), world.words_at_the_technician());
    world.wait(WARNING_PAUSE_MS);
    world.answer(true);
    is_on(&world);
}

#[test]
fn after_a_no_the_technician_can_ask_again() {
    let mut world = World::new().walk_to_the_question();
    world.answer(false);
    world.act(Who::Technician, Action::AskAgain);
    assert_eq!(world.words_at_the_user(), world.words_at_the_technician());
    world.answer(true);
    is_on(&world);
}
