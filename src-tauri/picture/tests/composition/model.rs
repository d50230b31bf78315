//! The composition rule once more, without anything that makes it quick.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use renfort_picture::{
    Composer, Picture, Rect, Size,
    exact::Decoder,
    wire::{Operation, TILE, Update},
};

/// The rule in the plainest way: each pixel and the number of the update that wrote it, which never becomes lower. No pixel
/// is shown that is older than one that was shown in its place.
#[derive(Default)]
pub struct Model {
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

    pub fn frame(&mut self, timestamp: u32, frame: &Picture, composer: &mut Composer) {
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
