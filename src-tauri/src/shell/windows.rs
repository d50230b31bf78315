//! The app's two windows.
//!
//! Invariant: `main` is the first window and lives as long as the program, so that whatever drives the interface from
//! outside (a WebDriver takes the first) always finds it. `banner` is there during a user's session and never else.

use std::path::Path;

use tauri::{
    AppHandle, LogicalPosition, LogicalSize, Manager as _, Monitor, WebviewUrl, WebviewWindowBuilder,
    utils::config::Color,
};

/// Label of the window with all pages.
pub(super) const MAIN: &str = "main";
/// Label of the window that is always on top during a session.
const BANNER: &str = "banner";
const TITLE: &str = "Renfort";
/// The webview's own files, inside the data folder, so that two profiles share nothing.
const WEBVIEW: &str = "webview";
/// Width and height of the banner, in logical pixels.
const BANNER_SIZE: (f64, f64) = (640.0, 60.0);

/// Between a user's window and the edge of the screen, and what its title bar may take, in logical pixels.
const MARGIN: f64 = 16.0;
const FRAME: f64 = 32.0;

/// Whose window it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    User,
    Technician,
}

impl Side {
    pub(super) fn of(technician: bool) -> Self {
        if technician { Self::Technician } else { Self::User }
    }

    /// Width and height, in logical pixels: as it opens, and at least.
    fn sizes(self) -> (LogicalSize<f64>, LogicalSize<f64>) {
        match self {
            Self::User => (LogicalSize::new(480.0, 720.0), LogicalSize::new(380.0, 480.0)),
            Self::Technician => (LogicalSize::new(1280.0, 860.0), LogicalSize::new(880.0, 560.0)),
        }
    }
}

/// Opens the window with all pages.
pub(super) fn open_main(app: &AppHandle, side: Side, data: &Path) -> tauri::Result<()> {
    let place = Place::of(side, app.primary_monitor()?.as_ref());
    let builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title(TITLE)
        .inner_size(place.size.width, place.size.height)
        .min_inner_size(place.least.width, place.least.height)
        .data_directory(data.join(WEBVIEW))
        .disable_drag_drop_handler();
    match place.corner {
        Some(corner) => builder.position(corner.x, corner.y),
        None => builder.center(),
    }
    .build()?;
    Ok(())
}

/// Makes the window fit the side that is shown.
pub(super) fn fit(app: &AppHandle, side: Side) {
    let Some(main) = app.get_webview_window(MAIN) else {
        return;
    };
    let place = Place::of(side, main.current_monitor().ok().flatten().as_ref());
    let fitted = main
        .set_min_size(Some(place.least))
        .and_then(|()| main.set_size(place.size))
        .and_then(|()| match place.corner {
            Some(corner) => main.set_position(corner),
            None => main.center(),
        });
    if let Err(error) = fitted {
        tracing::debug!(%error, "the window keeps its place");
    }
}

/// Size and place of the window on a monitor, in logical pixels.
struct Place {
    size: LogicalSize<f64>,
    least: LogicalSize<f64>,
    /// Upper left corner; none is the middle.
    corner: Option<LogicalPosition<f64>>,
}

impl Place {
    /// A technician's workbench is in the middle. A user's window keeps to the lower right, below the banner, so that it
    /// hides as little as possible of what help is needed with.
    fn of(side: Side, monitor: Option<&Monitor>) -> Self {
        let (mut size, least) = side.sizes();
        let mut corner = None;
        if let Some(monitor) = monitor {
            let scale = monitor.scale_factor();
            let area = monitor.work_area();
            let room = area.size.to_logical::<f64>(scale);
            let start = area.position.to_logical::<f64>(scale);
            if side == Side::User {
                size.height = size.height.min(room.height - BANNER_SIZE.1 - FRAME - MARGIN);
                corner = Some(LogicalPosition::new(
                    start.x + (room.width - size.width - MARGIN).max(0.0),
                    start.y + (room.height - size.height - FRAME - MARGIN).max(0.0),
                ));
            }
            size = LogicalSize::new(size.width.min(room.width), size.height.min(room.height));
        }
        let least = LogicalSize::new(least.width.min(size.width), least.height.min(size.height));
        Self { size, least, corner }
    }
}

/// All of the screen for the main window.
#[cfg(feature = "bench-hooks")]
pub(super) fn fill_screen(app: &AppHandle) {
    if let Some(main) = app.get_webview_window(MAIN)
        && let Err(error) = main.set_fullscreen(true)
    {
        tracing::warn!(%error, "the window keeps its size");
    }
}

/// To the front, from wherever it was put.
pub(super) fn raise(app: &AppHandle) {
    let Some(main) = app.get_webview_window(MAIN) else {
        return;
    };
    let raised = main
        .show()
        .and_then(|()| main.unminimize())
        .and_then(|()| main.set_focus());
    if let Err(error) = raised {
        tracing::debug!(%error, "the window cannot be raised");
    }
}

/// Out of the way: into the tray where there is one, else only small, so that it can be found again.
pub(super) fn put_away(app: &AppHandle, tray: bool) {
    let Some(main) = app.get_webview_window(MAIN) else {
        return;
    };
    let put = if tray { main.hide() } else { main.minimize() };
    if let Err(error) = put {
        tracing::debug!(%error, "the window cannot be put away");
    }
}

/// Shows the banner at the top of the user's screen.
///
/// # Errors
/// When it cannot be shown; no session goes on then.
pub(super) fn open_banner(app: &AppHandle, data: &Path) -> tauri::Result<()> {
    if app.get_webview_window(BANNER).is_some() {
        return Ok(());
    }
    let (width, height) = BANNER_SIZE;
    let mut builder = WebviewWindowBuilder::new(app, BANNER, WebviewUrl::App("banner.html".into()))
        .title(TITLE)
        .inner_size(width, height)
        // Held to its size from both sides: GTK gives a window that is not resizable its own idea of a height.
        .min_inner_size(width, height)
        .max_inner_size(width, height)
        .decorations(false)
        .always_on_top(true)
        .visible_on_all_workspaces(true)
        .skip_taskbar(true)
        .focused(false)
        .closable(false)
        .background_color(Color(11, 97, 96, 255))
        .data_directory(data.join(WEBVIEW));
    if let Some(monitor) = app.primary_monitor()? {
        let scale = monitor.scale_factor();
        let (left, across) = (f64::from(monitor.position().x), f64::from(monitor.size().width));
        let x = (left + across / 2.0) / scale - width / 2.0;
        builder = builder.position(x, f64::from(monitor.position().y) / scale);
    }
    builder.build().map(drop)
}

/// The session is over.
pub(super) fn close_banner(app: &AppHandle) {
    if let Some(banner) = app.get_webview_window(BANNER)
        && let Err(error) = banner.destroy()
    {
        tracing::error!(%error, "the banner cannot be closed");
    }
}
