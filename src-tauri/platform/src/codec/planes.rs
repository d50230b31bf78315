//! The screen as the encoder takes it: three planes of 4:2:0, kept from frame to frame.
//!
//! Flow: [`Planes::update`] converts a damaged rectangle, aligned to whole chroma samples, and repeats the last row and
//! column into the padding of an odd size.
//!
//! Invariant: the planes have an even width and height, and outside the updated rectangles nothing is written.

use openh264::formats::YUVSource;
use renfort_engine::seams::{Picture, Rect, Size, VideoError};
use yuv::{BufferStoreMut, YuvConversionMode, YuvPlanarImageMut, bgra_to_yuv420};

use super::{MATRIX, RANGE, failed};

/// Luma, blue and red difference.
pub(super) struct Planes {
    size: Size,
    width: usize,
    height: usize,
    y: Vec<u8>,
    u: Vec<u8>,
    v: Vec<u8>,
    packed: Packed,
}

/// A rectangle on its way, kept so that no memory is allocated for each.
#[derive(Default)]
struct Packed {
    bgrx: Vec<u8>,
    y: Vec<u8>,
    u: Vec<u8>,
    v: Vec<u8>,
}

impl Planes {
    /// Black would be another value; the first update is expected to cover everything.
    pub(super) fn new(size: Size) -> Self {
        let (width, height) = (
            usize::from(size.width).next_multiple_of(2),
            usize::from(size.height).next_multiple_of(2),
        );
        let chroma = width / 2 * (height / 2);
        Self {
            size,
            width,
            height,
            y: vec![0; width * height],
            u: vec![0; chroma],
            v: vec![0; chroma],
            packed: Packed::default(),
        }
    }

    /// The size of the screen, without padding.
    pub(super) const fn size(&self) -> Size {
        self.size
    }

    /// Takes over a rectangle of a picture of the same size.
    pub(super) fn update(&mut self, picture: &Picture, rect: Rect) -> Result<(), VideoError> {
        let Some(rect) = rect.clipped(self.size) else {
            return Ok(());
        };
        let (left, top) = (usize::from(rect.x) & !1, usize::from(rect.y) & !1);
        let side = |near: usize, far: u16, length: u16, limit: u16| {
            (usize::from(far) + usize::from(length))
                .next_multiple_of(2)
                .min(usize::from(limit))
                - near
        };
        let width = side(left, rect.x, rect.width, self.size.width);
        let height = side(top, rect.y, rect.height, self.size.height);

        self.convert(picture, [left, top, width, height])?;
        self.pad(left + width, top, height);
        Ok(())
    }

    /// Converts a rectangle (left, top, width, height) through buffers without gaps between the rows: the conversion
    /// leaves out the last rows of a part of a picture otherwise.
    fn convert(&mut self, picture: &Picture, [left, top, width, height]: [usize; 4]) -> Result<(), VideoError> {
        let (chroma_width, chroma_height) = (width.div_ceil(2), height.div_ceil(2));
        let Packed { bgrx, y, u, v } = &mut self.packed;
        y.resize(width * height, 0);
        u.resize(chroma_width * chroma_height, 0);
        v.resize(chroma_width * chroma_height, 0);
        bgrx.clear();
        for row in top..top + height {
            let at = row * picture.stride() + left * 4;
            bgrx.extend_from_slice(&picture.bytes()[at..at + width * 4]);
        }

        let pixels = |count: usize| u32::try_from(count).map_err(|error| failed("conversion", error));
        let mut target = YuvPlanarImageMut {
            y_plane: BufferStoreMut::Borrowed(y),
            y_stride: pixels(width)?,
            u_plane: BufferStoreMut::Borrowed(u),
            u_stride: pixels(chroma_width)?,
            v_plane: BufferStoreMut::Borrowed(v),
            v_stride: pixels(chroma_width)?,
            width: pixels(width)?,
            height: pixels(height)?,
        };
        bgra_to_yuv420(
            &mut target,
            bgrx,
            pixels(width * 4)?,
            RANGE,
            MATRIX,
            YuvConversionMode::Balanced,
        )
        .map_err(|error| failed("conversion", format!("{error:?}")))?;

        spread(y, width, &mut self.y, self.width, left, top);
        spread(u, chroma_width, &mut self.u, self.width / 2, left / 2, top / 2);
        spread(v, chroma_width, &mut self.v, self.width / 2, left / 2, top / 2);
        Ok(())
    }

    /// Repeats the last luma column and row of an odd size; a chroma sample already stands for both pixels.
    fn pad(&mut self, right: usize, top: usize, height: usize) {
        if right < self.width && right == usize::from(self.size.width) {
            for row in top..top + height {
                self.y[row * self.width + right] = self.y[row * self.width + right - 1];
            }
        }
        let bottom = top + height;
        if bottom < self.height && bottom == usize::from(self.size.height) {
            self.y
                .copy_within((bottom - 1) * self.width..bottom * self.width, bottom * self.width);
        }
    }
}

/// Copies rows without gaps to their place in a plane.
fn spread(rows: &[u8], width: usize, plane: &mut [u8], stride: usize, left: usize, top: usize) {
    for (row, source) in (top..).zip(rows.chunks_exact(width)) {
        let at = row * stride + left;
        plane[at..at + width].copy_from_slice(source);
    }
}

impl YUVSource for Planes {
    fn dimensions(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    fn strides(&self) -> (usize, usize, usize) {
        (self.width, self.width / 2, self.width / 2)
    }

    fn y(&self) -> &[u8] {
        &self.y
    }

    fn u(&self) -> &[u8] {
        &self.u
    }

    fn v(&self) -> &[u8] {
        &self.v
    }
}

#[cfg(test)]
mod tests {
    use renfort_engine::seams::PixelFormat;

    use super::*;

    fn noise(size: Size, seed: u32) -> Picture {
        let mut picture = Picture::new(size, PixelFormat::Bgrx);
        let mut state = seed;
        for byte in picture.bytes_mut() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (state >> 24) as u8;
        }
        picture
    }

    #[test]
    fn damage_converts_to_what_a_whole_conversion_gives() -> Result<(), VideoError> {
        for (width, height) in [(64, 48), (67, 45), (33, 2)] {
            let size = Size { width, height };
            let (before, mut after) = (noise(size, 1), noise(size, 1));
            let damage = Rect {
                x: width / 2 - 1,
                y: height / 2 - 1,
                width: width / 2 + 2,
                height: height / 2 + 2,
            };
            let damage = damage.clipped(size).unwrap_or_default();
            let fresh = noise(size, 2);
            for row in damage.y..damage.y + damage.height {
                let at = usize::from(row) * after.stride() + usize::from(damage.x) * 4;
                let length = usize::from(damage.width) * 4;
                after.bytes_mut()[at..at + length].copy_from_slice(&fresh.bytes()[at..at + length]);
            }
            let mut partly = Planes::new(size);
            partly.update(&before, size.whole())?;
            partly.update(&after, damage)?;
            let mut wholly = Planes::new(size);
            wholly.update(&after, size.whole())?;
            assert!(
                partly.y == wholly.y && partly.u == wholly.u && partly.v == wholly.v,
                "{width}x{height}"
            );
        }
        Ok(())
    }

    #[test]
    fn the_padding_of_an_odd_size_repeats_its_edge() -> Result<(), VideoError> {
        let size = Size { width: 5, height: 3 };
        let mut planes = Planes::new(size);
        planes.update(&noise(size, 3), size.whole())?;
        assert_eq!(planes.dimensions(), (6, 4));
        assert!((0..4).all(|row| planes.y[row * 6 + 5] == planes.y[row * 6 + 4]));
        assert_eq!(planes.y[12..18], planes.y[18..24]);
        Ok(())
    }
}
