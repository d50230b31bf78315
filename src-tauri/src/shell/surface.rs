//! Paints the user's screen into the technician's window, where the page says, without the page's canvas.
//!
//! Flow: the picture changes -> its part of the window is to be drawn anew -> GTK asks to draw it -> the picture is painted, and
//! the webview is not asked at all when nothing of the page is seen there. What the page has over the picture
//! ([`crate::picture_socket::placed`]) is left to it; it has got the pixels that lie beneath.
//!
//! Why: WebKitGTK draws a canvas when its own timer says so, up to 25 ms later, and spends more than a core on 15 pictures a
//! second of a whole screen (`tests/bench/README.md`); this way it takes a millisecond or two and the page stays free. A
//! transparent page over the picture would be simpler, but without a GPU WebKitGTK (2.50) never clears what it drew before.
//!
//! Invariant: only the newest picture is painted, and nothing of a session after it is over.

mod backing;

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use gtk::{
    cairo::{self, Context, FillRule, Filter, Format, ImageSurface, Region},
    glib::{MainContext, Propagation},
    prelude::*,
};
use renfort_engine::{
    leg,
    seams::{Picture, Rect, Size},
};
use renfort_protocol::cursor::CursorShape;
use tauri::WebviewWindow;
use webkit2gtk::WebView;

use crate::picture_socket::{
    Damage, Pointer, SharedCanvas,
    placed::{Area, Layout},
};
use backing::Backing;

/// What is left free around the picture, as in the page's style (`RemoteScreen.svelte`).
const AROUND: (f64, f64, f64) = (16.0 / 255.0, 20.0 / 255.0, 21.0 / 255.0);
/// Pixels that are always painted at once: a few lines of text.
const LITTLE: i64 = 128 * 1024;
/// From one larger part to the next, so that the window has time for everything else.
const BREATH: Duration = Duration::from_millis(5);
/// GDK's name for a display of X11.
const X11: &str = "GdkX11Display";
/// Pixels around a scaled part that its edge is made of, too.
const EDGE: i32 = 2;

/// Paints `canvas` into this window from now on.
///
/// # Errors
/// When the window has no webview any more.
pub(super) fn paint(window: &WebviewWindow, canvas: SharedCanvas) -> tauri::Result<()> {
    window.with_webview(move |webview| {
        let view = webview.inner();
        let source = Source {
            canvas,
            backing: Rc::default(),
        };
        let (before, after) = (source.clone(), source.clone());
        view.connect_draw(
            move |view, context| match painted(view, context, &before, When::Alone) {
                true => Propagation::Stop,
                false => Propagation::Proceed,
            },
        );
        view.connect_local("draw", true, move |values| {
            let (view, context) = (values.first()?.get().ok()?, values.get(1)?.get().ok()?);
            painted(&view, &context, &after, When::OverThePage);
            Some(false.to_value())
        });
        MainContext::default().spawn_local(async move {
            let mut ended = Instant::now();
            loop {
                let damage = source.canvas.damaged().await;
                leg::mark("picture: into the window");
                renew(&view, &source, &damage, &mut ended);
            }
        });
    })
}

/// What a window is painted from.
#[derive(Clone)]
struct Source {
    canvas: SharedCanvas,
    backing: Rc<RefCell<Backing>>,
}

/// Sees to it that what changed is painted. `ended`: when something large was painted last.
fn renew(view: &WebView, source: &Source, damage: &Damage, ended: &mut Instant) {
    let parts = match damage {
        Damage::All => None,
        Damage::Parts(parts) => source.canvas.look(|picture, placed, _| {
            let (size, layout) = (picture.size(), placed.at(window(view), picture.size()));
            let shown = parts.iter().filter_map(|part| shown(*part, size, &layout));
            (shown.collect::<Vec<Area>>(), layout.covers)
        }),
    };
    let Some((parts, covers)) = parts else {
        if source.canvas.look(|_, _, _| ()).is_none() {
            // Nothing of a session is kept after it, in a window that is not drawn either.
            *source.backing.borrow_mut() = Backing::default();
        }
        return view.queue_draw();
    };
    let is_little = pixels(&parts) <= LITTLE;
    if takes_at_once(view) && (is_little || ended.elapsed() >= BREATH) {
        let painted = at_once(view, &parts, &covers, source);
        if !is_little {
            *ended = Instant::now();
        }
        match painted {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => tracing::debug!(%error, "a part of the picture is painted later"),
        }
    }
    let scale = view.scale_factor();
    for part in parts {
        let (left, top) = (part.x.div_euclid(scale), part.y.div_euclid(scale));
        let right = (part.x + part.width + scale - 1).div_euclid(scale);
        let bottom = (part.y + part.height + scale - 1).div_euclid(scale);
        view.queue_draw_area(left, top, right - left, bottom - top);
    }
}

/// GTK draws no more than 60 times a second, by a clock of its own: a letter that follows another would wait for up to 17 ms,
/// and a scrolled page for the turn after. X11 takes it at any time; Wayland, with its own rhythm, does not.
fn takes_at_once(view: &WebView) -> bool {
    view.scale_factor() == 1 && view.is_mapped() && view.display().type_().name() == X11
}

fn pixels(parts: &[Area]) -> i64 {
    let area = |part: &Area| i64::from(part.width) * i64::from(part.height);
    parts.iter().map(area).sum()
}

/// False: it was not painted.
fn at_once(view: &WebView, parts: &[Area], covers: &[Area], source: &Source) -> Result<bool, cairo::Error> {
    let mine = Region::create();
    for part in parts {
        mine.union_rectangle(&rectangle(*part))?;
    }
    for cover in covers {
        mine.subtract_rectangle(&rectangle(*cover))?;
    }
    if mine.is_empty() {
        // The page paints it.
        return Ok(true);
    }
    let Some(here) = view.window() else {
        return Ok(false);
    };
    let Some(frame) = here.begin_draw_frame(&mine) else {
        return Ok(false);
    };
    let painted = match frame.cairo_context() {
        Some(context) => paint_region(window(view), &context, &mine, source),
        None => Ok(false),
    };
    here.end_draw_frame(&frame);
    view.display().flush();
    leg::mark("picture: painted");
    painted
}

/// All of the webview, in pixels.
fn window(view: &WebView) -> Area {
    let (all, scale) = (view.allocation(), view.scale_factor());
    Area {
        x: 0,
        y: 0,
        width: all.width() * scale,
        height: all.height() * scale,
    }
}

/// Where a part of the picture is seen; none where it is not.
fn shown(part: Rect, size: Size, layout: &Layout) -> Option<Area> {
    let Area { x, y, width, height } = layout.picture;
    let is_scaled = !is_plain(layout, size);
    let along = |start: i32, length: i32, pixels: u16, from: u16, to: u16| {
        let at = |pixel: u16| i64::from(pixel) * i64::from(length) / i64::from(pixels.max(1));
        let edge = if is_scaled { EDGE } else { 0 };
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

fn is_plain(layout: &Layout, size: Size) -> bool {
    (layout.picture.width, layout.picture.height) == (i32::from(size.width), i32::from(size.height))
}

/// When the picture is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// Instead of the page, where nothing of it is to be seen.
    Alone,
    /// After it.
    OverThePage,
}

/// Paints what is to be drawn. False when that was not to be done now, or there is nothing to paint.
fn painted(view: &WebView, context: &Context, source: &Source, when: When) -> bool {
    draw(view, context, source, when).unwrap_or_else(|error| {
        tracing::warn!(%error, "the picture was not painted");
        false
    })
}

fn draw(view: &WebView, context: &Context, source: &Source, when: When) -> Result<bool, cairo::Error> {
    let scale = f64::from(view.scale_factor());
    let layout = (source.canvas).look(|picture, placed, _| placed.at(window(view), picture.size()));
    let Some(layout) = layout else {
        // Nothing of a session is kept after it.
        *source.backing.borrow_mut() = Backing::default();
        return Ok(false);
    };
    let clips = context.copy_clip_rectangle_list()?;
    let mine = Region::create();
    let mut alone = true;
    for clip in clips.iter() {
        let outer = |start: f64, length: f64| {
            let (from, to) = ((start * scale).floor() as i32, ((start + length) * scale).ceil() as i32);
            (from, to - from)
        };
        let ((x, width), (y, height)) = (outer(clip.x(), clip.width()), outer(clip.y(), clip.height()));
        let clip = Area { x, y, width, height };
        alone &= clip.inside(layout.stage) == Some(clip);
        if let Some(part) = clip.inside(layout.stage) {
            mine.union_rectangle(&rectangle(part))?;
        }
        for cover in layout.covers.iter().filter_map(|cover| cover.inside(clip)) {
            alone = false;
            mine.subtract_rectangle(&rectangle(cover))?;
        }
    }
    if alone != (when == When::Alone) {
        return Ok(false);
    }
    context.scale(1.0 / scale, 1.0 / scale);
    let painted = paint_region(window(view), context, &mine, source)?;
    leg::mark("picture: painted");
    Ok(painted)
}

/// Paints what of the picture, and around it, lies in these rectangles of the stage. False when there is none any more.
fn paint_region(window: Area, context: &Context, mine: &Region, source: &Source) -> Result<bool, cairo::Error> {
    let backing = &mut *source.backing.borrow_mut();
    backing.prepare(context, window)?;
    // What is painted is taken out first: nobody else waits for the X server.
    let cut = source.canvas.look(|picture, placed, pointer| {
        let (size, layout) = (picture.size(), placed.at(window, picture.size()));
        let cut = cut_out(backing, mine, picture, pointer, &layout)?;
        let ring = placed
            .ring
            .as_ref()
            .map(|ring| ring.colour.map(|part| f64::from(part) / 255.0));
        Ok::<_, cairo::Error>((cut, size, layout, ring))
    });
    let Some((cut, size, layout, ring)) = cut.transpose()? else {
        *backing = Backing::default();
        return Ok(false);
    };
    for part in areas(mine) {
        around(context, part, &layout)?;
    }
    for part in cut.parts {
        if !is_plain(&layout, size) {
            scale(backing, part, size, &layout)?;
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
) -> Result<Cut, cairo::Error> {
    let size = picture.size();
    let parts: Vec<Area> = areas(mine).filter_map(|part| part.inside(layout.picture)).collect();
    for part in &parts {
        if is_plain(layout, size) {
            let (x, y) = (part.x - layout.picture.x, part.y - layout.picture.y);
            backing::take(backing.window()?, (part.x, part.y), picture, Area { x, y, ..*part })?;
        } else {
            let from = source(*part, size, layout);
            backing::take(backing.picture(size)?, (from.x, from.y), picture, from)?;
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

fn rectangle(area: Area) -> cairo::RectangleInt {
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

/// How many pixels of the picture one of the window is, across and down.
fn factors(size: Size, whole: Area) -> (f64, f64) {
    (
        f64::from(size.width) / f64::from(whole.width.max(1)),
        f64::from(size.height) / f64::from(whole.height.max(1)),
    )
}

/// What of a picture that is shown larger or smaller a part of the window is made of.
fn source(part: Area, size: Size, layout: &Layout) -> Area {
    let whole = layout.picture;
    let (across, down) = factors(size, whole);
    let span = |start: i32, length: i32, origin: i32, factor: f64, pixels: u16| {
        // Of a picture that is shown at half its size, each pixel is made of several.
        let edge = (factor * f64::from(EDGE)).ceil() as i32 + EDGE;
        let from = (f64::from(start - origin) * factor).floor() as i32 - edge;
        let to = (f64::from(start - origin + length) * factor).ceil() as i32 + edge;
        let (from, to) = (from.clamp(0, i32::from(pixels)), to.clamp(0, i32::from(pixels)));
        (from, to - from)
    };
    let (x, width) = span(part.x, part.width, whole.x, across, size.width);
    let (y, height) = span(part.y, part.height, whole.y, down, size.height);
    Area { x, y, width, height }
}

/// Brings a part of the picture to the size in which the window shows it.
fn scale(backing: &Backing, part: Area, size: Size, layout: &Layout) -> Result<(), cairo::Error> {
    let (window, picture) = backing.both()?;
    let (across, down) = factors(size, layout.picture);
    let onto = Context::new(window)?;
    outline(&onto, part);
    onto.clip();
    onto.translate(f64::from(layout.picture.x), f64::from(layout.picture.y));
    onto.scale(1.0 / across, 1.0 / down);
    onto.set_source_surface(picture, 0.0, 0.0)?;
    onto.source().set_extend(cairo::Extend::Pad);
    onto.source().set_filter(Filter::Good);
    onto.paint()?;
    drop(onto);
    window.flush();
    Ok(())
}

#[cfg(test)]
mod tests;
