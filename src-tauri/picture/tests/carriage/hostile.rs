//! What a peer sends that is not honest ends the session, or does nothing.

use renfort_picture::carriage::{CarriageError, Datagram, Endpoint, MAX_OUTSTANDING, PIECE, Received, Side};

use crate::{delivery::update, network::ms};

/// A datagram about the first picture, with this number, of these parts.
fn datagram(number: u32, parts: &[&[u8]]) -> Vec<u8> {
    [&[1], &number.to_be_bytes()[..], &parts.concat()].concat()
}

/// The first picture begins.
fn endpoint(side: Side, seed: u64) -> Endpoint {
    let mut endpoint = Endpoint::new(side, seed);
    endpoint.begin();
    endpoint
}

fn number(mut number: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn acknowledges(own: u32, newest: u32, span: u32) -> Vec<u8> {
    datagram(own, &[&[1], &number(newest), &[0, 0], &number(span)])
}

fn piece(own: u32, sequence: u32, length: u32, index: u32) -> Vec<u8> {
    let bytes = vec![9; PIECE.min(length as usize - index as usize * PIECE)];
    datagram(own, &[&[5], &number(sequence), &number(length), &number(index), &bytes])
}

fn check(side: Side, datagrams: &[Vec<u8>], error: CarriageError) {
    let mut endpoint = endpoint(side, 1);
    let (last, before) = datagrams.split_last().unwrap();
    for datagram in before {
        endpoint.receive(datagram, ms(1)).unwrap();
    }
    assert_eq!(endpoint.receive(last, ms(1)), Err(error), "{last:?}");
}

#[test]
fn who_sends_what_the_other_side_sends_is_refused() {
    check(Side::Sharer, &[piece(1, 1, 5, 0)], CarriageError::Side);
    check(Side::Viewer, &[datagram(1, &[&[2, 1]])], CarriageError::Side);
}

#[test]
fn what_was_never_sent_cannot_be_acknowledged_nor_carried_out() {
    check(Side::Sharer, &[acknowledges(1, 1, 1)], CarriageError::NeverSent);
    check(Side::Viewer, &[acknowledges(1, 1, 1)], CarriageError::NeverSent);
    check(Side::Sharer, &[datagram(1, &[&[2, 1]])], CarriageError::NeverPlanned);
}

#[test]
fn who_acknowledges_what_did_not_come_is_found_out() {
    for seed in 0..20 {
        let mut sharer = endpoint(Side::Sharer, seed * 12_345);
        let mut now = ms(0);
        let found_out = (1..5_000).find(|sequence| {
            now += ms(10);
            sharer.send_update(update(*sequence, 1_000)).unwrap();
            let mut newest = 0;
            while let Some(datagram) = sharer.poll(now) {
                newest = Datagram::decode(&datagram).unwrap().number;
            }
            // All up to it, whether it came or not.
            newest > 0 && sharer.receive(&acknowledges(*sequence, newest, newest), now).is_err()
        });
        assert!(found_out.is_some(), "{seed}");
    }
}

#[test]
fn what_is_not_whole_is_bounded_whatever_it_says_of_itself() {
    let mut viewer = Endpoint::new(Side::Viewer, 1);
    let full = 1 << 18;
    let refused = (1..).find(|own| viewer.receive(&piece(*own, *own, full, 0), ms(1)).is_err());
    assert_eq!(refused, Some((MAX_OUTSTANDING >> 18) as u32 + 1));
    check(Side::Viewer, &[piece(1, 2_049, 2_000, 0)], CarriageError::TooFarAhead);
    // Message 257, while the first has not come.
    check(
        Side::Viewer,
        &[datagram(1, &[&[3], &number(257), &[1, 1, 7]])],
        CarriageError::TooFarAhead,
    );
    check(
        Side::Sharer,
        &[datagram(1, &[&[3], &number(u32::MAX), &[1, 1, 7]])],
        CarriageError::Number,
    );
}

#[test]
fn pieces_that_contradict_each_other_are_refused() {
    let pieces = [piece(1, 1, 3_000, 0), piece(2, 1, 3_001, 1)];
    check(Side::Viewer, &pieces, CarriageError::Contradiction);
    let pieces = [piece(1, 1, 3_000, 0), piece(2, 1, 500, 0)];
    check(Side::Viewer, &pieces, CarriageError::Contradiction);
}

#[test]
fn what_comes_again_does_nothing() {
    let mut viewer = Endpoint::new(Side::Viewer, 1);
    let both = datagram(1, &[&[3, 1, 1, 2, 8, 8], &[5, 1, 3, 0, 1, 2, 3]]);
    let received = viewer.receive(&both, ms(1)).unwrap();
    let message = Received::Message(vec![8, 8]);
    assert_eq!(received, [Received::Begun(1), message, Received::Update(vec![1, 2, 3])]);
    assert_eq!(viewer.receive(&both, ms(2)), Ok(vec![]));
    // The same under another number, and with other bytes: the first counts.
    let again = datagram(2, &[&[3, 1, 1, 1, 9], &[5, 1, 3, 0, 3, 2, 1]]);
    assert_eq!(viewer.receive(&again, ms(2)), Ok(vec![]));
}
