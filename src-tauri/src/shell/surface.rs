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
pub(crate) mod painting;

use std::time::{Duration, Instant};

use gtk::{
    cairo::{Context, Region},
    glib::{MainContext, Propagation},
    prelude::*,
};
use renfort_engine::leg;
use tauri::WebviewWindow;
use webkit2gtk::WebView;

use crate::picture_socket::{Damage, SharedCanvas, placed::Area};
use backing::PaintError;
use painting::{Painter, rectangle, shown};

/// Pixels that are always painted at once: a few lines of text.
const LITTLE: i64 = 128 * 1024;
/// From one larger part to the next, so that the window has time for everything else.
const BREATH: Duration = Duration::from_millis(5);
/// GDK's name for a display of X11.
const X11: &str = "GdkX11Display";

/// Paints `canvas` into this window from now on.
///
/// # Errors
/// When the window has no webview any more.
pub(super) fn paint(window: &WebviewWindow, canvas: SharedCanvas) -> tauri::Result<()> {
    window.with_webview(move |webview| {
        let view = webview.inner();
        let painter = Painter::new(canvas);
        let (before, after) = (painter.clone(), painter.clone());
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
                let damage = painter.canvas().damaged().await;
                leg::mark("picture: into the window");
                renew(&view, &painter, &damage, &mut ended);
            }
        });
    })
}

/// Sees to it that what changed is painted. `ended`: when something large was painted last.
fn renew(view: &WebView, painter: &Painter, damage: &Damage, ended: &mut Instant) {
    let parts = match damage {
        Damage::All => None,
        Damage::Parts(parts) => painter.canvas().look(|picture, placed, _| {
            let (size, layout) = (picture.size(), placed.at(window(view), picture.size()));
            let shown = parts.iter().filter_map(|part| shown(*part, size, &layout));
            (shown.collect::<Vec<Area>>(), layout.covers)
        }),
    };
    let Some((parts, covers)) = parts else {
        if painter.canvas().look(|_, _, _| ()).is_none() {
            // Nothing of a session is kept after it, in a window that is not drawn either.
            painter.forget();
        }
        return view.queue_draw();
    };
    let is_little = pixels(&parts) <= LITTLE;
    if takes_at_once(view) && (is_little || ended.elapsed() >= BREATH) {
        let painted = at_once(view, &parts, &covers, painter);
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
fn at_once(view: &WebView, parts: &[Area], covers: &[Area], painter: &Painter) -> Result<bool, PaintError> {
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
        Some(context) => painter.paint(window(view), &context, &mine),
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

/// When the picture is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// Instead of the page, where nothing of it is to be seen.
    Alone,
    /// After it.
    OverThePage,
}

/// Paints what is to be drawn. False when that was not to be done now, or there is nothing to paint.
fn painted(view: &WebView, context: &Context, painter: &Painter, when: When) -> bool {
    draw(view, context, painter, when).unwrap_or_else(|error| {
        tracing::warn!(%error, "the picture was not painted");
        false
    })
}

fn draw(view: &WebView, context: &Context, painter: &Painter, when: When) -> Result<bool, PaintError> {
    let scale = f64::from(view.scale_factor());
    let layout = painter
        .canvas()
        .look(|picture, placed, _| placed.at(window(view), picture.size()));
    let Some(layout) = layout else {
        // Nothing of a session is kept after it.
        painter.forget();
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
    let painted = painter.paint(window(view), context, &mine)?;
    leg::mark("picture: painted");
    Ok(painted)
}
