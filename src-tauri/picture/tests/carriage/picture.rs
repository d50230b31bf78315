//! From screen to screen: planner, carriage, composer.

use std::time::Duration;

use proptest::prelude::*;
use renfort_picture::Rect;

use crate::{
    network::{Way, ms},
    screen::{Act, Screen},
    session::Session,
};

fn acts(session: &mut Session, screen: &mut Screen, act: &Act) {
    screen.act(act);
    session.changes(&screen.picture, &std::mem::take(&mut screen.damage));
}

fn rect() -> impl Strategy<Value = Rect> {
    (0_u16..320, 0_u16..220, 1_u16..320, 1_u16..220).prop_map(|(x, y, width, height)| Rect { x, y, width, height })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0_u16..320, 0_u16..220).prop_map(|(x, y)| Act::Letter(x, y)),
        3 => (rect(), -60_i16..60).prop_map(|(rect, by)| Act::Scroll(rect, by)),
        3 => (rect(), 0_u16..300, 0_u16..200).prop_map(|(rect, x, y)| Act::Drag(rect, x, y)),
        3 => (rect(), 0_u32..3).prop_map(|(rect, seed)| Act::Page(rect, seed)),
        2 => (rect(), any::<u32>()).prop_map(|(rect, seed)| Act::Photograph(rect, seed)),
        2 => (0_u16..5, 0_u16..3, 1_u16..3, 1_u16..3, 0_u32..4)
            .prop_map(|(x, y, width, height, seed)| Act::Alike(Rect { x, y, width, height }, seed)),
        1 => (rect(), any::<u32>()).prop_map(|(rect, colour)| Act::Fill(rect, colour)),
        1 => (1_u16..400, 1_u16..300).prop_map(|(width, height)| Act::Resize(width, height)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_viewer_ends_with_the_same_pixels_whatever_the_network_does(
        happens in prop::collection::vec((act(), 0_u64..120, any::<bool>()), 1..20),
        delay in 500_u64..100_000, jitter in 0_u64..20_000, seed in any::<u64>(),
        lost in prop_oneof![Just(0), Just(100_u64), 0_u64..300], doubled in 0_u64..100,
        bottleneck in prop::option::of(100_000_u64..12_000_000),
    ) {
        let way = Way {
            jitter: Duration::from_micros(jitter),
            lost,
            doubled,
            bottleneck: bottleneck.map(|rate| (rate, 100_000)),
            ..Way::of(Duration::from_micros(delay))
        };
        let mut screen = Screen::new(320, 220);
        screen.act(&Act::Page(Rect { x: 0, y: 0, width: 320, height: 220 }, 1));
        let mut session = Session::new(way, seed, &screen.picture).compared();
        for (act, wait, video) in happens {
            acts(&mut session, &mut screen, &act);
            session.run(ms(wait), video);
        }
        session.settle();
    }
}

const PAGE: Rect = Rect {
    x: 0,
    y: 0,
    width: 1280,
    height: 800,
};

#[test]
fn a_letter_typed_beside_a_page_that_comes_in_is_shown_at_once() {
    // 2 Mbit/s, and a tenth of all is lost.
    let way = Way {
        bottleneck: Some((250_000, 60_000)),
        lost: 100,
        ..Way::of(ms(10))
    };
    let mut screen = Screen::new(1280, 860);
    let mut session = Session::new(way, 5, &screen.picture);
    session.settle();
    let mut waits = Vec::new();
    for turn in 0..20 {
        acts(&mut session, &mut screen, &Act::Page(PAGE, 100 + u32::from(turn)));
        session.run(ms(100), false);
        // Below the page, where nothing else is.
        let (x, y) = (turn * 12, 830);
        acts(&mut session, &mut screen, &Act::Letter(x, y));
        let typed = session.world.now;
        while session.world.now < typed + ms(400) {
            session.run(ms(1), false);
            let letter = Rect {
                x,
                y,
                width: 9,
                height: 15,
            };
            let shown = (y..y + 15).all(|y| {
                let (want, have) = (
                    screen.picture.span(x, y, letter.width),
                    session.composer.picture().span(x, y, letter.width),
                );
                want.iter()
                    .zip(have)
                    .all(|(want, have)| want & 0xFF_FF_FF == have.swap_bytes() >> 8)
            });
            if shown {
                break;
            }
        }
        waits.push(session.world.now - typed);
    }
    waits.sort();
    println!("{waits:?}");
    assert!(waits[10] < ms(60), "{waits:?}");
    session.settle();
}
