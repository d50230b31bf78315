//! A screen changes, updates travel, and the viewer's picture becomes the same, however they travel.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod alike;
mod model;
mod moving;
mod orders;
mod screen;

use std::time::Duration;

use renfort_picture::{COLOUR, Composer, Means, Picture, PixelFormat, Planned, Planner, Rect, Size};

use alike::{assert_alike, blurred};
use screen::{Act, Screen};

fn means(screen: &Screen, room: usize) -> Means {
    Means {
        at: screen.time,
        room,
        soon: usize::MAX,
        video: false,
    }
}

/// All that came of a turn.
#[derive(Debug, PartialEq, Eq, Default)]
struct Turn {
    updates: Vec<Planned>,
    video: Vec<Rect>,
    outdated: Vec<Rect>,
}

/// Plans a turn.
fn next(planner: &mut Planner, picture: &Picture, means: Means) -> Turn {
    let mut updates = Vec::new();
    let plan = planner
        .next(picture, means, &mut |update| updates.push(update))
        .unwrap();
    Turn {
        updates,
        video: plan.video,
        outdated: plan.outdated,
    }
}

/// Plans a turn, in which the picture may be swapped for one that is older where that is said, and nowhere else.
fn plan(screen: &mut Screen, planner: &mut Planner, means: Means) -> Turn {
    planner.damage(&std::mem::take(&mut screen.damage));
    let shown = screen.picture.clone();
    let mut updates = Vec::new();
    let plan = planner
        .next_swapping(&mut screen.picture, means, &mut |update| updates.push(update))
        .unwrap();
    for rect in &plan.outdated {
        screen.picture.take_from(&shown, *rect);
    }
    let mut pairs = screen.picture.pixels().iter().zip(shown.pixels());
    assert!(
        pairs.all(|(one, other)| (one ^ other) & COLOUR == 0),
        "older than it was said to be"
    );
    screen.damage.extend(&plan.outdated);
    Turn {
        updates,
        video: plan.video,
        outdated: plan.outdated,
    }
}

fn show(planner: &mut Planner, composer: &mut Composer, screen: &mut Screen) -> usize {
    let means = means(screen, usize::MAX);
    let planned = plan(screen, planner, means).updates;
    for update in &planned {
        composer.take(&update.bytes).unwrap();
    }
    planner.acknowledged(composer.complete());
    assert_alike(&screen.picture, composer.picture());
    planned.iter().map(|update| update.bytes.len()).sum()
}

const DESK: Rect = Rect {
    x: 0,
    y: 0,
    width: 800,
    height: 600,
};

fn desk() -> (Planner, Composer, Screen) {
    let (mut planner, mut composer, mut screen) = (Planner::new(), Composer::new(), Screen::new(800, 600));
    screen.act(&Act::Page(DESK, 1));
    show(&mut planner, &mut composer, &mut screen);
    (planner, composer, screen)
}

#[test]
fn a_letter_takes_a_hundred_bytes() {
    let (mut planner, mut composer, mut screen) = desk();
    screen.act(&Act::Letter(301, 203));
    let bytes = show(&mut planner, &mut composer, &mut screen);
    assert!(bytes < 120, "{bytes}");
    assert_eq!(show(&mut planner, &mut composer, &mut screen), 0);
}

/// Paints a canvas as it is said. Is it the picture that is composed?
fn painted(canvas: &mut Picture, composer: &mut Composer, plan: &Turn) -> bool {
    for update in &plan.updates {
        let composed = composer.take(&update.bytes).unwrap();
        let picture = composer.picture();
        if composed.began {
            canvas.resize(picture.size());
            canvas.take_from(picture, picture.size().whole());
        } else {
            composed
                .changed
                .iter()
                .for_each(|rect| canvas.take_from(picture, *rect));
        }
    }
    canvas.size() == composer.picture().size() && canvas.pixels() == composer.picture().pixels()
}

#[test]
fn a_screen_of_another_size_is_shown_once_something_of_it_is_there_or_all_of_it_is_black() {
    for colour in [0, 0x00_12_34_56] {
        let (mut planner, mut composer, mut screen) = (Planner::new(), Composer::new(), Screen::new(800, 600));
        let mut canvas = Picture::new(Size::default(), PixelFormat::Rgba);
        let plan = next(&mut planner, &screen.picture, means(&screen, usize::MAX));
        assert!(painted(&mut canvas, &mut composer, &plan));
        for (width, height) in [(640, 480), (800, 600)] {
            screen.act(&Act::Resize(width, height));
            screen.paint(Size { width, height }.whole(), |_, _| colour);
            let before = canvas.clone();
            let begun = next(&mut planner, &screen.picture, means(&screen, 0));
            assert!(!painted(&mut canvas, &mut composer, &begun));
            assert!(canvas.pixels() == before.pixels(), "what was there before stays");
            let plan = next(&mut planner, &screen.picture, means(&screen, usize::MAX));
            assert!(painted(&mut canvas, &mut composer, &plan));
            planner.acknowledged(composer.complete());
            let plan = next(&mut planner, &screen.picture, means(&screen, usize::MAX));
            assert_eq!(plan.updates, [], "it is said once");
        }
    }
}

#[test]
fn what_scrolls_is_copied_in_both_directions_and_while_parts_of_the_window_rest() {
    for by in [12, -12, 37, -200] {
        let (mut planner, mut composer, mut screen) = desk();
        let text = Rect {
            x: 7,
            y: 53,
            width: 700,
            height: 500,
        };
        for turn in 0..3 {
            screen.act(&Act::Scroll(text, by));
            // The browser's whole window is reported as damaged.
            screen.damage = vec![Rect {
                x: 0,
                y: 30,
                width: 800,
                height: 570,
            }];
            let strip = 700 * usize::from(by.unsigned_abs());
            let bytes = show(&mut planner, &mut composer, &mut screen);
            assert!(bytes < strip, "{bytes} for {by}, turn {turn}: {strip} pixels are new");
        }
    }
}

#[test]
fn a_dragged_window_is_copied() {
    let (mut planner, mut composer, mut screen) = desk();
    screen.act(&Act::Fill(DESK, 0x20_50_80));
    let mut window = Rect {
        x: 100,
        y: 90,
        width: 350,
        height: 250,
    };
    screen.act(&Act::Page(window, 5));
    show(&mut planner, &mut composer, &mut screen);
    for (x, y) in [(107, 93), (111, 101), (90, 70), (400, 300)] {
        screen.act(&Act::Drag(window, x, y));
        window = Rect { x, y, ..window };
        let bytes = show(&mut planner, &mut composer, &mut screen);
        assert!(bytes < 6_000, "{bytes} for a window moved to {x}, {y}");
    }
}

#[test]
fn what_was_seen_before_is_named_and_not_sent_again() {
    let (mut planner, mut composer, mut screen) = desk();
    let tab = |seed| {
        Act::Page(
            Rect {
                x: 0,
                y: 40,
                width: 800,
                height: 560,
            },
            seed,
        )
    };
    for seed in [10, 11] {
        screen.time += Duration::from_secs(1);
        screen.act(&tab(seed));
        let bytes = show(&mut planner, &mut composer, &mut screen);
        assert!(bytes > 20_000, "{bytes}: it was not seen before");
    }
    for seed in [10, 11, 10] {
        screen.time += Duration::from_secs(1);
        screen.act(&tab(seed));
        let bytes = show(&mut planner, &mut composer, &mut screen);
        // The rows of tiles at the edges of the page are pixels.
        assert!(bytes < 12_000, "{bytes} for what is kept");
    }
    // What never rests is not kept: a tab that is still where it was is.
    for seed in 20..40 {
        screen.act(&tab(seed));
        show(&mut planner, &mut composer, &mut screen);
    }
    screen.act(&tab(11));
    let bytes = show(&mut planner, &mut composer, &mut screen);
    assert!(bytes < 12_000, "{bytes} for what is still kept");
}

const FILM: Rect = Rect {
    x: 200,
    y: 100,
    width: 480,
    height: 270,
};

#[test]
fn a_film_is_left_to_video_and_is_exact_once_it_rests() {
    let (mut planner, mut composer, mut screen) = desk();
    let mut left_to_video = 0;
    for seed in 0..20 {
        screen.act(&Act::Photograph(FILM, seed));
        screen.act(&Act::Letter(20, 20 + u16::try_from(seed).unwrap() * 20));
        screen.time = Duration::from_millis(5_000 + u64::from(seed) * 33);
        planner.damage(&std::mem::take(&mut screen.damage));
        let means = Means {
            at: screen.time,
            room: usize::MAX,
            soon: 1_000_000,
            video: true,
        };
        let plan = next(&mut planner, &screen.picture, means);
        for update in &plan.updates {
            composer.take(&update.bytes).unwrap();
        }
        if plan.video.is_empty() {
            continue;
        }
        left_to_video += 1;
        // What is typed beside it is exact and at once.
        let bytes: usize = plan.updates.iter().map(|update| update.bytes.len()).sum();
        assert!(bytes < 500, "{bytes}");
        for rect in &plan.video {
            assert!(rect.area() <= FILM.area() * 12 / 10, "{rect:?}");
        }
        let timestamp = seed * 3_000;
        let announced = planner.video(timestamp, &plan.video, &screen.picture, screen.time);
        composer.take(&announced.bytes).unwrap();
        let shown = composer.frame(timestamp, &blurred(&screen.picture));
        assert!(!shown.changed.is_empty());
        planner.acknowledged(composer.complete());
    }
    assert!(left_to_video >= 15, "{left_to_video} of 20 pictures");
    assert!(!planner.is_settled());
    assert_eq!(
        next(&mut planner, &screen.picture, means(&screen, usize::MAX)),
        Turn::default(),
        "it has not rested"
    );
    screen.time = planner.rests_at().unwrap();
    assert!(show(&mut planner, &mut composer, &mut screen) > 50_000);
    assert!(planner.is_settled());
}

#[test]
fn what_is_more_than_can_go_soon_is_video_first() {
    let (mut planner, mut composer, mut screen) = desk();
    screen.act(&Act::Photograph(DESK, 3));
    screen.act(&Act::Page(
        Rect {
            x: 0,
            y: 0,
            width: 300,
            height: 200,
        },
        8,
    ));
    planner.damage(&std::mem::take(&mut screen.damage));
    let means = Means {
        at: screen.time,
        room: 60_000,
        soon: 60_000,
        video: true,
    };
    let plan = next(&mut planner, &screen.picture, means);
    let shaded: usize = plan.video.iter().map(|rect| rect.area()).sum();
    assert!(shaded > DESK.area() / 2, "{:?}", plan.video);
    let exact: usize = plan.updates.iter().map(|update| update.bytes.len()).sum();
    assert!(exact > 1_000, "the page is exact at once");
    for update in plan.updates {
        composer.take(&update.bytes).unwrap();
    }
    // The codec left the frame out: what has not gone as pixels meanwhile is planned again.
    let again = next(&mut planner, &screen.picture, means);
    for update in again.updates {
        composer.take(&update.bytes).unwrap();
    }
    let left: usize = again.video.iter().map(|rect| rect.area()).sum();
    assert!((1..=shaded).contains(&left), "{:?}", again.video);
    let announced = planner.video(1, &again.video, &screen.picture, screen.time);
    composer.take(&announced.bytes).unwrap();
    screen.time += Duration::from_secs(1);
    show(&mut planner, &mut composer, &mut screen);
    assert!(planner.is_settled());
}

#[test]
fn two_whole_pages_of_any_screen_are_kept_and_are_within_every_limit() {
    for (width, height) in [(1920, 1080), (2560, 1440), (3840, 2160)] {
        let (mut planner, mut composer, mut screen) = (Planner::new(), Composer::new(), Screen::new(width, height));
        let all = screen.picture.size().whole();
        let mut pixels = None;
        // Both are pixels once; from then on, each is kept while the other is shown.
        for (seed, is_kept) in [(1, false), (2, false), (1, true), (2, true), (1, true)] {
            screen.time += Duration::from_secs(1);
            screen.act(&Act::Page(all, seed));
            let bytes = show(&mut planner, &mut composer, &mut screen);
            let pixels = *pixels.get_or_insert(bytes);
            // Of what is kept, only the edges that are no whole tile are pixels.
            assert_eq!(
                bytes < pixels / 8,
                is_kept,
                "{bytes} of {pixels}: {width} x {height}, page {seed}"
            );
        }
    }
}

#[test]
fn a_letter_does_not_wait_for_a_page_of_which_a_part_was_lost() {
    let (mut planner, mut composer, mut screen) = desk();
    screen.act(&Act::Photograph(Rect { height: 500, ..DESK }, 3));
    planner.damage(&std::mem::take(&mut screen.damage));
    let page = next(&mut planner, &screen.picture, means(&screen, 100_000)).updates;
    // The first part of the page is lost, so that nothing of it can be shown; the rest of it has not been sent.
    for update in &page[1..] {
        assert_eq!(composer.take(&update.bytes).unwrap().changed, []);
    }
    assert!(!planner.is_settled());
    let letter = Rect {
        x: 300,
        y: 550,
        width: 9,
        height: 15,
    };
    screen.act(&Act::Letter(letter.x, letter.y));
    planner.damage(&std::mem::take(&mut screen.damage));
    let shown: Vec<Rect> = (next(&mut planner, &screen.picture, means(&screen, 40_000))
        .updates
        .iter())
    .flat_map(|update| composer.take(&update.bytes).unwrap().changed)
    .collect();
    assert!(shown.iter().any(|rect| rect.union(letter).area() < 1_500), "{shown:?}");
    composer.take(&page[0].bytes).unwrap();
    show(&mut planner, &mut composer, &mut screen);
}

#[test]
fn no_more_is_on_its_way_than_a_viewer_lets_wait() {
    let (mut planner, mut composer, mut screen) = (Planner::new(), Composer::new(), Screen::new(1920, 1080));
    let all = screen.picture.size().whole();
    let mut way = Vec::new();
    for seed in 0..8 {
        screen.act(&Act::Photograph(all, seed));
        planner.damage(&std::mem::take(&mut screen.damage));
        way.extend(next(&mut planner, &screen.picture, means(&screen, usize::MAX)).updates);
    }
    let bytes: usize = way.iter().map(|update| update.bytes.len()).sum();
    assert!(bytes > 3_000_000 && !planner.is_settled(), "{bytes}");
    // The first is lost: all others wait, and nobody gives up.
    for update in way[1..].iter().chain(&way[..1]) {
        composer.take(&update.bytes).unwrap();
    }
    planner.acknowledged(composer.complete());
    while !planner.is_settled() {
        for update in next(&mut planner, &screen.picture, means(&screen, usize::MAX)).updates {
            composer.take(&update.bytes).unwrap();
        }
        planner.acknowledged(composer.complete());
    }
    assert_alike(&screen.picture, composer.picture());
}

#[test]
fn a_screen_that_no_viewer_takes_is_refused() {
    let screen = Picture::new(
        Size {
            width: 16_385,
            height: 10,
        },
        PixelFormat::Bgrx,
    );
    let means = Means {
        at: Duration::ZERO,
        room: 1,
        soon: 1,
        video: false,
    };
    assert_eq!(
        Planner::new().next(&screen, means, &mut drop),
        Err(renfort_picture::TooLarge)
    );
}

#[test]
fn little_room_is_kept_and_what_changed_meanwhile_is_not_sent_as_it_was() {
    let (mut planner, mut composer, mut screen) = desk();
    screen.act(&Act::Photograph(DESK, 9));
    planner.damage(&std::mem::take(&mut screen.damage));
    let first: usize = next(&mut planner, &screen.picture, means(&screen, 20_000))
        .updates
        .iter()
        .map(|update| {
            composer.take(&update.bytes).unwrap();
            update.bytes.len()
        })
        .sum();
    assert!((20_000..60_000).contains(&first), "{first}");
    assert!(!planner.is_settled());
    // Meanwhile all of it is something else: only that is sent.
    screen.act(&Act::Fill(DESK, 0x00_11_22));
    let rest = show(&mut planner, &mut composer, &mut screen);
    assert!(rest < 2_000, "{rest}");
}

#[test]
fn of_what_rests_the_newest_becomes_exact_first_and_of_that_the_smallest() {
    let (mut planner, mut composer, mut screen) = desk();
    let at = |x, y, width, height| Rect { x, y, width, height };
    let (old, large, small) = (at(16, 16, 160, 128), at(208, 16, 320, 256), at(560, 304, 64, 48));
    for (timestamp, rects) in [(1, &[old][..]), (2, &[large, small])] {
        screen.time += Duration::from_secs(1);
        for rect in rects {
            screen.act(&Act::Photograph(*rect, timestamp));
        }
        planner.damage(&std::mem::take(&mut screen.damage));
        let means = Means {
            soon: 1,
            video: true,
            ..means(&screen, 1)
        };
        let plan = next(&mut planner, &screen.picture, means);
        for update in &plan.updates {
            composer.take(&update.bytes).unwrap();
        }
        let announced = planner.video(timestamp, &plan.video, &screen.picture, screen.time);
        composer.take(&announced.bytes).unwrap();
        composer.frame(timestamp, &blurred(&screen.picture));
        planner.acknowledged(composer.complete());
    }
    screen.time += Duration::from_secs(1);
    let mut order = Vec::new();
    while !planner.is_settled() {
        for update in next(&mut planner, &screen.picture, means(&screen, 1)).updates {
            for rect in composer.take(&update.bytes).unwrap().changed {
                let inside = |whole: &Rect| whole.union(rect) == *whole;
                order.push([small, large, old].iter().position(inside).unwrap());
            }
        }
        planner.acknowledged(composer.complete());
    }
    assert_alike(&screen.picture, composer.picture());
    assert!(order.is_sorted(), "{order:?}");
    order.dedup();
    assert_eq!(order, [0, 1, 2]);
}
