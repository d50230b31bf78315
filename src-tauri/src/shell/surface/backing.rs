//! Pixels between the picture and the window, in memory that is kept from one time to the next.
//!
//! Why: memory that is shared with the X server costs more to be mapped, cleared and given back, for each picture of a page
//! that scrolls, than to be painted.
//!
//! Invariant: what the X server may still read is not written.

use gtk::cairo::{self, Context, Format, ImageSurface};
use renfort_engine::seams::{Picture, Rect, Size};

use super::Area;

/// Images that are used again. Without any until the first is needed.
#[derive(Default)]
pub(super) struct Backing {
    /// As large as the window: what is painted there stands in the same place here.
    window: Option<ImageSurface>,
    /// As large as the picture, of which the window shows another size.
    picture: Option<ImageSurface>,
}

impl Backing {
    /// Sees to it that there is room for a window, and waits until the X server has read what was in there before.
    pub fn prepare(&mut self, context: &Context, window: Area) -> Result<(), cairo::Error> {
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
    pub fn window(&mut self) -> Result<&mut ImageSurface, cairo::Error> {
        self.window.as_mut().ok_or(cairo::Error::SurfaceFinished)
    }

    /// The picture in its own size, for what is shown in another one.
    pub fn picture(&mut self, size: Size) -> Result<&mut ImageSurface, cairo::Error> {
        let (width, height) = (i32::from(size.width), i32::from(size.height));
        match &mut self.picture {
            Some(image) if (image.width(), image.height()) == (width, height) => {}
            image => *image = Some(ImageSurface::create(Format::Rgb24, width, height)?),
        }
        self.picture.as_mut().ok_or(cairo::Error::SurfaceFinished)
    }

    /// Both.
    pub fn both(&self) -> Result<(&ImageSurface, &ImageSurface), cairo::Error> {
        let both = self.window.as_ref().zip(self.picture.as_ref());
        both.ok_or(cairo::Error::SurfaceFinished)
    }
}

/// Takes pixels of the picture over to a place in an image. All must be inside.
pub(super) fn take(
    image: &mut ImageSurface,
    at: (i32, i32),
    picture: &Picture,
    from: Area,
) -> Result<(), cairo::Error> {
    let inside = |at: i32| u16::try_from(at).unwrap_or_default();
    let rect = Rect {
        x: inside(from.x),
        y: inside(from.y),
        width: inside(from.width),
        height: inside(from.height),
    };
    let (stride, left, top) = (image.stride() as usize, at.0.max(0) as usize, at.1.max(0) as usize);
    // Nothing else holds the image; cairo says so in any case.
    let mut bytes = image.data().map_err(|_| cairo::Error::SurfaceFinished)?;
    // From the place's first row on, as many as there are of the picture.
    for (row, pixels) in bytes.chunks_exact_mut(stride).skip(top).zip(picture.rows(rect)) {
        for (to, from) in row[left * 4..].chunks_exact_mut(4).zip(pixels.chunks_exact(4)) {
            // A canvas' pixels are red first, cairo's blue first (on a machine whose lowest byte is first).
            let pixel = u32::from_le_bytes([from[2], from[1], from[0], 255]);
            to.copy_from_slice(&pixel.to_ne_bytes());
        }
    }
    Ok(())
}
