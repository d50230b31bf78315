//! One picture after the other over the same connection, beside messages that know nothing of it.

use std::time::Duration;

use proptest::prelude::*;
use renfort_picture::{
    Planned,
    carriage::{Received, SendError, Side},
};

use crate::{
    delivery::{content, update},
    network::{Way, World, ms},
};

#[derive(Debug, Clone)]
enum Act {
    Update(usize),
    Message,
    Begin,
    Rest,
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (1_usize..20_000).prop_map(Act::Update),
        4 => Just(Act::Message),
        1 => Just(Act::Begin),
        1 => Just(Act::Rest),
        3 => (0_u64..80).prop_map(Act::Wait),
    ]
}

/// Says of which picture it is.
fn of(picture: u8, sequence: u32, length: usize) -> Planned {
    let mut bytes = content(sequence, length);
    bytes.push(picture);
    Planned { sequence, bytes }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn messages_go_on_and_nothing_of_an_earlier_picture_comes_after_the_next_has_begun(
        delay in 500_u64..100_000, jitter in 0_u64..20_000, lost in 0_u64..300, doubled in 0_u64..200,
        seed in any::<u64>(), acts in prop::collection::vec(act(), 1..80),
    ) {
        let way = Way {
            jitter: Duration::from_micros(jitter),
            lost,
            doubled,
            ..Way::of(Duration::from_micros(delay))
        };
        let mut world = World::symmetric(way, seed);
        let (mut picture, mut sequence) = (1_u8, 0);
        let (mut said, mut heard, mut come) = (0_u32, 0_u32, Vec::new());
        let mut run = |world: &mut World, until: Duration, current: u8| {
            while let Some((side, all)) = world.step(until) {
                for one in all {
                    match one {
                        Received::Update(bytes) => {
                            assert_eq!(bytes.last(), Some(&world.picture), "of another picture");
                            let sequence = world.carry_out(&bytes);
                            if world.picture == current {
                                come.push(sequence);
                            }
                        }
                        Received::Message(bytes) if side == Side::Sharer => {
                            heard += 1;
                            assert_eq!(bytes, heard.to_be_bytes());
                        }
                        Received::Message(_) => panic!("nobody said that"),
                        Received::Complete(_) | Received::Begun(_) => {}
                    }
                }
            }
            (heard, come.len())
        };
        let mut before = 0;
        for act in acts {
            match act {
                Act::Update(length) if world.sharer.has_begun() => {
                    sequence += 1;
                    world.sharer.send_update(of(picture, sequence, length)).unwrap();
                }
                Act::Update(length) => {
                    let refused = world.sharer.send_update(update(1, length));
                    prop_assert_eq!(refused, Err(SendError::Order));
                }
                Act::Message => {
                    said += 1;
                    world.viewer.send_message(&said.to_be_bytes()).unwrap();
                }
                Act::Begin => {
                    world.sharer.begin();
                    (picture, sequence) = (picture + 1, 0);
                    before = run(&mut world, Duration::ZERO, picture).1;
                }
                Act::Rest => {
                    world.sharer.rest();
                    // What left before it may come.
                    sequence = 0;
                }
                Act::Wait(time) => {
                    let until = world.now + ms(time);
                    run(&mut world, until, picture);
                }
            }
        }
        let end = world.now + Duration::from_secs(120);
        let (heard, come) = run(&mut world, end, picture);
        prop_assert!(world.is_quiet(), "somebody still waits for something");
        prop_assert_eq!(heard, said);
        if world.sharer.has_begun() {
            prop_assert_eq!(come - before, sequence as usize);
        }
    }
}

#[test]
fn what_waits_to_be_sent_again_is_not_once_the_screen_is_hidden() {
    let mut world = World::symmetric(Way::of(ms(20)), 3);
    let back = world.now + ms(70);
    world.to_viewer.dead_until = back;
    world.sharer.send_update(of(1, 1, 9_000)).unwrap();
    world.viewer.send_message(b"a key").unwrap();
    assert!(world.step(world.now + ms(60)).is_some());
    while let Some((side, all)) = world.step(ms(1_060)) {
        assert!(side == Side::Sharer || all.is_empty());
    }
    world.sharer.rest();
    while let Some((_, all)) = world.step(ms(9_000)) {
        assert!(!all.iter().any(|one| matches!(one, Received::Update(_))), "{all:?}");
    }
    assert!(world.is_quiet() && world.now >= ms(9_000));
    assert_eq!(world.sharer.room(), 0);
    world.sharer.begin();
    world.sharer.send_update(of(2, 1, 50)).unwrap();
    let mut come = Vec::new();
    while let Some((_, all)) = world.step(ms(10_000)) {
        come.extend(all);
    }
    assert_eq!((world.picture, come.len()), (2, 1), "{come:?}");
}
