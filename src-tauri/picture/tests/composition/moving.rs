//! What moves, or goes on changing, on a line that does not take all of it as pixels.

use std::{collections::VecDeque, time::Duration};

use renfort_picture::{COLOUR, Composer, Means, Picture, PixelFormat, Planner, Rect, Size};

use super::{
    Turn,
    alike::{assert_alike, blurred},
    next,
    screen::{Act, Screen},
    show,
};

/// All that was planned comes at once, and the frame of what was left to video, too.
fn arrives(
    plan: &Turn,
    timestamp: u32,
    picture: &Picture,
    at: Duration,
    planner: &mut Planner,
    composer: &mut Composer,
) {
    for update in &plan.updates {
        composer.take(&update.bytes).unwrap();
    }
    if !plan.video.is_empty() {
        let announced = planner.video(timestamp, &plan.video, picture, at);
        composer.take(&announced.bytes).unwrap();
        composer.frame(timestamp, &blurred(picture));
    }
    planner.acknowledged(composer.complete());
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
        let plan = next(&mut planner, &paper.picture, means);
        bytes.push(plan.updates.iter().map(|update| update.bytes.len()).sum::<usize>());
        left_to_video += usize::from(!plan.video.is_empty());
        arrives(&plan, u32::from(turn), &paper.picture, at, &mut planner, &mut composer);
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
        let plan = next(&mut planner, &paper.picture, means);
        video.push(plan.video.iter().map(|rect| rect.area()).sum::<usize>());
        arrives(&plan, u32::from(turn), &paper.picture, at, &mut planner, &mut composer);
    }
    assert!(video[6..10].iter().all(|area| *area > 100_000), "{video:?}");
    assert!(video[30..].iter().all(|area| *area == 0), "{video:?}");
}

#[test]
fn what_is_around_a_film_that_begins_anywhere_stays_exact() {
    for film in [
        (203, 107, 301, 203),
        (96, 64, 320, 192),
        (1, 479, 639, 1),
        (111, 50, 320, 240),
    ] {
        let (x, y, width, height) = film;
        let film = Rect { x, y, width, height };
        let (mut planner, mut composer, mut screen) = (Planner::new(), Composer::new(), Screen::new(640, 480));
        screen.act(&Act::Page(screen.picture.size().whole(), 3));
        show(&mut planner, &mut composer, &mut screen);
        let (mut at, mut painted) = (screen.time, 0);
        for turn in 0..24 {
            at += Duration::from_millis(33);
            screen.act(&Act::Photograph(film, turn));
            planner.damage(&std::mem::take(&mut screen.damage));
            let means = Means {
                at,
                room: 40_000,
                soon: 40_000,
                video: true,
            };
            let plan = next(&mut planner, &screen.picture, means);
            painted += plan.video.iter().map(|rect| rect.area()).sum::<usize>();
            arrives(&plan, turn, &screen.picture, at, &mut planner, &mut composer);
            let pairs = screen.picture.pixels().iter().zip(composer.picture().pixels());
            for (place, (sharp, shown)) in pairs.enumerate() {
                let (x, y) = ((place % 640) as u16, (place / 640) as u16);
                let pixel = Rect {
                    x,
                    y,
                    width: 1,
                    height: 1,
                };
                assert!(
                    sharp & COLOUR == shown.swap_bytes() >> 8 || film.meets(pixel),
                    "{x}, {y} beside {film:?} in turn {turn}"
                );
            }
        }
        assert!(
            film.height == 1 || painted > 10 * film.area(),
            "{painted} pixels of {film:?} as video"
        );
    }
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
        let plan = next(&mut planner, &screen.picture, means);
        most = most.max(plan.video.len());
        arrives(&plan, turn, &screen.picture, at, &mut planner, &mut composer);
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
        let plan = next(&mut planner, &paper.picture, means);
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
        for update in next(&mut planner, &paper.picture, means).updates {
            composer.take(&update.bytes).unwrap();
        }
        planner.acknowledged(composer.complete());
    }
    assert_alike(&paper.picture, composer.picture());
}
