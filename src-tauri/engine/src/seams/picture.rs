//! Pixels in memory.

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

/// Order of the bytes of a pixel in memory; the fourth byte is undefined in [`PixelFormat::Bgrx`] and 255 in
/// [`PixelFormat::Rgba`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// As screens are captured.
    Bgrx,
    /// As a canvas takes it.
    Rgba,
}

/// A whole screen in memory, rows from the top, four bytes a pixel, no padding: the stride is `width * 4` bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    size: Size,
    format: PixelFormat,
    bytes: Vec<u8>,
}

impl Picture {
    /// Black (and, for RGBA, opaque once written).
    #[must_use]
    pub fn new(size: Size, format: PixelFormat) -> Self {
        Self {
            size,
            format,
            bytes: vec![0; usize::from(size.width) * usize::from(size.height) * 4],
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
        &self.bytes
    }

    /// All bytes, to be written.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
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
        (usize::from(rect.y)..usize::from(rect.y) + usize::from(rect.height))
            .map(move |row| &self.bytes[row * stride + left..row * stride + left + length])
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
