//! A screen changes, updates travel, and the viewer's picture becomes the same, however they travel.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod model;
mod orders;
mod screen;

use std::{collections::VecDeque, time::Duration};

use renfort_picture::{COLOUR, Composer, Means, Picture, PixelFormat, Plan, Planner, Rect, Size};

use screen::{Act, Screen, assert_alike, blurred};

fn means(screen: &Screen, room: usize) -> Means {
    Means {
        at: screen.time,
        room,
        soon: usize::MAX,
        video: false,
    }
}

fn show(planner: &mut Planner, composer: &mut Composer, screen: &mut Screen) -> usize {
    planner.damage(&std::mem::take(&mut screen.damage));
    let planned = planner
        .next(&screen.picture, means(screen, usize::MAX))
        .unwrap()
        .updates;
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
fn painted(canvas: &mut Picture, composer: &mut Composer, plan: &Plan) -> bool {
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
        let plan = planner.next(&screen.picture, means(&screen, usize::MAX)).unwrap();
        assert!(painted(&mut canvas, &mut composer, &plan));
        for (width, height) in [(640, 480), (800, 600)] {
            screen.act(&Act::Resize(width, height));
            screen.paint(Size { width, height }.whole(), |_, _| colour);
            let before = canvas.clone();
            let begun = planner.next(&screen.picture, means(&screen, 0)).unwrap();
            assert!(!painted(&mut canvas, &mut composer, &begun));
            assert!(canvas.pixels() == before.pixels(), "what was there before stays");
            let plan = planner.next(&screen.picture, means(&screen, usize::MAX)).unwrap();
            assert!(painted(&mut canvas, &mut composer, &plan));
            planner.acknowledged(composer.complete());
            let plan = planner.next(&screen.picture, means(&screen, usize::MAX)).unwrap();
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
        let plan = planner.next(&screen.picture, means).unwrap();
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
        planner.next(&screen.picture, means(&screen, usize::MAX)).unwrap(),
        Plan::default(),
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
    let plan = planner.next(&screen.picture, means).unwrap();
    let shaded: usize = plan.video.iter().map(|rect| rect.area()).sum();
    assert!(shaded > DESK.area() / 2, "{:?}", plan.video);
    let exact: usize = plan.updates.iter().map(|update| update.bytes.len()).sum();
    assert!(exact > 1_000, "the page is exact at once");
    for update in plan.updates {
        composer.take(&update.bytes).unwrap();
    }
    // The codec left the frame out: what has not gone as pixels meanwhile is planned again.
    let again = planner.next(&screen.picture, means).unwrap();
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

/// A page of text that scrolls.
struct Paper {
    paper: Screen,
    picture: Picture,
}

impl Paper {
    fn new() -> Self {
        let size = Size {
            width: 1280,
            height: 720,
        };
        let mut paper = Screen::new(size.width, 4_000);
        paper.act(&Act::Page(paper.picture.size().whole(), 5));
        let picture = Picture::new(size, PixelFormat::Bgrx);
        Self { paper, picture }
    }

    fn scroll_to(&mut self, top: u16, planner: &mut Planner) {
        let size = self.picture.size();
        for y in 0..size.height {
            let line = self.paper.picture.span(0, y + top, size.width);
            self.picture.span_mut(0, y, size.width).copy_from_slice(line);
        }
        planner.damage(&[size.whole()]);
    }
}

#[test]
fn what_was_video_when_it_began_to_scroll_is_soon_copied() {
    let (mut planner, mut composer, mut paper) = (Planner::new(), Composer::new(), Paper::new());
    let (mut left_to_video, mut bytes) = (0, Vec::new());
    for turn in 0..80_u16 {
        paper.scroll_to(turn * 12, &mut planner);
        let at = Duration::from_millis(u64::from(turn) * 17);
        // A line on which the page takes a while.
        let means = Means {
            at,
            room: 10_000,
            soon: 30_000,
            video: true,
        };
        let plan = planner.next(&paper.picture, means).unwrap();
        bytes.push(plan.updates.iter().map(|update| update.bytes.len()).sum::<usize>());
        for update in &plan.updates {
            composer.take(&update.bytes).unwrap();
        }
        if !plan.video.is_empty() {
            left_to_video += 1;
            let announced = planner.video(u32::from(turn), &plan.video, &paper.picture, at);
            composer.take(&announced.bytes).unwrap();
            composer.frame(u32::from(turn), &blurred(&paper.picture));
        }
        planner.acknowledged(composer.complete());
    }
    assert!((1..55).contains(&left_to_video), "{left_to_video}, {bytes:?}");
    assert!(planner.is_settled());
    assert!(bytes[60..].iter().all(|bytes| *bytes < 8_000), "{bytes:?}");
}

#[test]
fn what_was_a_film_before_it_scrolls_is_none_any_more() {
    let (mut planner, mut composer, mut paper) = (Planner::new(), Composer::new(), Paper::new());
    let photograph = Rect {
        x: 100,
        y: 200,
        width: 600,
        height: 400,
    };
    let mut video = Vec::new();
    for turn in 0..80_u16 {
        // It loads: another picture each turn, then it stays.
        if turn < 10 {
            paper.paper.act(&Act::Photograph(photograph, u32::from(turn)));
        }
        paper.scroll_to(turn.saturating_sub(10) * 12, &mut planner);
        let at = Duration::from_millis(u64::from(turn) * 17);
        let means = Means {
            at,
            room: 50_000,
            soon: 100_000,
            video: true,
        };
        let plan = planner.next(&paper.picture, means).unwrap();
        video.push(plan.video.iter().map(|rect| rect.area()).sum::<usize>());
        for update in &plan.updates {
            composer.take(&update.bytes).unwrap();
        }
        if !plan.video.is_empty() {
            let announced = planner.video(u32::from(turn), &plan.video, &paper.picture, at);
            composer.take(&announced.bytes).unwrap();
            composer.frame(u32::from(turn), &blurred(&paper.picture));
        }
        planner.acknowledged(composer.complete());
    }
    assert!(video[6..10].iter().all(|area| *area > 100_000), "{video:?}");
    assert!(video[30..].iter().all(|area| *area == 0), "{video:?}");
}

#[test]
fn what_lies_between_the_many_pieces_of_a_film_stays_exact() {
    let size = Size {
        width: 1280,
        height: 720,
    };
    let (mut planner, mut composer) = (Planner::new(), Composer::new());
    let mut screen = Screen::new(size.width, size.height);
    screen.act(&Act::Page(size.whole(), 3));
    show(&mut planner, &mut composer, &mut screen);
    let pieces: Vec<Rect> = (0..18_u16)
        .flat_map(|column| (0..10_u16).map(move |row| (column, row)))
        .map(|(column, row)| Rect {
            x: column * 70 + row % 2 * 20,
            y: row * 70,
            width: 48,
            height: 48,
        })
        .collect();
    let letter = Rect {
        x: 52,
        y: 4,
        width: 9,
        height: 15,
    };
    let (mut most, mut at) = (0, screen.time);
    for turn in 0..30 {
        at += Duration::from_millis(33);
        for (seed, piece) in pieces.iter().enumerate() {
            screen.act(&Act::Photograph(*piece, turn * 1_000 + seed as u32));
        }
        if turn == 20 {
            screen.act(&Act::Letter(letter.x, letter.y));
        }
        planner.damage(&std::mem::take(&mut screen.damage));
        let means = Means {
            at,
            room: 20_000,
            soon: 20_000,
            video: true,
        };
        let plan = planner.next(&screen.picture, means).unwrap();
        most = most.max(plan.video.len());
        for update in &plan.updates {
            composer.take(&update.bytes).unwrap();
        }
        if !plan.video.is_empty() {
            let announced = planner.video(turn, &plan.video, &screen.picture, at);
            composer.take(&announced.bytes).unwrap();
            composer.frame(turn, &blurred(&screen.picture));
        }
        planner.acknowledged(composer.complete());
        if turn >= 20 {
            for y in letter.y..letter.y + letter.height {
                let sharp = screen.picture.span(letter.x, y, letter.width);
                let shown = composer.picture().span(letter.x, y, letter.width);
                let sharp: Vec<u32> = (sharp.iter())
                    .map(|pixel| (pixel & COLOUR).swap_bytes() >> 8 | 0xFF00_0000)
                    .collect();
                assert_eq!(shown, sharp, "row {y} in turn {turn}");
            }
        }
    }
    assert!(most > 32, "{most} pieces");
}

#[test]
fn on_a_line_that_is_too_slow_for_what_scrolling_uncovers_the_rest_is_copied_all_the_same() {
    let (mut planner, mut composer, mut paper) = (Planner::new(), Composer::new(), Paper::new());
    let (mut frames, mut at) = (VecDeque::new(), Duration::ZERO);
    let area = paper.picture.size().whole().area();
    for turn in 0..60_u16 {
        paper.scroll_to(turn * 24, &mut planner);
        at += Duration::from_millis(17);
        let (room, soon) = (2_500, 1_000);
        let means = Means {
            at,
            room,
            soon,
            video: true,
        };
        let plan = planner.next(&paper.picture, means).unwrap();
        let video: usize = plan.video.iter().map(|rect| rect.area()).sum();
        assert!(video > 0 && (turn == 0 || video < area / 8), "{turn}: {video}");
        for update in &plan.updates {
            composer.take(&update.bytes).unwrap();
        }
        let announced = planner.video(u32::from(turn), &plan.video, &paper.picture, at);
        composer.take(&announced.bytes).unwrap();
        frames.push_back((u32::from(turn), blurred(&paper.picture)));
        // A frame takes longer than the copies of what it shows.
        if frames.len() > 2
            && let Some((timestamp, frame)) = frames.pop_front()
        {
            composer.frame(timestamp, &frame);
        }
        planner.acknowledged(composer.complete());
    }
    for (timestamp, frame) in frames {
        composer.frame(timestamp, &frame);
    }
    // Whatever was shown as video, in time or late, is where it belongs, and the rest is exact.
    let (frame, shown) = (blurred(&paper.picture), composer.picture().pixels());
    let sharp = (paper.picture.pixels().iter()).map(|pixel| (pixel & COLOUR).swap_bytes() >> 8 | 0xFF00_0000);
    let exact = sharp
        .zip(frame.pixels())
        .zip(shown)
        .enumerate()
        .filter(|(at, ((sharp, blurred), shown))| {
            assert!(*shown == sharp || shown == blurred, "at {at}: {shown:08x}");
            *shown == sharp
        });
    assert!(exact.count() > area / 4);
    while !planner.is_settled() {
        at += Duration::from_millis(250);
        let means = Means {
            at,
            room: 100_000,
            soon: 100_000,
            video: true,
        };
        for update in planner.next(&paper.picture, means).unwrap().updates {
            composer.take(&update.bytes).unwrap();
        }
        planner.acknowledged(composer.complete());
    }
    assert_alike(&paper.picture, composer.picture());
}

#[test]
fn a_whole_screen_of_tiles_that_were_seen_before_is_within_every_limit() {
    let (mut planner, mut composer, mut screen) = (Planner::new(), Composer::new(), Screen::new(3840, 2160));
    let all = screen.picture.size().whole();
    for (seed, seen) in [(1, false), (2, false), (1, true), (2, true)] {
        screen.time += Duration::from_secs(1);
        screen.act(&Act::Page(all, seed));
        let bytes = show(&mut planner, &mut composer, &mut screen);
        assert!(bytes > 0 && (seen || bytes > 400_000), "{bytes}");
    }
}

#[test]
fn a_letter_does_not_wait_for_a_page_of_which_a_part_was_lost() {
    let (mut planner, mut composer, mut screen) = desk();
    screen.act(&Act::Photograph(Rect { height: 500, ..DESK }, 3));
    planner.damage(&std::mem::take(&mut screen.damage));
    let page = planner.next(&screen.picture, means(&screen, 100_000)).unwrap().updates;
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
    let shown: Vec<Rect> = (planner
        .next(&screen.picture, means(&screen, 40_000))
        .unwrap()
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
        way.extend(
            planner
                .next(&screen.picture, means(&screen, usize::MAX))
                .unwrap()
                .updates,
        );
    }
    let bytes: usize = way.iter().map(|update| update.bytes.len()).sum();
    assert!(bytes > 3_000_000 && !planner.is_settled(), "{bytes}");
    // The first is lost: all others wait, and nobody gives up.
    for update in way[1..].iter().chain(&way[..1]) {
        composer.take(&update.bytes).unwrap();
    }
    planner.acknowledged(composer.complete());
    while !planner.is_settled() {
        for update in planner
            .next(&screen.picture, means(&screen, usize::MAX))
            .unwrap()
            .updates
        {
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
    assert_eq!(Planner::new().next(&screen, means), Err(renfort_picture::TooLarge));
}

#[test]
fn little_room_is_kept_and_what_is_small_goes_first() {
    let (mut planner, mut composer, mut screen) = desk();
    screen.act(&Act::Photograph(DESK, 9));
    planner.damage(&std::mem::take(&mut screen.damage));
    let first: usize = planner
        .next(&screen.picture, means(&screen, 20_000))
        .unwrap()
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
