//! The technician's picture without a window: it is painted into memory, by what paints it into the window.

use anyhow::{Context as _, Result, ensure};
use gtk::cairo::{Context, Format, ImageSurface, Region};
use renfort_engine::seams::{FrameSink as _, Picture, Rect, Size};

use crate::{
    picture_socket::{
        CanvasSink, SharedCanvas,
        placed::{Area, Place, Placed},
    },
    shell::surface::painting::{Painter, rectangle, shown},
};

/// A picture, and what it is painted onto.
pub struct Painting {
    canvas: SharedCanvas,
    sink: CanvasSink,
    painter: Painter,
    window: Area,
    onto: Context,
}

impl Painting {
    /// Of this picture, in a window of which it takes all.
    ///
    /// # Errors
    /// When there is no memory for a window of this size.
    pub fn new(picture: &Picture, window: Size) -> Result<Self> {
        let canvas = SharedCanvas::default();
        let (width, height) = (i32::from(window.width), i32::from(window.height));
        let whole = [0.0, 0.0, f64::from(width), f64::from(height)];
        canvas.place(Place::Here(Placed {
            across: f64::from(width),
            stage: whole,
            picture: whole,
            pointer: false,
            covers: Vec::new(),
            ring: None,
        }));
        let surface = ImageSurface::create(Format::Rgb24, width, height)?;
        let mut painting = Self {
            painter: Painter::new(canvas.clone()),
            sink: CanvasSink::new(canvas.clone()),
            canvas,
            window: Area {
                x: 0,
                y: 0,
                width,
                height,
            },
            onto: Context::new(&surface)?,
        };
        painting.show(picture, &[picture.size().whole()]);
        Ok(painting)
    }

    /// The picture changed in these rectangles: what of it is to be painted is kept.
    pub fn show(&mut self, picture: &Picture, changed: &[Rect]) {
        self.sink.show(picture, changed);
    }

    /// Paints a rectangle of the picture.
    ///
    /// # Errors
    /// When it is not seen, or cannot be painted.
    pub fn paint(&self, part: Rect) -> Result<()> {
        let seen = self.canvas.look(|picture, placed, _| {
            let size = picture.size();
            shown(part, size, &placed.at(self.window, size))
        });
        let seen = seen.flatten().context("nothing of it is in the window")?;
        let region = Region::create_rectangle(&rectangle(seen));
        ensure!(
            self.painter.paint(self.window, &self.onto, &region)?,
            "there is no picture"
        );
        Ok(())
    }
}
