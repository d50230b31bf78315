//! Pixels between the picture and the window, in memory that is kept from one time to the next.
//!
//! Why: memory that is shared with the X server costs more to be mapped, cleared and given back, for each picture of a page
//! that scrolls, than to be painted.
//!
//! Invariant: what the X server may still read is not written.

use fast_image_resize::{
    FilterType, ImageBufferError, PixelType, ResizeAlg, ResizeError, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use gtk::cairo::{self, Context, Format, ImageSurface};
use renfort_engine::seams::{Picture, Rect};

use super::Area;

/// How a pixel of another size is made of those around it: sharp enough for small letters, with hardly a halo (Mitchell and
/// Netravali, Reconstruction Filters in Computer Graphics, 1988; B = 0, C = 1/2).
const FILTER: FilterType = FilterType::CatmullRom;
/// Pixels to either side that it takes, of the coarser of the two sizes.
pub(super) const REACH: f64 = 2.0;

/// Why something was not painted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PaintError {
    /// Cairo has no memory, or the surface takes nothing.
    #[error(transparent)]
    Cairo(#[from] cairo::Error),
    /// The picture cannot be brought to the window's size.
    #[error("the picture is not scaled: {0}")]
    Scale(#[from] ResizeError),
    /// There is less memory than pixels.
    #[error("the picture is not scaled: {0}")]
    Memory(#[from] ImageBufferError),
}

/// What is used again. Without any memory until the first is needed.
#[derive(Default)]
pub(super) struct Backing {
    /// As large as the window: what is painted there stands in the same place here.
    window: Option<ImageSurface>,
    scaler: Resizer,
    /// The part that was scaled last, red first.
    scaled: Vec<u8>,
}

/// A part of the picture, which begins and ends anywhere in its pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Crop {
    /// From the left, and across.
    pub across: (f64, f64),
    /// From the top, and down.
    pub down: (f64, f64),
}

impl Backing {
    /// Sees to it that there is room for a window, and waits until the X server has read what was in there before.
    pub fn prepare(&mut self, context: &Context, window: Area) -> Result<(), PaintError> {
        let Area { width, height, .. } = window;
        let is_fit = |image: &mut ImageSurface| {
            // Only one that nobody else holds, and that has been read, gives its pixels.
            (image.width(), image.height()) == (width, height) && image.data().is_ok()
        };
        if !self.window.as_mut().is_some_and(is_fit) {
            // Such an image the window takes fast: in memory that the X server shares, where there is one.
            let target = context.target();
            self.window = Some(target.create_similar_image(Format::Rgb24, width, height)?);
        }
        Ok(())
    }

    /// What is painted. After [`Backing::prepare`].
    pub fn window(&self) -> Result<&ImageSurface, PaintError> {
        Ok(self.window.as_ref().ok_or(cairo::Error::SurfaceFinished)?)
    }

    /// Takes pixels of the picture over to `part`, which is as large. Both must be inside.
    pub fn take(&mut self, part: Area, picture: &Picture, from: Rect) -> Result<(), PaintError> {
        write(self.window.as_mut(), part, picture.rows(from))
    }

    /// Brings some of the picture to the size of `part`. Both must be inside.
    pub fn scale(&mut self, part: Area, picture: &Picture, from: Crop) -> Result<(), PaintError> {
        let size = picture.size();
        let [width, height] = [part.width, part.height].map(|length| length.max(0) as u32);
        let whole = ImageRef::new(size.width.into(), size.height.into(), picture.bytes(), PixelType::U8x4)?;
        let row = width as usize * 4;
        self.scaled.resize(row * height as usize, 0);
        let mut scaled = Image::from_slice_u8(width, height, &mut self.scaled, PixelType::U8x4)?;
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FILTER))
            .use_alpha(false)
            .crop(from.across.0, from.down.0, from.across.1, from.down.1);
        self.scaler.resize(&whole, &mut scaled, &options)?;
        write(self.window.as_mut(), part, self.scaled.chunks_exact(row.max(1)))
    }
}

/// Writes rows of a canvas' pixels to a place in an image, as many as there are.
fn write<'a>(
    image: Option<&mut ImageSurface>,
    to: Area,
    rows: impl Iterator<Item = &'a [u8]>,
) -> Result<(), PaintError> {
    let image = image.ok_or(cairo::Error::SurfaceFinished)?;
    let (stride, left, top) = (image.stride() as usize, to.x.max(0) as usize, to.y.max(0) as usize);
    // Nothing else holds the image; cairo says so in any case.
    let mut bytes = image.data().map_err(|_| cairo::Error::SurfaceFinished)?;
    for (row, pixels) in bytes.chunks_exact_mut(stride).skip(top).zip(rows) {
        for (to, from) in row[left * 4..].chunks_exact_mut(4).zip(pixels.chunks_exact(4)) {
            // A canvas' pixels are red first, cairo's blue first (on a machine whose lowest byte is first).
            let pixel = u32::from_le_bytes([from[2], from[1], from[0], 255]);
            to.copy_from_slice(&pixel.to_ne_bytes());
        }
    }
    Ok(())
}
