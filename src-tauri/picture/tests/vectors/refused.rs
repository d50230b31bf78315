//! What is refused, and why.

use renfort_picture::{
    Picture, Rect,
    exact::{Encoder, Part},
    wire::{Operation, Update},
};

use crate::{Case, SIZE, Sharer, rect, text, updates};

/// What no honest sharer sends.
pub fn cases() -> Vec<Case> {
    let page = text();
    let after_a_page = |name: &str, operation: Operation| {
        let mut sharer = Sharer::new();
        let mut all = sharer.shows(&page);
        all.push(sharer.update(2, [operation]));
        updates(name, all)
    };
    let solid = vec![0, 1, 2, 3];
    let mut cases = vec![
        updates(
            "refused: something before a picture began",
            [Update {
                sequence: 1,
                after: 0,
                operations: vec![Operation::Exact {
                    rect: rect(0, 0, 1, 1),
                    coded: solid.clone(),
                }],
            }
            .encode()],
        ),
        after_a_page(
            "refused: pixels outside",
            Operation::Exact {
                rect: rect(149, 139, 2, 1),
                coded: solid.clone(),
            },
        ),
        after_a_page(
            "refused: a copy from outside",
            Operation::Copy {
                to: rect(0, 0, 10, 10),
                x: 141,
                y: 0,
            },
        ),
        after_a_page(
            "refused: a copy to outside",
            Operation::Copy {
                to: rect(0, 131, 10, 10),
                x: 0,
                y: 0,
            },
        ),
        after_a_page(
            "refused: a tile that was not kept",
            Operation::Recall { slot: 5, x: 0, y: 0 },
        ),
        after_a_page(
            "refused: a tile over the edge",
            Operation::Keep { slot: 5, x: 100, y: 0 },
        ),
        after_a_page(
            "refused: video outside",
            Operation::Video {
                timestamp: 0,
                rects: vec![rect(0, 0, 151, 1)],
            },
        ),
        after_a_page(
            "refused: a frame's rectangles overlap",
            Operation::Video {
                timestamp: 0,
                rects: vec![rect(0, 0, 20, 20), rect(40, 0, 20, 20), rect(59, 19, 5, 5)],
            },
        ),
        after_a_page(
            "refused: pixels of an unknown kind",
            Operation::Exact {
                rect: rect(0, 0, 1, 1),
                coded: vec![9, 0],
            },
        ),
        after_a_page(
            "refused: one colour and more",
            Operation::Exact {
                rect: rect(0, 0, 1, 1),
                coded: vec![0, 1, 2, 3, 4],
            },
        ),
        after_a_page(
            "refused: pixels of another size than their rectangle",
            Operation::Exact {
                rect: rect(0, 0, 30, 32),
                coded: Encoder::new().encode(&page, rect(0, 0, 31, 30), Part::Alone),
            },
        ),
    ];
    let mut sharer = Sharer::new();
    let mut all = sharer.shows(&page);
    let begins = sharer.exact(&page, rect(0, 0, 70, 70), Part::Begins);
    sharer.exact(&page, rect(0, 0, 70, 70), Part::Continues);
    let third = sharer.exact(&page, rect(0, 0, 70, 70), Part::Continues);
    all.push(sharer.update(2, [begins]));
    all.push(sharer.update(3, [third]));
    cases.push(updates("refused: a part of a stream is missing", all));

    let mut sharer = Sharer::new();
    let mut all = sharer.shows(&page);
    let operations = vec![
        Operation::Copy {
            to: rect(0, 0, 149, 140),
            x: 1,
            y: 0
        };
        3
    ];
    all.push(sharer.update(2, operations));
    cases.push(updates("refused: the same pixels over and over", all));
    // A frame that does not end where it must, and one that ends where it must not.
    for (name, part, kind) in [
        ("refused: pixels that stand alone and do not end", Part::Begins, 1),
        ("refused: a stream that has ended", Part::Alone, 2),
    ] {
        let mut coded = Encoder::new().encode(&page, rect(0, 0, 31, 30), part);
        coded[0] = kind;
        cases.push(after_a_page(
            name,
            Operation::Exact {
                rect: rect(0, 0, 31, 30),
                coded,
            },
        ));
    }
    // Twice the picture and one pixel more, counted before anything is done, whatever it is.
    let whole = SIZE.whole();
    let too_much = |operation: Operation, last: Rect| {
        let dot = Operation::Exact {
            rect: last,
            coded: solid.clone(),
        };
        let mut sharer = Sharer::new();
        let mut all = sharer.shows(&page);
        all.push(sharer.update(2, [operation.clone(), operation, dot]));
        all
    };
    let copy = Operation::Copy { to: whole, x: 0, y: 0 };
    cases.push(updates(
        "refused: a pixel too much after copies",
        too_much(copy, rect(0, 0, 1, 1)),
    ));
    let film = Operation::Video {
        timestamp: 7,
        rects: vec![whole],
    };
    cases.push(updates(
        "refused: a pixel too much after video",
        too_much(film, rect(0, 0, 1, 1)),
    ));
    let many = |count: u16| -> Vec<Vec<u8>> {
        let dots: Vec<Rect> = (0..count).map(|at| rect(at % 64 * 2, at / 64 * 2, 1, 1)).collect();
        let announced = dots.chunks(32).map(|rects| Operation::Video {
            timestamp: 7,
            rects: rects.to_vec(),
        });
        let mut sharer = Sharer::new();
        let mut all = sharer.shows(&page);
        all.push(sharer.update(2, announced.collect::<Vec<_>>()));
        all
    };
    cases.push(updates("128 rectangles announced", many(128)));
    cases.push(updates("refused: 129 rectangles announced", many(129)));
    let keeps = vec![Operation::Keep { slot: 0, x: 0, y: 0 }; 11];
    let mut sharer = Sharer::new();
    let mut all = sharer.shows(&page);
    all.push(sharer.update(2, keeps));
    cases.push(updates("refused: tiles kept over and over", all));

    let mut sharer = Sharer::new();
    let mut all = sharer.shows(&page);
    sharer.sequence = 2 + 1_023;
    all.push(sharer.update(1_025, []));
    cases.push(updates("1,024 ahead", all.clone()));
    all.pop();
    all.push(sharer.update(1_026, []));
    cases.push(updates("refused: 1,025 ahead", all));

    let mut sharer = Sharer::new();
    let mut all = sharer.shows(&page);
    let begin = sharer.begin();
    let dot = sharer.exact(&page, rect(0, 0, 5, 5), Part::Alone);
    all.push(sharer.update(2, [dot]));
    all.push(begin);
    cases.push(updates(
        "refused: what did not wait for its picture, which comes later",
        all.clone(),
    ));
    all.swap(2, 3);
    cases.push(updates(
        "refused: what did not wait for its picture, which came before",
        all,
    ));
    for (name, bytes) in [
        (
            "refused: a picture that begins without all before it",
            vec![2, 2, 1, 5, 5],
        ),
        (
            "refused: a picture that begins in the middle",
            vec![1, 1, 1, 5, 5, 1, 5, 5],
        ),
        ("refused: nothing", vec![]),
        ("refused: number zero", vec![0, 1]),
        ("refused: it waits for itself", vec![1, 0]),
        ("refused: a number that is longer than needed", vec![0x81, 0x00, 1]),
        ("refused: too far ahead", vec![0x81, 0x10, 1]),
        ("refused: an unknown operation", vec![1, 1, 7]),
        ("refused: a slot that there is not", vec![1, 1, 3, 0x80, 0x20, 0, 0]),
        ("refused: cut off", vec![1, 1, 1, 5]),
        ("refused: a screen without a side", vec![1, 1, 1, 5, 0]),
        (
            "refused: a screen with a side of 16,385",
            vec![1, 1, 1, 0x81, 0x80, 0x01, 5],
        ),
        (
            "refused: a screen of a row more than 2^25 pixels",
            vec![1, 1, 1, 0x80, 0x80, 0x01, 0x81, 0x10],
        ),
    ] {
        cases.push(updates(name, [bytes]));
    }
    cases.extend(packed(&page));
    cases
}

/// A block of a frame (RFC 8878, section 3.1.1.2) that holds these bytes, or one of them so many times.
fn block(last: bool, repeated: Option<u32>, bytes: &[u8]) -> Vec<u8> {
    let (kind, size) = repeated.map_or((0, u32::try_from(bytes.len()).unwrap()), |times| (1, times));
    let header = u32::from(last) | kind << 1 | size << 3;
    [&header.to_le_bytes()[..3], bytes].concat()
}

/// Pixels that stand alone, packed by hand. `window` is the frame's window descriptor: 10 and a power of two, times eight.
fn by_hand(length: u32, window: u8, blocks: &[u8]) -> Vec<u8> {
    let mut coded = vec![1];
    let mut rest = length;
    while rest >= 0x80 {
        coded.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    coded.push(rest as u8);
    coded.extend([0, window]);
    coded.extend(blocks);
    coded
}

/// What would take more memory or time to unpack than its pixels may.
fn packed(page: &Picture) -> Vec<Case> {
    const MEGABYTE: u8 = 10 << 3;
    const BLOCK: u32 = 128 * 1024;
    let place = rect(0, 0, 31, 30);
    let coded = Encoder::new().encode(page, place, Part::Alone);
    let frame = [&[0x28, 0xB5, 0x2F, 0xFD], &coded[3..]].concat();
    let plain = zstd::bulk::decompress(&frame, 10_000).unwrap();
    let length = u32::try_from(plain.len()).unwrap();
    assert_eq!(
        coded[1..3],
        [length as u8 | 0x80, (length >> 7) as u8],
        "its length takes two bytes"
    );
    let whole = block(true, None, &plain);
    let bomb = |blocks: usize| {
        let again = block(false, Some(BLOCK), &[0]).repeat(blocks);
        [again, block(true, None, &plain)].concat()
    };
    let half = plain.len() / 2;
    [
        ("a window of 1 MiB", by_hand(length, MEGABYTE, &whole)),
        ("refused: a window of 2 MiB", by_hand(length, MEGABYTE + 8, &whole)),
        (
            "refused: pixels that say they are a gigabyte",
            by_hand(1 << 30, MEGABYTE, &bomb(128)),
        ),
        (
            "refused: 16 MiB in the place of some pixels",
            by_hand(length, MEGABYTE, &bomb(128)),
        ),
        (
            "refused: fewer bytes than it says",
            by_hand(length, MEGABYTE, &block(true, None, &plain[..half])),
        ),
        (
            "refused: a block that is cut off",
            by_hand(length, MEGABYTE, &whole[..half]),
        ),
    ]
    .into_iter()
    .map(|(name, coded)| {
        let mut sharer = Sharer::new();
        let mut all = sharer.shows(page);
        all.push(sharer.update(2, [Operation::Exact { rect: place, coded }]));
        updates(name, all)
    })
    .collect()
}
