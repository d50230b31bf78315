//! The user's yes: changed or made up, it is acted on by neither end.

use renfort_protocol::ids::PersonId;

use super::*;

/// Wider, longer, to another technician, of another ticket.
const CHANGES: [fn(&mut Grant); 4] = [
    |grant| {
        grant.capabilities.insert(Capability::Control);
    },
    |grant| grant.expires_at = grant.expires_at.plus(1),
    |grant| grant.technician = PersonId(4),
    |grant| grant.ticket = TicketId(9_999),
];

fn allowed_at_a_relay_that_changes_it(whom: Who, change: fn(&mut Grant)) -> World {
    let mut world = World::new()
        .lying(move |who, message| match message {
            FromRelay::Granted { mut grant, allowance } if who == whom => {
                change(&mut grant);
                vec![FromRelay::Granted { grant, allowance }]
            }
            other => vec![other],
        })
        .walk_to_the_question();
    world.answer(true);
    world
}

#[test]
fn a_relay_that_changes_the_grant_on_the_way_to_the_technician_is_refused_by_their_machine() {
    for change in CHANGES {
        let world = allowed_at_a_relay_that_changes_it(Who::Technician, change);
        world.is_refused_by(Who::Technician, Tampered::Allowance);
        // What the user's machine began, it ends.
        let ended = |effect: &Effect| matches!(effect, Effect::ToSharer(..));
        assert!(world.user.did(ended));
    }
}

#[test]
fn a_relay_that_changes_the_grant_on_the_way_to_the_user_is_refused_by_their_machine() {
    for change in CHANGES {
        let world = allowed_at_a_relay_that_changes_it(Who::User, change);
        world.is_refused_by(Who::User, Tampered::Allowance);
        let ended = |effect: &Effect| matches!(effect, Effect::ToViewer(..));
        assert!(world.technician.did(ended));
    }
}

/// Of the session that is asked for, with whatever signature.
fn made_up(world: &World) -> FromRelay {
    FromRelay::Granted {
        grant: Grant {
            session: world.asked(Who::User).id,
            ..grant()
        },
        allowance: Signature([1; 64]),
    }
}

#[test]
fn a_grant_that_a_relay_makes_up_is_refused_by_the_technicians_machine() {
    let mut world = World::new().walk_to_the_question();
    let granted = made_up(&world);
    world.tell(Who::Technician, granted);
    world.is_refused_by(Who::Technician, Tampered::Allowance);
    assert!(!world.user.began());
}

#[test]
fn a_grant_that_a_relay_makes_up_before_the_users_machine_listens_is_refused_by_the_technicians_machine() {
    let mut world = World::new()
        .lying(|_, message| match message {
            FromRelay::Ready { .. } => Vec::new(),
            other => vec![other],
        })
        .walk_to_the_question();
    let granted = made_up(&world);
    world.tell(Who::Technician, granted);
    world.is_refused_by(Who::Technician, Tampered::Allowance);
}

#[test]
fn a_grant_that_a_relay_makes_up_while_the_user_is_asked_is_refused_by_their_machine() {
    let mut world = World::new().walk_to_the_question();
    let granted = made_up(&world);
    world.tell(Who::User, granted);
    world.is_refused_by(Who::User, Tampered::Allowance);
    assert!(!world.technician.began());
}

#[test]
fn a_grant_that_a_relay_makes_of_a_no_is_refused_by_the_users_machine() {
    let mut world = World::new()
        .lying(|_, message| match message {
            FromRelay::SessionEnded { .. } => Vec::new(),
            other => vec![other],
        })
        .walk_to_the_question();
    world.answer(false);
    let granted = made_up(&world);
    world.tell(Who::User, granted);
    assert!(!world.user.began());
    assert_eq!(world.user.stage.notice(), Some(Code::Untrusted));
    assert!(world.log().contains(&"session.tampered"), "{:?}", world.log());
}

#[test]
fn a_relay_that_gives_the_grant_of_an_earlier_session_again_starts_nothing() {
    let mut world = World::new().walk_to_the_question();
    world.answer(true);
    let old = world.relay.meant.iter().find_map(|(who, message)| match message {
        FromRelay::Granted { .. } if *who == Who::Technician => Some(message.clone()),
        _ => None,
    });
    let FromRelay::Granted { grant, allowance } = old.expect("it was granted") else {
        unreachable!("looked for");
    };
    world.act(Who::Technician, Action::EndSession);
    world.act(Who::Technician, Action::AskAgain);
    world.user.did.clear();
    world.technician.did.clear();
    // For this session, in the words of the other.
    let grant = Grant {
        session: world.asked(Who::Technician).id,
        ..grant
    };
    world.tell(Who::Technician, FromRelay::Granted { grant, allowance });
    world.is_refused_by(Who::Technician, Tampered::Allowance);
    assert!(!world.user.began());
}
