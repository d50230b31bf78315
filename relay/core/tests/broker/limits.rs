//! Malformed, oversized, too fast, too many.

use renfort_protocol::{
    error::Code,
    limits::{MAX_HELLO_BYTES, MAX_SIGNALLING_BYTES, MAX_SIGNALLING_PER_WINDOW},
    signalling::{FromRelay, ToRelay},
    ticket::{Impact, Urgency},
};

use crate::harness::{World, open};

#[test]
fn whoever_sends_no_hello_in_time_is_closed() {
    let mut world = World::new();
    let conn = world.connect("10.0.0.1");
    world.wait(9_999);
    assert!(!world.closed.contains_key(&conn));
    world.wait(1);
    assert!(world.closed.contains_key(&conn));
}

#[test]
fn before_the_hello_nothing_else_is_taken() {
    let mut world = World::new();
    let conn = world.connect("10.0.0.1");
    world.say(conn, open(1, Impact::Person, Urgency::Low));
    assert_eq!(world.closed[&conn].code, Code::OutOfOrder);
    let conn = world.connect("10.0.0.1");
    world.frame(conn, vec![b' '; MAX_HELLO_BYTES + 1]);
    assert_eq!(world.closed[&conn].code, Code::TooLarge);
}

#[test]
fn one_hello_is_enough() {
    let mut world = World::new();
    let user = world.user(1);
    let identity = World::password("Ada", "right");
    let re = world.hello(user, 1, identity);
    assert_eq!(world.outcome(user, re), Some(Err(Code::OutOfOrder)));
    world.mute = true;
    let ada = world.technician("Ada");
    world.say(ada, ToRelay::SignOut);
    assert_eq!(world.closed[&ada].code, Code::OutOfOrder);
}

#[test]
fn malformed_messages_are_refused_and_too_many_close_the_connection() {
    let mut world = World::new();
    let user = world.user(1);
    for id in 101..=110 {
        world.frame(user, format!(r#"{{"id":{id},"type":"open_ticket","summary":""}}"#));
        assert_eq!(world.outcome(user, id), Some(Err(Code::Malformed)));
    }
    assert!(!world.closed.contains_key(&user));
    world.frame(user, r#"{"id":111,"type":"nonsense"}"#);
    assert_eq!(world.closed[&user].code, Code::Malformed);
}

#[test]
fn what_cannot_even_be_answered_closes_the_connection() {
    for text in [
        &b"not json"[..],
        b"\xff\xfe",
        b"{}",
        b"[]",
        br#"{"id":0,"type":"sign_out"}"#,
        br#"{"id":-1}"#,
        b"",
    ] {
        let mut world = World::new();
        let user = world.user(1);
        world.frame(user, text);
        assert_eq!(world.closed[&user].code, Code::Malformed, "{text:?}");
    }
}

#[test]
fn an_oversized_message_closes_the_connection_and_names_the_limit() {
    let mut world = World::new();
    let user = world.user(1);
    world.frame(user, vec![b' '; MAX_SIGNALLING_BYTES + 1]);
    let error = &world.closed[&user];
    assert_eq!(
        (error.code, error.params["limit"].clone()),
        (Code::TooLarge, MAX_SIGNALLING_BYTES.to_string())
    );
}

#[test]
fn too_many_messages_in_a_window_close_the_connection() {
    let mut world = World::new();
    let (user, calm) = (world.user(1), world.user(2));
    for _ in 0..MAX_SIGNALLING_PER_WINDOW {
        world.say(
            user,
            ToRelay::CancelTicket {
                ticket: renfort_protocol::ids::TicketId(1),
            },
        );
    }
    assert_eq!(world.closed[&user].code, Code::TooFast);
    for _ in 0..MAX_SIGNALLING_PER_WINDOW * 2 {
        world.now += 100;
        world.say(
            calm,
            ToRelay::CancelTicket {
                ticket: renfort_protocol::ids::TicketId(1),
            },
        );
    }
    assert!(!world.closed.contains_key(&calm));
}

#[test]
fn connections_and_tickets_are_bounded() {
    let mut world = World::new();
    world.limits.connections = 3;
    world.limits.strangers_per_address = 2;
    world.limits.open_tickets = 1;
    world.begin();
    let strangers = [world.connect("a"), world.connect("a"), world.connect("a")];
    assert_eq!(world.closed[&strangers[2]].code, Code::Busy);
    world.leave(strangers[0]);
    let one = world.user(1);
    world.leave(strangers[1]);
    let two = world.user(2);
    world.opened(one);
    assert_eq!(
        world.ask(two, open(2, Impact::Person, Urgency::Low)),
        Some(Err(Code::Busy))
    );
    let three = world.user(3);
    assert!(
        world
            .said(three)
            .iter()
            .any(|message| matches!(message, FromRelay::Welcome { .. }))
    );
    let four = world.connect("b");
    assert_eq!(world.closed[&four].code, Code::Busy);
}

#[test]
fn users_of_one_network_are_bounded_and_do_not_keep_others_out() {
    let mut world = World::new();
    world.limits.users_per_address = 2;
    world.begin();
    let come = |world: &mut World, seed: u8, address: &str| {
        let conn = world.connect(address);
        let re = world.hello(conn, seed, World::stated());
        (conn, world.outcome(conn, re))
    };
    let (first, welcomed) = come(&mut world, 1, "2001:db8::1");
    assert_eq!(welcomed, None);
    come(&mut world, 2, "2001:db8::2");
    let (third, turned_away) = come(&mut world, 3, "2001:db8::3");
    assert_eq!(turned_away, Some(Err(Code::Busy)));
    assert_eq!(world.closed[&third].code, Code::Busy);
    // Who is here already may come again, and another network has its own places.
    let (again, welcomed) = come(&mut world, 1, "2001:db8::4");
    assert!(welcomed.is_none() && world.closed.contains_key(&first));
    assert_eq!(come(&mut world, 4, "2001:db8:0:1::1").1, None);
    // A technician signs in from a crowded network all the same.
    let ada = world.connect("2001:db8::5");
    world.hello(ada, 9, World::password("Ada", "right"));
    assert!(!world.closed.contains_key(&ada));
    // Whoever leaves makes room.
    world.leave(again);
    assert_eq!(come(&mut world, 3, "2001:db8::3").1, None);
}
