//! What is painted of a picture, pixel by pixel, onto whatever cairo draws on.
//!
//! Flow: rectangles of the window -> the parts of the picture that are seen there are taken out of the canvas, in the window's size,
//! and painted; then the user's pointer, and the ring.
//!
//! Invariant: each pixel is the same in whichever rectangle it is painted, but for a rounding.

use std::{cell::RefCell, rc::Rc};

use gtk::cairo::{self, Context, FillRule, Filter, Format, ImageSurface, Region};
use renfort_engine::seams::{Picture, Rect, Size};
use renfort_protocol::cursor::CursorShape;

use super::backing::{Backing, PaintError, reach};
use crate::picture_socket::{
    Pointer, SharedCanvas,
    placed::{Area, Layout},
};

/// What is left free around the picture, as in the page's style (`RemoteScreen.svelte`).
const AROUND: (f64, f64, f64) = (16.0 / 255.0, 20.0 / 255.0, 21.0 / 255.0);

/// Where a part of the picture is seen; none where it is not.
pub(crate) fn shown(part: Rect, size: Size, layout: &Layout) -> Option<Area> {
    let Area { x, y, width, height } = layout.picture;
    let is_scaled = !is_plain(layout, size);
    let along = |start: i32, length: i32, pixels: u16, from: u16, to: u16| {
        let at = |pixel: u16| i64::from(pixel) * i64::from(length) / i64::from(pixels.max(1));
        let edge = if is_scaled { reach(pixels, length) } else { 0 };
        (
            start.saturating_add(at(from) as i32 - edge),
            start.saturating_add(at(to) as i32 + edge),
        )
    };
    let (left, right) = along(x, width, size.width, part.x, part.x + part.width);
    let (top, bottom) = along(y, height, size.height, part.y, part.y + part.height);
    Area {
        x: left,
        y: top,
        width: right.saturating_sub(left),
        height: bottom.saturating_sub(top),
    }
    .inside(layout.picture)?
    .inside(layout.stage)
}

/// Is the picture shown pixel for pixel?
fn is_plain(layout: &Layout, size: Size) -> bool {
    (layout.picture.width, layout.picture.height) == (i32::from(size.width), i32::from(size.height))
}

/// Paints from a canvas.
#[derive(Clone)]
pub(crate) struct Painter {
    canvas: SharedCanvas,
    backing: Rc<RefCell<Backing>>,
}

impl Painter {
    /// From this one.
    pub(crate) fn new(canvas: SharedCanvas) -> Self {
        let backing = Rc::default();
        Self { canvas, backing }
    }

    /// Where it paints from.
    pub(super) const fn canvas(&self) -> &SharedCanvas {
        &self.canvas
    }

    /// Keeps nothing of a session that is over.
    pub(super) fn forget(&self) {
        self.backing.borrow_mut().forget();
    }

    /// Paints what of the picture, and around it, lies in these rectangles of the stage. False when there is none any more.
    ///
    /// # Errors
    /// When there is no memory, or the surface takes nothing.
    pub(crate) fn paint(&self, window: Area, context: &Context, mine: &Region) -> Result<bool, PaintError> {
        let backing = &mut *self.backing.borrow_mut();
        backing.prepare(context, window)?;
        // What is painted is taken out first: nobody else waits for the X server.
        let cut = self.canvas.look(|picture, placed, pointer| {
            let (size, layout) = (picture.size(), placed.at(window, picture.size()));
            let cut = cut_out(backing, mine, picture, pointer, &layout)?;
            let ring = placed
                .ring
                .as_ref()
                .map(|ring| ring.colour.map(|part| f64::from(part) / 255.0));
            Ok::<_, PaintError>((cut, size, layout, ring))
        });
        let Some((cut, size, layout, ring)) = cut.transpose()? else {
            backing.forget();
            return Ok(false);
        };
        for part in areas(mine) {
            around(context, part, &layout)?;
        }
        for part in cut.parts {
            if !is_plain(&layout, size) {
                backing.scale(part, layout.picture)?;
            }
            paint_part(context, backing.window()?, part)?;
            if let Some(pointer) = &cut.pointer {
                paint_pointer(context, pointer, part, (size, &layout))?;
            }
        }
        if let Some([red, green, blue]) = ring {
            // It may lie around a picture that does not fill its place.
            context.set_source_rgb(red, green, blue);
            for part in areas(mine) {
                let sides = layout.ring.iter().filter_map(|side| side.inside(part));
                sides.for_each(|side| outline(context, side));
            }
            context.fill()?;
        }
        Ok(true)
    }
}

/// What is painted.
struct Cut {
    /// Of the window, each with a part of the picture.
    parts: Vec<Area>,
    pointer: Option<Pointed>,
}

/// The user's pointer.
struct Pointed {
    image: ImageSurface,
    hot_spot: (u16, u16),
    at: (u16, u16),
}

fn cut_out(
    backing: &mut Backing,
    mine: &Region,
    picture: &Picture,
    pointer: Option<Pointer<'_>>,
    layout: &Layout,
) -> Result<Cut, PaintError> {
    let size = picture.size();
    let parts: Vec<Area> = areas(mine).filter_map(|part| part.inside(layout.picture)).collect();
    for part in &parts {
        if is_plain(layout, size) {
            let inside = |at: i32| u16::try_from(at).unwrap_or_default();
            let from = Rect {
                x: inside(part.x - layout.picture.x),
                y: inside(part.y - layout.picture.y),
                width: inside(part.width),
                height: inside(part.height),
            };
            backing.take(*part, picture, from)?;
        } else {
            backing.take_to_scale(*part, picture, layout.picture);
        }
    }
    let pointer = pointer.map(|Pointer { shape, at }| {
        let (image, hot_spot) = (pointer_image(shape)?, shape.hot_spot());
        Ok::<_, cairo::Error>(Pointed { image, hot_spot, at })
    });
    Ok(Cut {
        parts,
        pointer: pointer.transpose()?,
    })
}

/// The rectangles of a region.
fn areas(region: &Region) -> impl Iterator<Item = Area> {
    (0..region.num_rectangles()).map(|index| area(region.rectangle(index)))
}

fn area(rectangle: cairo::RectangleInt) -> Area {
    Area {
        x: rectangle.x(),
        y: rectangle.y(),
        width: rectangle.width(),
        height: rectangle.height(),
    }
}

pub(crate) fn rectangle(area: Area) -> cairo::RectangleInt {
    cairo::RectangleInt::new(area.x, area.y, area.width, area.height)
}

/// What lies around the picture.
fn around(context: &Context, stage: Area, layout: &Layout) -> Result<(), cairo::Error> {
    let (red, green, blue) = AROUND;
    context.set_source_rgb(red, green, blue);
    outline(context, stage);
    if let Some(inner) = stage.inside(layout.picture) {
        outline(context, inner);
    }
    context.set_fill_rule(FillRule::EvenOdd);
    context.fill()?;
    context.set_fill_rule(FillRule::Winding);
    Ok(())
}

fn outline(context: &Context, area: Area) {
    let [x, y, width, height] = [area.x, area.y, area.width, area.height].map(f64::from);
    context.rectangle(x, y, width, height);
}

/// Paints a part of the window as it stands in the backing.
fn paint_part(context: &Context, backing: &ImageSurface, part: Area) -> Result<(), cairo::Error> {
    context.set_source_surface(backing, 0.0, 0.0)?;
    context.source().set_filter(Filter::Nearest);
    outline(context, part);
    context.fill()?;
    // The context may live on, and would hold it.
    context.set_source_rgb(0.0, 0.0, 0.0);
    Ok(())
}

fn pointer_image(shape: &CursorShape) -> Result<ImageSurface, cairo::Error> {
    let (width, height) = shape.size();
    let mut image = ImageSurface::create(Format::ARgb32, width.into(), height.into())?;
    let stride = image.stride() as usize;
    let row_bytes = usize::from(width) * 4;
    let mut bytes = image.data().map_err(|_| cairo::Error::SurfaceFinished)?;
    for (row, pixels) in bytes
        .chunks_exact_mut(stride)
        .zip(shape.pixels().chunks_exact(row_bytes))
    {
        for (to, from) in row.chunks_exact_mut(4).zip(pixels.chunks_exact(4)) {
            // Cairo's colours are multiplied by alpha.
            let alpha = u32::from(from[3]);
            let [red, green, blue] = [from[0], from[1], from[2]].map(|colour| (u32::from(colour) * alpha + 127) / 255);
            to.copy_from_slice(&(alpha << 24 | red << 16 | green << 8 | blue).to_ne_bytes());
        }
    }
    drop(bytes);
    Ok(image)
}

/// Paints what is seen of the user's pointer in `part` of the window.
fn paint_pointer(
    context: &Context,
    Pointed { image, hot_spot, at }: &Pointed,
    part: Area,
    (size, layout): (Size, &Layout),
) -> Result<(), cairo::Error> {
    let along = |start: i32, length: i32, pixels: u16, at: u16| {
        let by = f64::from(length) / f64::from(pixels);
        (f64::from(start) + f64::from(at) * by, by)
    };
    let (x, across) = along(layout.picture.x, layout.picture.width, size.width, at.0);
    let (y, down) = along(layout.picture.y, layout.picture.height, size.height, at.1);
    let &(left, top) = hot_spot;
    context.save()?;
    outline(context, part);
    context.clip();
    context.translate(x, y);
    context.scale(across, down);
    context.set_source_surface(image, -f64::from(left), -f64::from(top))?;
    context.source().set_filter(if is_plain(layout, size) {
        Filter::Nearest
    } else {
        Filter::Good
    });
    context.paint()?;
    context.restore()
}

#[cfg(test)]
mod tests;
