//! Pixels between the picture and the window, in memory that is kept from one time to the next.
//!
//! Why: memory that is shared with the X server costs more to be mapped, cleared and given back, for each picture of a page
//! that scrolls, than to be painted.
//!
//! Invariant: what the X server may still read is not written.

use std::thread;

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

/// Pixels above which several processors share the work, and how many at most: beginning costs some ten microseconds each.
const MUCH: usize = 256 * 1024;
const MOST: usize = 4;

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
pub(super) struct Backing {
    /// As large as the window: what is painted there stands in the same place here.
    window: Option<ImageSurface>,
    /// One for each processor that scales.
    scalers: Vec<Resizer>,
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

impl Default for Backing {
    fn default() -> Self {
        // Half of them: the picture is composed meanwhile, and the page wants to be drawn.
        let processors = thread::available_parallelism().map_or(1, |number| number.get() / 2);
        Self::with(processors.clamp(1, MOST))
    }
}

impl Backing {
    /// That scales on so many processors.
    fn with(processors: usize) -> Self {
        Self {
            window: None,
            scalers: (0..processors).map(|_| Resizer::new()).collect(),
            scaled: Vec::new(),
        }
    }

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
        let [width, height] = [part.width, part.height].map(|length| length.max(0) as usize);
        self.scale_to(width, height, picture, from)?;
        let row = width * 4;
        write(
            self.window.as_mut(),
            part,
            self.scaled[..row * height].chunks_exact(row.max(1)),
        )
    }

    /// The same, into `scaled`.
    fn scale_to(&mut self, width: usize, height: usize, picture: &Picture, from: Crop) -> Result<(), PaintError> {
        let bytes = width * height * 4;
        if self.scaled.len() < bytes {
            self.scaled.resize(bytes, 0);
        }
        let scalers = if width * height < MUCH { 1 } else { self.scalers.len() };
        let rows = height.div_ceil(scalers).max(1);
        let bands = self.scaled[..bytes].chunks_mut((rows * width * 4).max(1));
        let mut bands = bands.zip(&mut self.scalers).enumerate().map(|(band, (into, scaler))| {
            let (top, of) = ((band * rows) as f64, height as f64);
            let long = (into.len() / (width * 4)) as f64;
            let (start, length) = from.down;
            let down = (start + length * top / of, length * long / of);
            move || scale_band(scaler, picture, Crop { down, ..from }, width, into)
        });
        thread::scope(|scope| {
            let first = bands.next();
            let others: Vec<_> = bands.map(|band| scope.spawn(band)).collect();
            let done = first.map_or(Ok(()), |mut band| band());
            let done = others.into_iter().map(|other| other.join()).fold(done, |done, other| {
                // A panic of a processor is one of this.
                done.and(other.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            });
            Ok(done?)
        })
    }
}

/// Scales into rows of `width` pixels.
fn scale_band(
    scaler: &mut Resizer,
    picture: &Picture,
    from: Crop,
    width: usize,
    into: &mut [u8],
) -> Result<(), PaintError> {
    let (size, height) = (picture.size(), into.len() / (width * 4).max(1));
    let whole = ImageRef::new(size.width.into(), size.height.into(), picture.bytes(), PixelType::U8x4)?;
    // What is rounded is not to reach beyond the picture.
    let inside = |(start, length): (f64, f64), pixels: u16| {
        let start = start.clamp(0.0, pixels.into());
        (start, length.min(f64::from(pixels) - start))
    };
    let ((left, across), (top, down)) = (inside(from.across, size.width), inside(from.down, size.height));
    // Both of a window's sides fit.
    let mut scaled = Image::from_slice_u8(width as u32, height as u32, into, PixelType::U8x4)?;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FILTER))
        .use_alpha(false)
        .crop(left, top, across, down);
    Ok(scaler.resize(&whole, &mut scaled, &options)?)
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

#[cfg(test)]
mod tests {
    use renfort_engine::seams::{PixelFormat, Size};

    use super::*;

    #[test]
    fn on_several_processors_a_picture_is_scaled_to_the_same() {
        let size = Size {
            width: 900,
            height: 611,
        };
        let mut picture = Picture::new(size, PixelFormat::Rgba);
        for (at, pixel) in (0_u32..).zip(picture.pixels_mut()) {
            *pixel = at.wrapping_mul(0x9E37_79B1) >> 3 | 0xFF00_0000;
        }
        let from = Crop {
            across: (3.3, 880.1),
            down: (7.7, 601.2),
        };
        let scaled = |processors: usize| {
            let mut backing = Backing::with(processors);
            backing.scale_to(700, 501, &picture, from).unwrap();
            backing.scaled
        };
        let alone = scaled(1);
        assert_eq!(alone.len(), 700 * 501 * 4);
        for processors in [2, 3, 4] {
            let off = alone
                .iter()
                .zip(scaled(processors))
                .map(|(one, other)| one.abs_diff(other));
            assert!(off.max() <= Some(1), "{processors}");
        }
    }
}
