//! What is decoded is what was encoded, and what cannot be is refused.

use proptest::prelude::*;

use super::{Decoder, Encoder, ExactError, Part};
use crate::pixels::{COLOUR, Picture, PixelFormat, Rect, Size};

fn picture(width: u16, height: u16, mut pixel: impl FnMut(u16, u16) -> u32) -> Picture {
    let mut picture = Picture::new(Size { width, height }, PixelFormat::Bgrx);
    for y in 0..height {
        for (x, value) in (0..width).zip(picture.span_mut(0, y, width)) {
            *value = pixel(x, y);
        }
    }
    picture
}

fn noise(x: u16, y: u16) -> u32 {
    (u32::from(x) * 7919 + u32::from(y) * 104_729 + 1).wrapping_mul(0x9E37_79B1) ^ 0x5555
}

fn text(x: u16, y: u16) -> u32 {
    if (x / 3 + y / 5).is_multiple_of(4) {
        0x00_10_20_30
    } else {
        0xFF_FF_FF_FF
    }
}

fn check(encoder: &mut Encoder, decoder: &mut Decoder, picture: &Picture, rect: Rect, part: Part) -> usize {
    let coded = encoder.encode(picture, rect, part);
    let decoded = decoder.decode(&coded, rect.width, rect.height).unwrap();
    let source: Vec<u32> = (rect.y..rect.y + rect.height)
        .flat_map(|y| picture.span(rect.x, y, rect.width).iter().map(|pixel| pixel & COLOUR))
        .collect();
    assert!(decoded == source, "{rect:?} {part:?}");
    coded.len()
}

fn alone(picture: &Picture, rect: Rect) -> usize {
    check(&mut Encoder::new(), &mut Decoder::new(), picture, rect, Part::Alone)
}

#[test]
fn one_colour_takes_four_bytes() {
    let blue = picture(100, 100, |_, _| 0xAB_00_00_FF);
    assert_eq!(alone(&blue, blue.size().whole()), 4);
}

#[test]
fn a_letter_takes_some_dozen_bytes_and_noise_no_more_than_itself() {
    let page = picture(64, 64, text);
    let letter = Rect {
        x: 3,
        y: 5,
        width: 8,
        height: 16,
    };
    assert!(alone(&page, letter) < 60);
    let snow = picture(256, 256, noise);
    assert!(alone(&snow, snow.size().whole()) < 256 * 256 * 3 + 2_000);
}

#[test]
fn odd_sizes_and_places_are_exact() {
    let mixed = picture(333, 211, |x, y| if x < 150 { text(x, y) } else { noise(x, y) });
    for (x, y, width, height) in [
        (0, 0, 1, 1),
        (332, 210, 1, 1),
        (0, 17, 333, 190),
        (149, 3, 2, 200),
        (63, 15, 66, 18),
    ] {
        alone(&mixed, Rect { x, y, width, height });
    }
}

#[test]
fn a_stream_knows_what_came_before() {
    let page = picture(640, 400, |x, y| {
        text(x, y) ^ if noise(x / 9, y / 14) & 0x80 > 0 { 0x1010 } else { 0 }
    });
    let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
    let band = |y| Rect {
        x: 0,
        y,
        width: 640,
        height: 80,
    };
    let first = check(&mut encoder, &mut decoder, &page, band(0), Part::Begins);
    let again = check(&mut encoder, &mut decoder, &page, band(0), Part::Continues);
    assert!(again * 4 < first, "{again} of {first}");
    // What is written alone does not disturb it.
    check(&mut encoder, &mut decoder, &page, band(80), Part::Alone);
    for y in [160, 240, 320] {
        check(&mut encoder, &mut decoder, &page, band(y), Part::Continues);
    }
    check(&mut encoder, &mut decoder, &page, band(0), Part::Begins);
}

#[test]
fn more_than_256_parts_follow_each_other() {
    let page = picture(64, 16, noise);
    let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
    check(&mut encoder, &mut decoder, &page, page.size().whole(), Part::Begins);
    for _ in 0..300 {
        check(&mut encoder, &mut decoder, &page, page.size().whole(), Part::Continues);
    }
}

#[test]
fn a_part_that_is_missing_is_noticed() {
    let page = picture(64, 16, text);
    let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
    let rect = page.size().whole();
    let parts: Vec<_> = [Part::Begins, Part::Continues, Part::Continues]
        .map(|part| encoder.encode(&page, rect, part))
        .into();
    assert_eq!(decoder.decode(&parts[1], 64, 16), Err(ExactError::Missing));
    assert!(decoder.decode(&parts[0], 64, 16).is_ok());
    assert_eq!(decoder.decode(&parts[2], 64, 16), Err(ExactError::Missing));
}

#[test]
fn a_bomb_is_not_unpacked() {
    // A frame that would give a gigabyte of zeros (RFC 8878 section 3.1.1.2.3: a block of one repeated byte).
    let mut bomb = vec![super::ALONE, 16, 0, 0x50];
    for _ in 0..8_000 {
        bomb.extend([0b10, 0, 0x10, 0]);
    }
    assert_eq!(Decoder::new().decode(&bomb, 64, 64), Err(ExactError::Packed));
    // And one that says so.
    assert_eq!(
        Decoder::new().decode(&[super::ALONE, 0xFF, 0xFF, 0xFF, 0x7F, 0], 64, 64),
        Err(ExactError::Length)
    );
}

#[test]
fn another_size_than_the_encoder_s_is_refused() {
    let page = picture(64, 16, text);
    let coded = Encoder::new().encode(&page, page.size().whole(), Part::Alone);
    for (width, height) in [(63, 16), (64, 17), (16, 16), (0, 5), (1024, 65)] {
        assert!(Decoder::new().decode(&coded, width, height).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_on_the_screen_is_exact(
        width in 1_u16..200,
        height in 1_u16..120,
        colours in 1_u32..2_000,
        seed in any::<u32>(),
        parts in prop::collection::vec(prop::sample::select(vec![Part::Alone, Part::Begins, Part::Continues]), 1..5),
    ) {
        let picture = picture(width, height, |x, y| {
            let place = if (u32::from(x) / 40 + u32::from(y) / 30 + seed) % 3 == 0 { noise(x, y) } else { noise(x / 7, y / 11) };
            ((place ^ seed) % colours).wrapping_mul(0x0101_0301)
        });
        let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
        let mut begun = false;
        for part in parts {
            let part = if part == Part::Continues && !begun { Part::Begins } else { part };
            begun |= part == Part::Begins;
            check(&mut encoder, &mut decoder, &picture, picture.size().whole(), part);
        }
    }

    #[test]
    fn any_bytes_are_pixels_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200), width in 0_u16..100, height in 0_u16..100) {
        if let Ok(pixels) = Decoder::new().decode(&bytes, width, height) {
            assert!(pixels.iter().all(|pixel| *pixel <= COLOUR));
        }
    }
}
