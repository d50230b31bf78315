//! A screen changes, updates travel, and the viewer's picture becomes the same, however they travel.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use proptest::prelude::*;
use renfort_picture::{
    COLOUR, Composer, Means, Picture, PixelFormat, Plan, Planner, Rect, Size,
    exact::Decoder,
    wire::{Operation, TILE, Update},
};

/// A screen that does what screens do.
struct Screen {
    picture: Picture,
    damage: Vec<Rect>,
    time: Duration,
}

#[derive(Debug, Clone)]
enum Act {
    /// A letter is typed.
    Letter(u16, u16),
    /// A part scrolls.
    Scroll(Rect, i16),
    /// A window is dragged from one place to another.
    Drag(Rect, u16, u16),
    /// A page of text takes the place of what was there.
    Page(Rect, u32),
    /// A photograph is shown.
    Photograph(Rect, u32),
    /// A part is filled.
    Fill(Rect, u32),
    /// The screen takes another size.
    Resize(u16, u16),
}

fn noise(x: u16, y: u16, seed: u32) -> u32 {
    let mut value = u32::from(x).wrapping_mul(0x9E37_79B1)
        ^ u32::from(y).wrapping_mul(0x85EB_CA77)
        ^ seed.wrapping_mul(0xC2B2_AE3D);
    value ^= value >> 15;
    value = value.wrapping_mul(0x2C1B_3C6D);
    value ^ value >> 13
}

impl Screen {
    fn new(width: u16, height: u16) -> Self {
        let mut picture = Picture::new(Size { width, height }, PixelFormat::Bgrx);
        picture.pixels_mut().fill(0x00FF_FFFF);
        Self {
            picture,
            damage: Vec::new(),
            time: Duration::ZERO,
        }
    }

    fn paint(&mut self, rect: Rect, mut pixel: impl FnMut(u16, u16) -> u32) {
        let Some(rect) = rect.clipped(self.picture.size()) else {
            return;
        };
        for y in rect.y..rect.y + rect.height {
            for (x, target) in (rect.x..).zip(self.picture.span_mut(rect.x, y, rect.width)) {
                *target = pixel(x, y);
            }
        }
        self.damage.push(rect);
    }

    /// Something happens, a while after what happened before.
    fn act(&mut self, act: &Act) {
        self.time += Duration::from_millis(300);
        match *act {
            Act::Letter(x, y) => {
                let rect = Rect {
                    x,
                    y,
                    width: 9,
                    height: 15,
                };
                self.paint(rect, |x, y| {
                    if noise(x, y, 7).is_multiple_of(3) {
                        0x33_33_33
                    } else {
                        0xFF_FF_FF
                    }
                });
            }
            Act::Scroll(rect, by) => {
                let Some(rect) = rect.clipped(self.picture.size()) else {
                    return;
                };
                let before = self.picture.clone();
                self.paint(rect, |x, y| {
                    let from = i32::from(y) + i32::from(by);
                    match u16::try_from(from) {
                        Ok(from) if from >= rect.y && from < rect.y + rect.height => before.span(x, from, 1)[0],
                        _ => {
                            if noise(x / 2, y, 3).is_multiple_of(4) {
                                0x10_20_90
                            } else {
                                0xFF_FF_FF
                            }
                        }
                    }
                });
            }
            Act::Drag(rect, x, y) => {
                let Some(rect) = rect.clipped(self.picture.size()) else {
                    return;
                };
                let before = self.picture.clone();
                self.paint(rect, |x, y| 0x30_60_90 + u32::from(x / 8 + y / 8) % 5);
                let to = Rect { x, y, ..rect };
                self.paint(to, |at_x, at_y| {
                    before.span(rect.x + (at_x - x), rect.y + (at_y - y), 1)[0]
                });
            }
            Act::Page(rect, seed) => self.paint(rect, |x, y| {
                if y % 14 < 10 && noise(x / 2, y, seed).is_multiple_of(3) {
                    0x22_22_22 + noise(x, y, seed) % 3 * 0x20_20_20
                } else {
                    0xFA_FA_FA
                }
            }),
            Act::Photograph(rect, seed) => self.paint(rect, |x, y| {
                (u32::from(x) * 3 + noise(x, y, seed) % 9) & 0xFF
                    | ((u32::from(y) * 2) & 0xFF) << 8
                    | (noise(x, y, seed) % 7 + 90) << 16
            }),
            Act::Fill(rect, colour) => self.paint(rect, |_, _| colour),
            Act::Resize(width, height) => {
                self.picture.resize(Size { width, height });
                self.damage = vec![self.picture.size().whole()];
            }
        }
    }
}

fn assert_alike(screen: &Picture, shown: &Picture) {
    assert_eq!(screen.size(), shown.size());
    for (at, (one, other)) in screen.pixels().iter().zip(shown.pixels()).enumerate() {
        let rgb = other.swap_bytes() >> 8;
        let (x, y) = (
            at % usize::from(screen.size().width),
            at / usize::from(screen.size().width),
        );
        assert_eq!(one & COLOUR, rgb, "at {x}, {y}");
    }
}

fn rect() -> impl Strategy<Value = Rect> {
    (0_u16..300, 0_u16..200, 1_u16..330, 1_u16..230).prop_map(|(x, y, width, height)| Rect { x, y, width, height })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0_u16..320, 0_u16..220).prop_map(|(x, y)| Act::Letter(x, y)),
        4 => (rect(), -60_i16..60).prop_map(|(rect, by)| Act::Scroll(rect, by)),
        4 => (rect(), 0_u16..300, 0_u16..200).prop_map(|(rect, x, y)| Act::Drag(rect, x, y)),
        3 => (rect(), 0_u32..3).prop_map(|(rect, seed)| Act::Page(rect, seed)),
        1 => (rect(), any::<u32>()).prop_map(|(rect, seed)| Act::Photograph(rect, seed)),
        1 => (rect(), any::<u32>()).prop_map(|(rect, colour)| Act::Fill(rect, colour)),
        1 => (1_u16..400, 1_u16..300).prop_map(|(width, height)| Act::Resize(width, height)),
    ]
}

proptest! {
    #[test]
    fn updates_in_any_order_lost_and_sent_again_or_doubled_end_in_the_same_picture(
        acts in prop::collection::vec((act(), 0_usize..9_000, any::<u64>()), 1..24),
    ) {
        let mut screen = Screen::new(320, 220);
        screen.act(&Act::Page(Rect { x: 0, y: 0, width: 320, height: 220 }, 1));
        let (mut planner, mut composer) = (Planner::new(), Composer::new());
        let (mut way, mut model) = (Way::default(), Model::default());
        for (act, room, mut chance) in acts {
            screen.act(&act);
            planner.damage(&std::mem::take(&mut screen.damage));
            let means = Means { at: screen.time, room, soon: 3_000, video: chance % 4 != 0 };
            let plan = planner.next(&screen.picture, means).unwrap();
            way.send(&mut planner, &screen, plan);
            // Some arrive, in an order of chance, and some of these twice; some frames do, in their order.
            while !way.updates.is_empty() && chance % 3 != 0 {
                let at = chance as usize / 3 % way.updates.len();
                let twice = chance % 5 == 0;
                let bytes = if twice { way.updates[at].clone() } else { way.updates.swap_remove(at) };
                model.take(&bytes, &mut composer);
                if chance % 7 < 4 && !way.frames.is_empty() {
                    let (timestamp, frame) = way.frames.remove(0);
                    model.frame(timestamp, &frame, &mut composer);
                }
                chance /= 7;
            }
            if chance % 2 == 0 {
                planner.acknowledged(composer.complete());
            }
        }
        while !planner.is_settled() {
            screen.time += Duration::from_millis(250);
            let means = Means { at: screen.time, room: 100_000, soon: 100_000, video: false };
            let plan = planner.next(&screen.picture, means).unwrap();
            way.send(&mut planner, &screen, plan);
        }
        while let Some(bytes) = way.updates.pop() {
            model.take(&bytes, &mut composer);
            if way.updates.len() % 3 == 0 && !way.frames.is_empty() {
                let (timestamp, frame) = way.frames.remove(0);
                model.frame(timestamp, &frame, &mut composer);
            }
        }
        for (timestamp, frame) in way.frames {
            model.frame(timestamp, &frame, &mut composer);
        }
        prop_assert!(composer.missing(10).is_empty());
        assert_alike(&screen.picture, composer.picture());
    }
}

/// The rule in the plainest way: each pixel and the number of the update that wrote it, which never becomes lower. No pixel
/// is shown that is older than one that was shown in its place.
#[derive(Default)]
struct Model {
    taken: BTreeMap<u32, Update>,
    carried_out: BTreeSet<u32>,
    size: Size,
    pixels: Vec<(u32, u32)>,
    kept: HashMap<u16, Vec<u32>>,
    frames: Vec<(u32, u32, Vec<Rect>)>,
    painted: u32,
    decoder: Decoder,
}

impl Model {
    fn complete(&self) -> u32 {
        (1..)
            .take_while(|number| self.carried_out.contains(number))
            .last()
            .unwrap_or(0)
    }

    fn at(&self, x: u16, y: u16) -> usize {
        usize::from(y) * usize::from(self.size.width) + usize::from(x)
    }

    fn read(&self, rect: Rect) -> Vec<u32> {
        let places = (rect.y..rect.y + rect.height).flat_map(|y| (rect.x..rect.x + rect.width).map(move |x| (x, y)));
        places.map(|(x, y)| self.pixels[self.at(x, y)].0).collect()
    }

    fn write(&mut self, sequence: u32, rect: Rect, pixels: &[u32], over_itself: bool) {
        let places = (rect.y..rect.y + rect.height).flat_map(|y| (rect.x..rect.x + rect.width).map(move |x| (x, y)));
        for ((x, y), pixel) in places.zip(pixels) {
            let at = self.at(x, y);
            let (shown, age) = &mut self.pixels[at];
            if *age < sequence || *age == sequence && over_itself {
                (*shown, *age) = (*pixel, sequence);
            }
        }
    }

    fn take(&mut self, bytes: &[u8], composer: &mut Composer) {
        let update = Update::decode(bytes).unwrap();
        self.taken.entry(update.sequence).or_insert(update);
        loop {
            let complete = self.complete();
            let possible = |update: &&Update| !self.carried_out.contains(&update.sequence) && update.after <= complete;
            let Some(update) = self.taken.values().find(possible).cloned() else {
                break;
            };
            self.carried_out.insert(update.sequence);
            for operation in update.operations {
                self.operate(update.sequence, operation);
            }
        }
        composer.take(bytes).unwrap();
        assert_eq!(self.complete(), composer.complete());
        self.compare(composer);
    }

    fn operate(&mut self, sequence: u32, operation: Operation) {
        let tile = |x, y| Rect {
            x,
            y,
            width: TILE,
            height: TILE,
        };
        match operation {
            Operation::Begin(size) => {
                self.size = size;
                self.pixels = vec![(0, sequence); size.whole().area()];
                self.kept.clear();
                self.frames.clear();
            }
            Operation::Copy { to, x, y } => {
                let pixels = self.read(Rect { x, y, ..to });
                self.write(sequence, to, &pixels, true);
            }
            Operation::Keep { slot, x, y } => {
                self.kept.insert(slot, self.read(tile(x, y)));
            }
            Operation::Recall { slot, x, y } => {
                let pixels = self.kept[&slot].clone();
                self.write(sequence, tile(x, y), &pixels, true);
            }
            Operation::Exact { rect, coded } => {
                let pixels = self.decoder.decode(&coded, rect.width, rect.height).unwrap().to_vec();
                self.write(sequence, rect, &pixels, true);
            }
            Operation::Video { timestamp, rects } => {
                if sequence > self.painted {
                    self.frames.push((sequence, timestamp, rects));
                }
            }
        }
    }

    fn frame(&mut self, timestamp: u32, frame: &Picture, composer: &mut Composer) {
        if let Some(last) = self
            .frames
            .iter()
            .filter(|frame| frame.1 == timestamp)
            .map(|frame| frame.0)
            .max()
        {
            self.painted = last;
            let frames = std::mem::take(&mut self.frames);
            for (sequence, its, rects) in frames {
                if sequence > last {
                    self.frames.push((sequence, its, rects));
                } else if its == timestamp && frame.size() == self.size {
                    for rect in rects {
                        let rows = rect.y..rect.y + rect.height;
                        let pixels = rows.flat_map(|y| frame.span(rect.x, y, rect.width));
                        let pixels: Vec<u32> = pixels.map(|pixel| pixel.swap_bytes() >> 8).collect();
                        self.write(sequence, rect, &pixels, false);
                    }
                }
            }
        }
        composer.frame(timestamp, frame);
        self.compare(composer);
    }

    fn compare(&self, composer: &Composer) {
        assert_eq!(self.size, composer.picture().size());
        let shown = composer.picture().pixels();
        assert!(
            self.pixels
                .iter()
                .zip(shown)
                .all(|((pixel, _), shown)| *pixel == shown.swap_bytes() >> 8)
        );
    }
}

/// What is between sharer and viewer.
#[derive(Default)]
struct Way {
    updates: Vec<Vec<u8>>,
    frames: Vec<(u32, Picture)>,
    timestamp: u32,
}

impl Way {
    fn send(&mut self, planner: &mut Planner, screen: &Screen, plan: Plan) {
        self.updates
            .extend(plan.updates.into_iter().map(|planned| planned.bytes));
        if plan.video.is_empty() {
            return;
        }
        self.timestamp += 3_000;
        let planned = planner.video(self.timestamp, &plan.video, screen.time);
        self.updates.push(planned.bytes);
        self.frames.push((self.timestamp, blurred(&screen.picture)));
    }
}

/// What a codec makes of a picture: nearly the same.
fn blurred(picture: &Picture) -> Picture {
    let mut frame = Picture::new(picture.size(), PixelFormat::Rgba);
    for (pixel, sharp) in frame.pixels_mut().iter_mut().zip(picture.pixels()) {
        *pixel = ((sharp ^ 0x01_02_03) & COLOUR).swap_bytes() >> 8 | 0xFF00_0000;
    }
    frame
}

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
        let announced = planner.video(timestamp, &plan.video, screen.time);
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
    // The codec left the frame out: it is planned again.
    assert_eq!(planner.next(&screen.picture, means).unwrap().video, plan.video);
    let announced = planner.video(1, &plan.video, screen.time);
    composer.take(&announced.bytes).unwrap();
    screen.time += Duration::from_secs(1);
    show(&mut planner, &mut composer, &mut screen);
    assert!(planner.is_settled());
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
