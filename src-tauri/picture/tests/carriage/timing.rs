//! What must be quick is, also when something is lost.

use std::time::Duration;

use renfort_picture::carriage::{Received, Side};

use crate::{
    delivery::update,
    network::{Way, World, ms},
};

/// What timers may be late by, at both ends together.
const LATE: Duration = Duration::from_millis(3);

/// A connection over which something has been said already, so that its round trip is known.
fn settled(round_trip: Duration) -> (World, u32) {
    settled_over(&Way::of(round_trip / 2), 7)
}

fn settled_over(way: &Way, seed: u64) -> (World, u32) {
    let round_trip = (way.delay + way.jitter) * 2;
    let mut world = World::symmetric(way.clone(), seed);
    let mut sequence = 0;
    for _ in 0..20 {
        sequence += 1;
        world.sharer.send_update(update(sequence, 100)).unwrap();
        world.viewer.send_message(b"a key").unwrap();
        let until = world.now + round_trip * 3 / 2;
        run(&mut world, until);
    }
    (world, sequence)
}

/// When each update came, and each message.
fn run(world: &mut World, until: Duration) -> (Vec<(u32, Duration)>, Vec<Duration>) {
    let (mut updates, mut messages) = (Vec::new(), Vec::new());
    while let Some((side, all)) = world.step(until) {
        for one in all {
            match one {
                Received::Update(bytes) => {
                    let sequence = world.carry_out(&bytes);
                    updates.push((sequence, world.now));
                }
                Received::Message(_) if side == Side::Sharer => messages.push(world.now),
                Received::Begun(_) | Received::Message(_) | Received::Complete(_) => {}
            }
        }
    }
    (updates, messages)
}

const ROUND_TRIPS: [u64; 5] = [1, 5, 20, 80, 300];

#[test]
fn a_lost_letter_is_there_after_a_round_trip_and_a_half_when_more_follows() {
    for round_trip in ROUND_TRIPS.map(ms) {
        let (mut world, last) = settled(round_trip);
        let next = world.to_viewer.sent;
        world.to_viewer.drops = [next].into();
        let typed = world.now;
        world.sharer.send_update(update(last + 1, 100)).unwrap();
        world.send();
        let until = world.now + round_trip / 8;
        run(&mut world, until);
        world.sharer.send_update(update(last + 2, 100)).unwrap();
        let until = world.now + round_trip * 20;
        let (updates, _) = run(&mut world, until);
        let (_, at) = updates.into_iter().find(|(sequence, _)| *sequence == last + 1).unwrap();
        let took = at - typed;
        assert!(
            took <= round_trip / 8 + round_trip * 3 / 2 + LATE,
            "{took:?} of {round_trip:?}"
        );
    }
}

#[test]
fn a_lost_letter_is_there_soon_when_nothing_follows() {
    for round_trip in ROUND_TRIPS.map(ms) {
        let (mut world, last) = settled(round_trip);
        let next = world.to_viewer.sent;
        world.to_viewer.drops = [next].into();
        let typed = world.now;
        world.sharer.send_update(update(last + 1, 100)).unwrap();
        let until = world.now + round_trip * 20;
        let (updates, _) = run(&mut world, until);
        // A round trip, what its variation adds, and half of one to get there.
        let took = updates[0].1 - typed;
        assert!(took <= round_trip * 3 / 2 + LATE, "{took:?} of {round_trip:?}");
    }
}

#[test]
fn a_lost_key_is_there_with_the_next_datagram_or_soon() {
    for round_trip in ROUND_TRIPS.map(ms) {
        let (mut world, _) = settled(round_trip);
        let next = world.to_sharer.sent;
        world.to_sharer.drops = [next].into();
        let pressed = world.now;
        world.viewer.send_message(b"down").unwrap();
        let until = world.now + round_trip / 4;
        run(&mut world, until);
        world.viewer.send_message(b"up").unwrap();
        let until = world.now + round_trip * 10;
        let (_, messages) = run(&mut world, until);
        assert_eq!(messages.len(), 2);
        assert_eq!(
            messages[0],
            pressed + round_trip / 4 + round_trip / 2,
            "the second brings the first"
        );

        let next = world.to_sharer.sent;
        world.to_sharer.drops = [next].into();
        let pressed = world.now;
        world.viewer.send_message(b"down").unwrap();
        let until = world.now + round_trip * 10;
        let (_, messages) = run(&mut world, until);
        let took = messages[0] - pressed;
        assert!(took <= round_trip * 3 / 2 + LATE, "{took:?} of {round_trip:?}");
    }
}

/// How long a page takes, and how many datagrams, of which these are lost.
fn page(way: &Way, seed: u64, lost: &[usize]) -> (Duration, usize) {
    let (mut world, last) = settled_over(way, seed);
    let next = world.to_viewer.sent;
    world.to_viewer.drops = lost.iter().map(|piece| next + piece).collect();
    let opened = world.now;
    world.sharer.send_update(update(last + 1, 40_000)).unwrap();
    let until = world.now + Duration::from_secs(9);
    let (updates, _) = run(&mut world, until);
    (updates[0].1 - opened, world.to_viewer.sent - next)
}

#[test]
fn a_page_of_which_pieces_were_lost_is_whole_a_round_trip_and_a_half_later() {
    for (round_trip, seed) in ROUND_TRIPS.map(ms).into_iter().zip(1..) {
        // Each piece takes up to so much longer by chance, so that some overtake others.
        for jitter in [Duration::ZERO, round_trip / 8] {
            let way = Way {
                jitter,
                ..Way::of((round_trip - jitter) / 2)
            };
            let (whole, datagrams) = page(&way, seed, &[]);
            // Most often the last piece: nothing follows that would tell of it.
            let last = datagrams - 1;
            for lost in [&[17][..], &[17, 18], &[0], &[3, 12, 25], &[5, 6, 7, 8, 9], &[last]] {
                let (took, sent) = page(&way, seed, lost);
                assert!(lost.iter().all(|one| *one < sent), "{lost:?} of {sent}");
                let late = round_trip * 3 / 2 + jitter + LATE;
                assert!(
                    took <= whole + late,
                    "{took:?} and {whole:?} of {round_trip:?}, jitter {jitter:?}: {lost:?}"
                );
            }
        }
    }
}

#[test]
fn nothing_waits_for_a_second_after_the_network_was_gone() {
    let (mut world, last) = settled(ms(30));
    let back = world.now + ms(4_321);
    (world.to_viewer.dead_until, world.to_sharer.dead_until) = (back, back);
    world.sharer.send_update(update(last + 1, 100)).unwrap();
    world.viewer.send_message(b"a key").unwrap();
    let until = world.now + Duration::from_secs(9);
    let (updates, messages) = run(&mut world, until);
    for at in [updates[0].1, messages[0]] {
        assert!(at <= back + ms(250) + ms(15) + LATE, "{:?} later", at - back);
    }
}

#[test]
fn a_letter_and_a_key_do_not_wait_for_a_page() {
    // 5 Mbit/s: the page takes two thirds of a second.
    let way = Way {
        bottleneck: Some((625_000, 200_000)),
        ..Way::of(ms(15))
    };
    let mut world = World::symmetric(way, 3);
    let mut sequence = 0;
    for _ in 0..4 {
        sequence += 1;
        world.sharer.send_update(update(sequence, 200_000)).unwrap();
    }
    let start = world.now;
    let mut waits = Vec::new();
    for turn in 1..40 {
        let typed = world.now;
        sequence += 1;
        world.sharer.send_update(update(sequence, 100)).unwrap();
        world.viewer.send_message(b"a key").unwrap();
        let until = start + ms(turn * 60);
        let mut letter = None;
        while let Some((side, all)) = world.step(until) {
            for one in all {
                match one {
                    Received::Update(bytes) => {
                        world.carry_out(&bytes);
                        if bytes.len() == 104 {
                            letter = Some(world.now - typed);
                        }
                    }
                    Received::Message(_) if side == Side::Sharer => assert!(world.now - typed < ms(17)),
                    _ => {}
                }
            }
        }
        waits.push(letter.unwrap_or(ms(60)));
    }
    waits.sort();
    let (middle, longest) = (waits[waits.len() / 2], waits[waits.len() - 1]);
    // The way there, and what already waits at the bottleneck.
    assert!(middle < ms(15 + 12) && longest < ms(15 + 45), "{waits:?}");
}
