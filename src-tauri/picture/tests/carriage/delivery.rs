//! Whatever the network does, everything arrives, once, and messages in their order.

use std::{collections::BTreeMap, time::Duration};

use proptest::prelude::*;
use renfort_picture::{
    Planned,
    carriage::{MAX_MESSAGE, MAX_MESSAGES, Received, SendError, Side},
};

use crate::network::{Way, World, ms};

pub fn content(number: u32, length: usize) -> Vec<u8> {
    let mut bytes = number.to_be_bytes().to_vec();
    bytes.extend((0..length as u32).map(|at| (at ^ number).wrapping_mul(0x9E37_79B1).to_be_bytes()[0]));
    bytes
}

pub fn update(sequence: u32, length: usize) -> Planned {
    Planned {
        sequence,
        bytes: content(sequence, length),
    }
}

/// What somebody wants to be carried.
#[derive(Debug, Clone)]
enum Act {
    Update(usize),
    FromViewer(usize),
    FromSharer(usize),
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (1_usize..300).prop_map(Act::Update),
        2 => (1_usize..60_000).prop_map(Act::Update),
        4 => (1_usize..100).prop_map(Act::FromViewer),
        1 => (1_usize..MAX_MESSAGE - 4).prop_map(Act::FromViewer),
        1 => (1_usize..MAX_MESSAGE - 4).prop_map(Act::FromSharer),
        2 => (0_u64..80).prop_map(Act::Wait),
    ]
}

fn way() -> impl Strategy<Value = Way> {
    let loss = prop_oneof![Just(0), 0_u64..50, 50_u64..400];
    (
        500_u64..150_000,
        0_u64..30_000,
        loss,
        prop_oneof![Just(0), 0_u64..800],
        0_u64..200,
        prop::option::of((60_000_u64..20_000_000, 8_000_u64..200_000)),
    )
        .prop_map(|(delay, jitter, lost, lost_after_lost, doubled, bottleneck)| Way {
            jitter: Duration::from_micros(jitter),
            bottleneck,
            lost,
            lost_after_lost: if lost > 0 { lost_after_lost } else { 0 },
            doubled,
            ..Way::of(Duration::from_micros(delay))
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn everything_arrives_once_and_messages_in_their_order(
        there in way(), back in way(), seed in any::<u64>(), acts in prop::collection::vec(act(), 1..60),
    ) {
        let mut world = World::new(there, back, seed);
        let (mut updates, mut messages) = (BTreeMap::new(), [Vec::new(), Vec::new()]);
        let (mut received, mut got) = (BTreeMap::new(), [Vec::new(), Vec::new()]);
        let mut take = |world: &mut World, side, all: Vec<Received>| {
            for one in all {
                match one {
                    Received::Update(bytes) => {
                        let sequence = world.carry_out(&bytes);
                        assert!(received.insert(sequence, bytes).is_none(), "{sequence} came twice");
                    }
                    Received::Message(bytes) => got[usize::from(side == Side::Viewer)].push(bytes),
                    Received::Complete(number) => assert!(received.contains_key(&number)),
                    Received::Begun(_) => {}
                }
            }
            received.len()
        };
        for (number, act) in (1..).zip(acts) {
            match act {
                Act::Update(length) => {
                    let update = update(updates.len() as u32 + 1, length);
                    updates.insert(update.sequence, update.bytes.clone());
                    world.sharer.send_update(update).unwrap();
                }
                Act::FromViewer(length) => {
                    messages[0].push(content(number, length));
                    world.viewer.send_message(&content(number, length)).unwrap();
                }
                Act::FromSharer(length) => {
                    messages[1].push(content(number, length));
                    world.sharer.send_message(&content(number, length)).unwrap();
                }
                Act::Wait(time) => {
                    let until = world.now + ms(time);
                    while let Some((side, all)) = world.step(until) {
                        take(&mut world, side, all);
                    }
                }
            }
        }
        let end = world.now + Duration::from_secs(300);
        while let Some((side, all)) = world.step(end) {
            take(&mut world, side, all);
        }
        prop_assert!(world.is_quiet(), "somebody still waits for something");
        prop_assert_eq!(&received, &updates);
        prop_assert_eq!(&got, &messages);
    }
}

#[test]
fn who_is_silent_costs_nothing() {
    let mut world = World::symmetric(Way::of(ms(20)), 1);
    world.sharer.send_update(update(1, 90)).unwrap();
    world.viewer.send_message(b"a key").unwrap();
    while let Some((_, all)) = world.step(ms(3_000)) {
        for one in all {
            if let Received::Update(bytes) = one {
                world.carry_out(&bytes);
            }
        }
    }
    assert!(world.is_quiet());
    assert!(world.to_viewer.sent <= 3 && world.to_sharer.sent <= 3);
}

#[test]
fn what_is_said_to_a_peer_that_is_gone_is_bounded() {
    let mut world = World::symmetric(Way::of(ms(5)), 1);
    world.to_sharer.dead_until = Duration::MAX;
    world.to_viewer.dead_until = Duration::MAX;
    let mut taken = 0;
    while world.viewer.send_message(b"a key").is_ok() {
        taken += 1;
    }
    assert_eq!(taken, MAX_MESSAGES);
    assert_eq!(world.viewer.send_message(b"a key"), Err(SendError::Full));
    let mut sequence = 1;
    while world.sharer.send_update(update(sequence, 100_000)).is_ok() {
        sequence += 1;
    }
    assert!(sequence < 90);
    while world.step(ms(61_000)).is_some() {}
    // Four probes a second, of two datagrams each, and what went before.
    assert!(world.to_sharer.sent < 700, "{}", world.to_sharer.sent);
    assert!(world.to_viewer.sent < 700, "{}", world.to_viewer.sent);
}

#[test]
fn what_cannot_be_sent_is_refused_and_changes_nothing() {
    let mut world = World::symmetric(Way::of(ms(5)), 1);
    assert_eq!(world.viewer.send_update(update(1, 5)), Err(SendError::Order));
    assert_eq!(world.viewer.send_message(b""), Err(SendError::Size));
    assert_eq!(world.viewer.send_message(&[0; MAX_MESSAGE + 1]), Err(SendError::Size));
    assert_eq!(world.sharer.send_update(update(1, 262_141)), Err(SendError::Size));
    world.sharer.send_update(update(1, 262_140)).unwrap();
    assert_eq!(world.sharer.send_update(update(1, 5)), Err(SendError::Order));
}
