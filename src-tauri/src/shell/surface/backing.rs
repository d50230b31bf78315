//! Pixels between the picture and the window, in memory that is kept from one time to the next.
//!
//! Why: memory that is shared with the X server costs more to be mapped, cleared and given back, for each picture of a page
//! that scrolls, than to be painted.
//!
//! Invariant: what the X server may still read is not written.

use std::{
    panic::resume_unwind,
    sync::{Mutex, PoisonError},
    thread,
};

use fast_image_resize::{
    FilterType, ImageBufferError, PixelType, ResizeAlg, ResizeError, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use gtk::cairo::{self, Context, Format, ImageSurface};
use renfort_engine::seams::{Picture, PixelFormat, Rect, Size};

use super::Area;

/// How a pixel of another size is made of those around it: sharp enough for small letters, with hardly a halo (Mitchell and
/// Netravali, Reconstruction Filters in Computer Graphics, 1988; B = 0, C = 1/2).
const FILTER: FilterType = FilterType::CatmullRom;
/// Pixels to either side that it takes, of the coarser of the two sizes.
const REACH: f64 = 2.0;

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
    /// As large as the picture, of which the window shows another size.
    picture: Picture,
    /// One for each processor that scales.
    scalers: Vec<Resizer>,
    /// The part that was scaled last, red first.
    scaled: Vec<u8>,
}

/// A part of the picture, which begins and ends anywhere in its pixels.
#[derive(Debug, Clone, Copy)]
struct Crop {
    /// From the left, and across.
    across: (f64, f64),
    /// From the top, and down.
    down: (f64, f64),
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
            picture: Picture::new(Size::default(), PixelFormat::Rgba),
            scalers: (0..processors).map(|_| Resizer::new()).collect(),
            scaled: Vec::new(),
        }
    }

    /// Keeps nothing of what was painted.
    pub fn forget(&mut self) {
        self.window = None;
        self.picture.resize(Size::default());
        self.scalers.iter_mut().for_each(Resizer::reset_internal_buffers);
        self.scaled = Vec::new();
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

    /// Takes over what [`Backing::scale`] makes `part` of, where the picture is shown at `whole`: scaling takes a while, and whoever
    /// composes is not to wait for it.
    pub fn take_to_scale(&mut self, part: Area, picture: &Picture, whole: Area) {
        let size = picture.size();
        self.picture.resize(size);
        let near = |(start, length): (f64, f64), factor: f64, pixels: u16| {
            // A column more on either side, and what it is made of.
            let reach = (REACH + 1.0) * factor.max(1.0) + 1.0;
            // A cast of what is outside ends at the type's limits.
            let from = ((start - reach).floor() as u16).min(pixels);
            (from, ((start + length + reach).ceil() as u16).min(pixels) - from)
        };
        let from = Crop::of(part, size, whole);
        let (x, width) = near(from.across, factor(size.width, whole.width), size.width);
        let (y, height) = near(from.down, factor(size.height, whole.height), size.height);
        self.picture.take_from(picture, Rect { x, y, width, height });
    }

    /// Brings what was taken over for it to the size of `part`, which must be inside `whole`.
    pub fn scale(&mut self, part: Area, whole: Area) -> Result<(), PaintError> {
        let wide = widened(part, self.picture.size().width, whole);
        let row = self.scale_to(wide, whole)? * 4;
        let left = (part.x - wide.x) as usize * 4;
        let rows = self.scaled.chunks_exact(row.max(1)).take(part.height as usize);
        let inner = rows.map(|row| &row[left..left + part.width as usize * 4]);
        write(self.window.as_mut(), part, inner)
    }

    /// The same into `scaled`, whose rows' length it gives, in pixels.
    fn scale_to(&mut self, part: Area, whole: Area) -> Result<usize, PaintError> {
        let [width, height] = [part.width, part.height].map(|length| length.max(0) as usize);
        let bytes = width * height * 4;
        if bytes == 0 {
            return Ok(width);
        }
        if self.scaled.len() < bytes {
            self.scaled.resize(bytes, 0);
        }
        let scalers = if width * height < MUCH { 1 } else { self.scalers.len() };
        let rows = height.div_ceil(scalers);
        let picture = &self.picture;
        let bands = self.scaled[..bytes].chunks_mut(rows * width * 4);
        let bands: Vec<Mutex<Band<'_>>> = (part.y..)
            .step_by(rows)
            .zip(bands.zip(&mut self.scalers))
            .map(|(y, (into, scaler))| {
                let height = (into.len() / (width * 4)) as i32;
                let from = Crop::of(Area { y, height, ..part }, picture.size(), whole);
                Mutex::new(Band {
                    scaler,
                    from,
                    width,
                    into,
                })
            })
            .collect();
        let Some((first, others)) = bands.split_first() else {
            return Ok(width);
        };
        thread::scope(|scope| {
            let begin = |band| {
                let thread = thread::Builder::new().spawn_scoped(scope, move || scale_band(band, picture));
                // The system may give none.
                (band, thread.ok())
            };
            let begun: Vec<_> = others.iter().map(begin).collect();
            let here = scale_band(first, picture);
            begun.into_iter().fold(here, |done, (band, thread)| {
                let other = match thread {
                    Some(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
                    None => scale_band(band, picture),
                };
                done.and(other)
            })
        })?;
        Ok(width)
    }
}

impl Crop {
    /// What of a picture of this size lies in a part of the window, when all of it is shown at `whole`.
    fn of(part: Area, size: Size, whole: Area) -> Self {
        let (across, down) = (factor(size.width, whole.width), factor(size.height, whole.height));
        let span = |start: i32, length: i32, factor: f64| (f64::from(start) * factor, f64::from(length) * factor);
        Self {
            across: span(part.x - whole.x, part.width, across),
            down: span(part.y - whole.y, part.height, down),
        }
    }
}

/// Pixels of the window to either side of one of the picture's in which that has a part, when `pixels` of them are shown on `length`.
pub(super) fn reach(pixels: u16, length: i32) -> i32 {
    (REACH * factor(pixels.max(1), length).recip().max(1.0)).ceil() as i32 + 1
}

/// How many pixels of the picture one of the window is.
fn factor(pixels: u16, length: i32) -> f64 {
    f64::from(pixels) / f64::from(length.max(1))
}

/// The part, and a column more where it begins or ends with one that lies right on a column of the picture's: the library takes
/// its neighbours to reach no farther than it does, and reads beside them (fast_image_resize 6.1).
fn widened(part: Area, pixels: u16, whole: Area) -> Area {
    let (pixels, length) = (i64::from(pixels), i64::from(whole.width));
    let is_right_on = |column: i32| {
        // Its middle, in halves of the picture's columns, is that of one.
        let middle = (2 * i64::from(column) + 1) * pixels;
        length > pixels && middle % length == 0 && middle / length % 2 == 1
    };
    let (first, after) = (part.x - whole.x, part.x - whole.x + part.width);
    let left = i32::from(first > 0 && is_right_on(first));
    let right = i32::from(after < whole.width && is_right_on(after - 1));
    Area {
        x: part.x - left,
        width: part.width + left + right,
        ..part
    }
}

/// Rows that one processor scales.
struct Band<'a> {
    scaler: &'a mut Resizer,
    from: Crop,
    /// Pixels of a row.
    width: usize,
    into: &'a mut [u8],
}

fn scale_band(band: &Mutex<Band<'_>>, picture: &Picture) -> Result<(), PaintError> {
    let Band {
        scaler,
        from,
        width,
        into,
    } = &mut *band.lock().unwrap_or_else(PoisonError::into_inner);
    let (size, height) = (picture.size(), into.len() / (*width * 4).max(1));
    let whole = ImageRef::new(size.width.into(), size.height.into(), picture.bytes(), PixelType::U8x4)?;
    // What is rounded is not to reach beyond the picture.
    let inside = |(start, length): (f64, f64), pixels: u16| {
        let start = start.clamp(0.0, pixels.into());
        (start, length.min(f64::from(pixels) - start))
    };
    let ((left, across), (top, down)) = (inside(from.across, size.width), inside(from.down, size.height));
    // Both of a window's sides fit.
    let mut scaled = Image::from_slice_u8(*width as u32, height as u32, into, PixelType::U8x4)?;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FILTER))
        .use_alpha(false)
        .crop(left, top, across, down);
    Ok(scaler.resize(&whole, &mut scaled, &options)?)
}

/// Writes rows of a canvas' pixels to a place in an image, which is as large and inside.
fn write<'a>(
    image: Option<&mut ImageSurface>,
    to: Area,
    rows: impl Iterator<Item = &'a [u8]>,
) -> Result<(), PaintError> {
    let image = image.ok_or(cairo::Error::SurfaceFinished)?;
    let all = Area {
        x: 0,
        y: 0,
        width: image.width(),
        height: image.height(),
    };
    debug_assert_eq!(to.inside(all), Some(to), "beside the window nothing is painted");
    let (stride, left, top) = (image.stride() as usize, to.x.max(0) as usize, to.y.max(0) as usize);
    // Nothing else holds the image; cairo says so in any case.
    let mut bytes = image.data().map_err(|_| cairo::Error::SurfaceFinished)?;
    // Below and right of the place, the image goes on.
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
    use super::*;

    fn noise(width: u16, height: u16) -> Picture {
        let mut picture = Picture::new(Size { width, height }, PixelFormat::Rgba);
        for (at, pixel) in (0_u32..).zip(picture.pixels_mut()) {
            *pixel = at.wrapping_mul(0x9E37_79B1) >> 3 | 0xFF00_0000;
        }
        picture
    }

    fn area(x: i32, y: i32, width: i32, height: i32) -> Area {
        Area { x, y, width, height }
    }

    /// Rows of a part.
    fn scaled(processors: usize, picture: &Picture, part: Area, whole: Area) -> Vec<Vec<u8>> {
        let mut backing = Backing::with(processors);
        backing.take_to_scale(part, picture, whole);
        let wide = widened(part, picture.size().width, whole);
        let row = backing.scale_to(wide, whole).unwrap() * 4;
        let left = (part.x - wide.x) as usize * 4;
        let rows = backing.scaled.chunks_exact(row).take(part.height as usize);
        rows.map(|row| row[left..left + part.width as usize * 4].to_vec())
            .collect()
    }

    #[test]
    fn on_several_processors_a_picture_is_scaled_to_the_same() {
        let (picture, whole) = (noise(900, 611), area(-50, 20, 701, 502));
        let part = area(-40, 30, 690, 490);
        let alone = scaled(1, &picture, part, whole).concat();
        assert_eq!(alone.len(), 690 * 490 * 4);
        for processors in [2, 3, 4] {
            let others = scaled(processors, &picture, part, whole).concat();
            let off = alone.iter().zip(others).map(|(one, other)| one.abs_diff(other));
            assert!(off.max() <= Some(1), "{processors}");
        }
    }

    /// In most of these, some columns of the window lie right on one of the picture's.
    #[test]
    fn a_part_is_as_in_the_whole_wherever_it_begins_and_ends() {
        let picture = noise(60, 40);
        for (width, height) in [
            (180, 120),
            (84, 56),
            (100, 67),
            (140, 93),
            (68, 45),
            (63, 41),
            (60, 80),
            (20, 13),
            (59, 40),
        ] {
            let whole = area(7, 5, width, height);
            let all = scaled(1, &picture, whole, whole);
            for (start, end) in (0..width).flat_map(|at| [(at, width.min(at + 9)), (at, width), (0, at + 1)]) {
                let part = area(7 + start, 5 + height / 3, end - start, height / 2);
                let rows = scaled(1, &picture, part, whole);
                for (row, wanted) in rows.iter().zip(&all[(height / 3) as usize..]) {
                    let wanted = &wanted[start as usize * 4..end as usize * 4];
                    let off = row.iter().zip(wanted).map(|(one, other)| one.abs_diff(*other)).max();
                    assert!(off <= Some(1), "{width} x {height}, {start} to {end}: {off:?}");
                }
            }
        }
    }
}
