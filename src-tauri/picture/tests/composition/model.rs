//! The composition rule once more, without anything that makes it quick.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use renfort_picture::{
    COLOUR, Composer, Picture, Rect, Size,
    exact::Decoder,
    wire::{Operation, TILE, Update},
};

use super::alike::blur;

/// What a pixel shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// Nothing has come since the picture began.
    Nothing,
    /// The screen, to the pixel.
    Exact,
    /// The screen, as a codec makes it.
    Video,
    /// What stood where it was copied from and where a frame had been announced that was still to come, or never did. It may be older than
    /// what was there: the rule lets a copy take along what is not there yet, and the planner lets it go where everything changes.
    Forerunner,
}

#[derive(Clone, Copy)]
struct Pixel {
    shown: u32,
    shows: Shows,
    age: u32,
    /// The update of the frame that was still to come where it was copied from, and the place there.
    coming: Option<(u32, (u16, u16))>,
    /// Was a frame announced here that never came?
    missed: bool,
}

/// The rule in the plainest way: each pixel and the number of the update that wrote it, which never becomes lower. What is
/// shown is compared with the screen of which that update was made, so that no pixel is older than one that was shown in its place, but
/// for [`Shows::Forerunner`].
#[derive(Default)]
pub struct Model {
    /// The screens that were shared, and the first update that was made of each.
    screens: Vec<(u32, Picture)>,
    taken: BTreeMap<u32, Update>,
    carried_out: BTreeSet<u32>,
    size: Size,
    pixels: Vec<Pixel>,
    kept: HashMap<u16, Vec<u32>>,
    frames: Vec<(u32, u32, Vec<Rect>)>,
    painted: u32,
    decoder: Decoder,
}

impl Model {
    /// The updates from this one on are made of this screen.
    pub fn shares(&mut self, first: u32, screen: &Picture) {
        match self.screens.last_mut() {
            Some((_, last)) if last.size() == screen.size() && last.pixels() == screen.pixels() => {}
            // Nothing was made of the last one.
            Some((same, last)) if *same == first => last.clone_from(screen),
            _ => self.screens.push((first, screen.clone())),
        }
    }

    fn screen(&self, sequence: u32) -> &Picture {
        let later = self.screens.partition_point(|(first, _)| *first <= sequence);
        &self.screens[later - 1].1
    }

    fn complete(&self) -> u32 {
        (1..)
            .take_while(|number| self.carried_out.contains(number))
            .last()
            .unwrap_or(0)
    }

    fn at(&self, x: u16, y: u16) -> usize {
        usize::from(y) * usize::from(self.size.width) + usize::from(x)
    }

    fn places(rect: Rect) -> impl Iterator<Item = (u16, u16)> {
        (rect.y..rect.y + rect.height).flat_map(move |y| (rect.x..rect.x + rect.width).map(move |x| (x, y)))
    }

    fn read(&self, rect: Rect) -> Vec<Pixel> {
        Self::places(rect).map(|(x, y)| self.pixels[self.at(x, y)]).collect()
    }

    /// The frame that comes to a place, if it stays there until then.
    fn coming(&self, (x, y): (u16, u16)) -> Option<(u32, (u16, u16))> {
        let Pixel { age, coming, .. } = self.pixels[self.at(x, y)];
        let point = Rect {
            x,
            y,
            width: 1,
            height: 1,
        };
        let announced = self
            .frames
            .iter()
            .filter(|(sequence, _, rects)| *sequence > age && rects.iter().any(|rect| rect.meets(point)));
        let highest = announced.map(|(sequence, ..)| *sequence).max();
        highest.map(|sequence| (sequence, (x, y))).or(coming)
    }

    fn write(&mut self, sequence: u32, rect: Rect, pixels: &[Pixel]) {
        for ((x, y), pixel) in Self::places(rect).zip(pixels) {
            let at = self.at(x, y);
            if self.pixels[at].age <= sequence {
                self.pixels[at] = Pixel {
                    age: sequence,
                    ..*pixel
                };
            }
        }
    }

    fn write_new(&mut self, sequence: u32, rect: Rect, pixels: impl IntoIterator<Item = u32>) {
        let pixels = pixels.into_iter().map(|shown| Pixel {
            shown,
            shows: Shows::Exact,
            age: sequence,
            coming: None,
            missed: false,
        });
        self.write(sequence, rect, &pixels.collect::<Vec<_>>());
    }

    pub fn take(&mut self, bytes: &[u8], composer: &mut Composer) {
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
                let black = Pixel {
                    shown: 0,
                    shows: Shows::Nothing,
                    age: sequence,
                    coming: None,
                    missed: false,
                };
                self.pixels = vec![black; size.whole().area()];
                self.kept.clear();
                self.frames.clear();
            }
            Operation::Copy { to, x, y } => {
                let from = Rect { x, y, ..to };
                let mut pixels = self.read(from);
                for (pixel, place) in pixels.iter_mut().zip(Self::places(from)) {
                    pixel.coming = self.coming(place);
                    if pixel.coming.is_some() || pixel.missed {
                        pixel.shows = Shows::Forerunner;
                    }
                }
                self.write(sequence, to, &pixels);
            }
            Operation::Keep { slot, x, y } => {
                let pixels = self.read(tile(x, y));
                self.kept.insert(slot, pixels.iter().map(|pixel| pixel.shown).collect());
            }
            Operation::Recall { slot, x, y } => {
                let pixels = self.kept[&slot].clone();
                self.write_new(sequence, tile(x, y), pixels);
            }
            Operation::Exact { rect, coded } => {
                let pixels = self.decoder.decode(&coded, rect.width, rect.height).unwrap().to_vec();
                self.write_new(sequence, rect, pixels);
            }
            Operation::Video { timestamp, rects } => {
                if sequence > self.painted {
                    self.frames.push((sequence, timestamp, rects));
                } else {
                    self.miss(sequence, &rects);
                }
            }
        }
    }

    /// A frame that was announced here comes no more, unless it is the one that is painted now.
    fn miss(&mut self, sequence: u32, rects: &[Rect]) {
        for (x, y) in rects.iter().flat_map(|rect| Self::places(*rect)) {
            let at = self.at(x, y);
            self.pixels[at].missed |= self.pixels[at].age < sequence;
        }
    }

    pub fn frame(&mut self, timestamp: u32, frame: &Picture, composer: &mut Composer) {
        if let Some(last) = self
            .frames
            .iter()
            .filter(|frame| frame.1 == timestamp)
            .map(|frame| frame.0)
            .max()
        {
            self.painted = last;
            let (given_up, left): (Vec<_>, Vec<_>) = std::mem::take(&mut self.frames)
                .into_iter()
                .partition(|(sequence, ..): &(u32, u32, Vec<Rect>)| *sequence <= last);
            self.frames = left;
            for (sequence, _, rects) in &given_up {
                self.miss(*sequence, rects);
            }
            let its = |(sequence, its, rects): (u32, u32, Vec<Rect>)| (its == timestamp).then_some((sequence, rects));
            let its: Vec<(u32, Vec<Rect>)> = Vec::into_iter(given_up).filter_map(its).collect();
            let pixel = |(x, y)| frame.span(x, y, 1)[0].swap_bytes() >> 8;
            if frame.size() == self.size {
                for (sequence, place) in its.iter().flat_map(|(sequence, rects)| {
                    let places = rects.iter().flat_map(|rect| Self::places(*rect));
                    places.map(move |place| (*sequence, place))
                }) {
                    let at = self.at(place.0, place.1);
                    // What its own update writes as pixels stays.
                    if self.pixels[at].age < sequence {
                        self.pixels[at] = Pixel {
                            shown: pixel(place),
                            shows: Shows::Video,
                            age: sequence,
                            coming: None,
                            missed: false,
                        };
                    }
                }
                for own in &mut self.pixels {
                    if let Some((_, place)) = own
                        .coming
                        .take_if(|(of, _)| its.iter().any(|(sequence, _)| sequence == of))
                    {
                        own.shown = pixel(place);
                        own.shows = Shows::Video;
                        own.missed = false;
                    }
                }
            }
            // What is given up comes nowhere any more.
            for own in &mut self.pixels {
                own.coming.take_if(|(of, _)| *of <= last);
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
                .all(|(pixel, shown)| pixel.shown == shown.swap_bytes() >> 8)
        );
        for (at, pixel) in self.pixels.iter().enumerate() {
            let was = || self.screen(pixel.age).pixels()[at] & COLOUR;
            let alike = match pixel.shows {
                Shows::Exact => pixel.shown == was(),
                Shows::Video => pixel.shown == blur(was()),
                Shows::Nothing | Shows::Forerunner => true,
            };
            assert!(alike, "at {at}: not of the screen of {}", pixel.age);
        }
    }
}
