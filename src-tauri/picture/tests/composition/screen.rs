//! A screen that does what screens do.

use std::time::Duration;

use renfort_picture::{Picture, PixelFormat, Rect, Size};

/// A screen that does what screens do.
pub struct Screen {
    pub picture: Picture,
    pub damage: Vec<Rect>,
    pub time: Duration,
}

#[derive(Debug, Clone)]
pub enum Act {
    /// A letter is typed.
    Letter(u16, u16),
    /// A part scrolls.
    Scroll(Rect, i16),
    /// A window is dragged from one place to another.
    Drag(Rect, u16, u16),
    /// A page of text takes the place of what was there.
    Page(Rect, u32),
    /// So many windows of 64 by 64 pixels that look alike, from this one on to the right and down.
    Alike(Rect, u32),
    /// A photograph is shown.
    Photograph(Rect, u32),
    /// A part is filled.
    Fill(Rect, u32),
    /// The screen takes another size.
    Resize(u16, u16),
}

pub fn noise(x: u16, y: u16, seed: u32) -> u32 {
    let mut value = u32::from(x).wrapping_mul(0x9E37_79B1)
        ^ u32::from(y).wrapping_mul(0x85EB_CA77)
        ^ seed.wrapping_mul(0xC2B2_AE3D);
    value ^= value >> 15;
    value = value.wrapping_mul(0x2C1B_3C6D);
    value ^ value >> 13
}

impl Screen {
    pub fn new(width: u16, height: u16) -> Self {
        let mut picture = Picture::new(Size { width, height }, PixelFormat::Bgrx);
        picture.pixels_mut().fill(0x00FF_FFFF);
        Self {
            picture,
            damage: Vec::new(),
            time: Duration::ZERO,
        }
    }

    pub fn paint(&mut self, rect: Rect, mut pixel: impl FnMut(u16, u16) -> u32) {
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
    pub fn act(&mut self, act: &Act) {
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
            Act::Alike(of, seed) => {
                let rect = Rect {
                    x: of.x * 64,
                    y: of.y * 64,
                    width: of.width * 64,
                    height: of.height * 64,
                };
                self.paint(rect, |x, y| noise(x % 64 / 2, y % 64, seed) % 3 * 0x30_40_50);
            }
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
