//! Pixels in memory.

use std::{any::Any, fmt};

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Size {
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
}

/// A rectangle of pixels, from the upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rect {
    /// From the left.
    pub x: u16,
    /// From the top.
    pub y: u16,
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
}

impl Size {
    /// All of it.
    #[must_use]
    pub const fn whole(self) -> Rect {
        Rect {
            x: 0,
            y: 0,
            width: self.width,
            height: self.height,
        }
    }
}

impl Rect {
    /// The part of this rectangle that lies inside `size`; none when nothing does.
    #[must_use]
    pub fn clipped(self, size: Size) -> Option<Self> {
        let width = self.width.min(size.width.saturating_sub(self.x));
        let height = self.height.min(size.height.saturating_sub(self.y));
        (width > 0 && height > 0).then_some(Self { width, height, ..self })
    }

    /// Column after the last.
    #[must_use]
    pub fn right(self) -> u32 {
        u32::from(self.x) + u32::from(self.width)
    }

    /// Row after the last.
    #[must_use]
    pub fn bottom(self) -> u32 {
        u32::from(self.y) + u32::from(self.height)
    }

    /// Pixels in it.
    #[must_use]
    pub fn area(self) -> usize {
        usize::from(self.width) * usize::from(self.height)
    }

    /// Does all of it lie inside?
    #[must_use]
    pub fn is_inside(self, size: Size) -> bool {
        self.right() <= u32::from(size.width) && self.bottom() <= u32::from(size.height)
    }

    /// What it has in common with another; none when that is nothing.
    #[must_use]
    pub fn common(self, other: Self) -> Option<Self> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let (right, bottom) = (self.right().min(other.right()), self.bottom().min(other.bottom()));
        (right > u32::from(x) && bottom > u32::from(y)).then(|| Self {
            x,
            y,
            width: (right - u32::from(x)) as u16,
            height: (bottom - u32::from(y)) as u16,
        })
    }

    /// Do they share a pixel?
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.area() > 0
            && other.area() > 0
            && u32::from(self.x) < other.right()
            && u32::from(other.x) < self.right()
            && u32::from(self.y) < other.bottom()
            && u32::from(other.y) < self.bottom()
    }

    /// What is left of it, as up to four rectangles, when `hole` is taken out.
    pub fn without(self, hole: Self, into: &mut Vec<Self>) {
        if !self.meets(hole) {
            into.push(self);
            return;
        }
        let (top, bottom) = (self.y.max(hole.y), self.bottom().min(hole.bottom()));
        let (left, right) = (self.x.max(hole.x), self.right().min(hole.right()));
        // Every edge lies between two numbers that fit.
        let number = |edge: u32| u16::try_from(edge).unwrap_or(u16::MAX);
        let parts = [
            (self.x, self.y, self.width, top - self.y),
            (self.x, number(bottom), self.width, number(self.bottom() - bottom)),
            (self.x, top, left - self.x, number(bottom) - top),
            (number(right), top, number(self.right() - right), number(bottom) - top),
        ];
        into.extend(
            parts
                .map(|(x, y, width, height)| Self { x, y, width, height })
                .into_iter()
                .filter(|part| part.area() > 0),
        );
    }

    /// The smallest rectangle that holds both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (u32::from(self.x) + u32::from(self.width)).max(u32::from(other.x) + u32::from(other.width));
        let bottom = (u32::from(self.y) + u32::from(self.height)).max(u32::from(other.y) + u32::from(other.height));
        let side = |far: u32, near: u16| u16::try_from(far - u32::from(near)).unwrap_or(u16::MAX);
        Self {
            x,
            y,
            width: side(right, x),
            height: side(bottom, y),
        }
    }
}

/// The three bytes of a pixel that mean something, of a pixel read as a number ([`Picture::pixels`]).
pub const COLOUR: u32 = 0x00FF_FFFF;

/// Order of the bytes of a pixel in memory; the fourth byte is undefined in [`PixelFormat::Bgrx`] and 255 in
/// [`PixelFormat::Rgba`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// As screens are captured.
    Bgrx,
    /// As a canvas takes it.
    Rgba,
}

/// Memory that a picture can lie in, whoever else writes it while nothing here holds the picture: that which a screen is captured into.
pub trait Memory: Any + Send + Sync {
    /// All of it.
    fn pixels(&self) -> &[u32];

    /// All of it, to be written.
    fn pixels_mut(&mut self) -> &mut [u32];
}

/// Where the pixels are.
enum Pixels {
    Own(Vec<u32>),
    Lent(Box<dyn Memory>),
}

/// A whole screen in memory, rows from the top, four bytes a pixel, no padding: the stride is `width * 4` bytes. A clone has memory of
/// its own.
#[derive(Clone)]
pub struct Picture {
    size: Size,
    format: PixelFormat,
    pixels: Pixels,
}

impl Clone for Pixels {
    fn clone(&self) -> Self {
        Self::Own(match self {
            Self::Own(pixels) => pixels.clone(),
            Self::Lent(memory) => memory.pixels().to_vec(),
        })
    }
}

impl PartialEq for Picture {
    fn eq(&self, other: &Self) -> bool {
        (self.size, self.format, self.pixels()) == (other.size, other.format, other.pixels())
    }
}

impl Eq for Picture {}

impl fmt::Debug for Picture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { size, format, .. } = self;
        write!(formatter, "Picture({} x {}, {format:?})", size.width, size.height)
    }
}

impl Picture {
    /// Black (and, for RGBA, opaque once written).
    #[must_use]
    pub fn new(size: Size, format: PixelFormat) -> Self {
        Self {
            size,
            format,
            pixels: Pixels::Own(vec![0; size.whole().area()]),
        }
    }

    /// In memory that is there already; none when that has not exactly as many pixels.
    #[must_use]
    pub fn lent(size: Size, format: PixelFormat, memory: Box<dyn Memory>) -> Option<Self> {
        (memory.pixels().len() == size.whole().area()).then_some(Self {
            size,
            format,
            pixels: Pixels::Lent(memory),
        })
    }

    /// The memory that it was made in by [`Self::lent`], if it is of this kind.
    pub fn memory_mut<M: Memory>(&mut self) -> Option<&mut M> {
        match &mut self.pixels {
            Pixels::Own(_) => None,
            Pixels::Lent(memory) => (memory.as_mut() as &mut dyn Any).downcast_mut(),
        }
    }

    /// Its size.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// Order of its bytes.
    #[must_use]
    pub const fn format(&self) -> PixelFormat {
        self.format
    }

    /// Bytes from one row to the next.
    #[must_use]
    pub const fn stride(&self) -> usize {
        self.size.width as usize * 4
    }

    /// All bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(self.pixels())
    }

    /// All bytes, to be written.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        bytemuck::cast_slice_mut(self.pixels_mut())
    }

    /// All pixels, each of its four bytes as they lie in memory.
    #[must_use]
    pub fn pixels(&self) -> &[u32] {
        match &self.pixels {
            Pixels::Own(pixels) => pixels,
            Pixels::Lent(memory) => memory.pixels(),
        }
    }

    /// All pixels, to be written.
    pub fn pixels_mut(&mut self) -> &mut [u32] {
        match &mut self.pixels {
            Pixels::Own(pixels) => pixels,
            Pixels::Lent(memory) => memory.pixels_mut(),
        }
    }

    /// `length` pixels of a row from column `x`. They must be inside.
    #[must_use]
    pub fn span(&self, x: u16, y: u16, length: u16) -> &[u32] {
        let start = self.at(x, y);
        &self.pixels()[start..start + usize::from(length)]
    }

    /// The same, to be written.
    pub fn span_mut(&mut self, x: u16, y: u16, length: u16) -> &mut [u32] {
        let start = self.at(x, y);
        &mut self.pixels_mut()[start..start + usize::from(length)]
    }

    /// Copies a rectangle of itself onto another place of the same size, which may overlap it. Both must be inside.
    pub fn copy_within(&mut self, from: Rect, x: u16, y: u16) {
        let width = usize::from(self.size.width);
        let row = |step: u16| {
            let source = usize::from(from.y + step) * width + usize::from(from.x);
            let target = usize::from(y + step) * width + usize::from(x);
            (source..source + usize::from(from.width), target)
        };
        let pixels = self.pixels_mut();
        if y > from.y {
            for (source, target) in (0..from.height).rev().map(row) {
                pixels.copy_within(source, target);
            }
        } else {
            for (source, target) in (0..from.height).map(row) {
                pixels.copy_within(source, target);
            }
        }
    }

    /// Takes a rectangle over from another picture of the same size and format. It must be inside.
    pub fn take_from(&mut self, other: &Self, rect: Rect) {
        if rect.x == 0 && rect.width == self.size.width {
            let rows = self.at(0, rect.y)..self.at(0, rect.y) + rect.area();
            self.pixels_mut()[rows.clone()].copy_from_slice(&other.pixels()[rows]);
            return;
        }
        for y in rect.y..rect.y + rect.height {
            self.span_mut(rect.x, y, rect.width)
                .copy_from_slice(other.span(rect.x, y, rect.width));
        }
    }

    fn at(&self, x: u16, y: u16) -> usize {
        usize::from(y) * usize::from(self.size.width) + usize::from(x)
    }

    /// Takes another size; the content is black afterwards when it changed.
    pub fn resize(&mut self, size: Size) {
        if size != self.size {
            *self = Self::new(size, self.format);
        }
    }

    /// The rows of a rectangle, top to bottom, each `rect.width * 4` bytes. A rectangle that is not inside is clipped.
    pub fn rows(&self, rect: Rect) -> impl Iterator<Item = &[u8]> {
        let rect = rect.clipped(self.size).unwrap_or_default();
        let (stride, left, length) = (self.stride(), usize::from(rect.x) * 4, usize::from(rect.width) * 4);
        let bytes = self.bytes();
        (usize::from(rect.y)..usize::from(rect.y) + usize::from(rect.height))
            .map(move |row| &bytes[row * stride + left..row * stride + left + length])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rectangle_is_clipped_to_the_picture() {
        let size = Size { width: 10, height: 5 };
        let rect = Rect {
            x: 8,
            y: 4,
            width: 9,
            height: 9,
        };
        assert_eq!(
            rect.clipped(size),
            Some(Rect {
                x: 8,
                y: 4,
                width: 2,
                height: 1
            })
        );
        assert_eq!(
            Rect {
                x: 10,
                y: 0,
                width: 1,
                height: 1
            }
            .clipped(size),
            None
        );
        let picture = Picture::new(size, PixelFormat::Rgba);
        assert_eq!(picture.rows(rect).map(<[u8]>::len).collect::<Vec<_>>(), [8]);
    }

    #[test]
    fn a_union_holds_both_and_does_not_overflow() {
        let far = Rect {
            x: u16::MAX,
            y: 0,
            width: 1,
            height: 1,
        };
        let near = Rect {
            x: 2,
            y: 3,
            width: 4,
            height: 5,
        };
        assert_eq!(
            near.union(Rect {
                x: 0,
                y: 0,
                width: 1,
                height: 1
            }),
            Rect {
                x: 0,
                y: 0,
                width: 6,
                height: 8
            }
        );
        assert_eq!(near.union(far).width, u16::MAX - 1);
    }
}
