//! The app's two windows.
//!
//! Invariant: `main` is the first window and lives as long as the program, so that whatever drives the interface from
//! outside (a WebDriver takes the first) always finds it. `banner` is there during a user's session and never else.

use std::path::Path;

use tauri::{
    AppHandle, LogicalSize, Manager as _, Monitor, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
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
            Self::User => (LogicalSize::new(480.0, 720.0), LogicalSize::new(380.0, 520.0)),
            Self::Technician => (LogicalSize::new(1280.0, 860.0), LogicalSize::new(880.0, 560.0)),
        }
    }
}

/// Opens the window with all pages.
pub(super) fn open_main(app: &AppHandle, side: Side, data: &Path) -> tauri::Result<()> {
    let (size, least) = side.sizes();
    let size = inside(size, app.primary_monitor()?.as_ref());
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title(TITLE)
        .inner_size(size.width, size.height)
        .min_inner_size(least.width.min(size.width), least.height.min(size.height))
        .center()
        .data_directory(data.join(WEBVIEW))
        .disable_drag_drop_handler()
        .build()?;
    Ok(())
}

/// Makes the window fit the side that is shown.
pub(super) fn fit(app: &AppHandle, side: Side) {
    let Some(main) = app.get_webview_window(MAIN) else {
        return;
    };
    let (size, least) = side.sizes();
    let monitor = main.current_monitor().ok().flatten();
    let size = inside(size, monitor.as_ref());
    let least = LogicalSize::new(least.width.min(size.width), least.height.min(size.height));
    let fitted = main
        .set_min_size(Some(least))
        .and_then(|()| main.set_size(size))
        .and_then(|()| main.center());
    if let Err(error) = fitted {
        tracing::debug!(%error, "the window keeps its size");
    }
}

fn inside(size: LogicalSize<f64>, monitor: Option<&Monitor>) -> LogicalSize<f64> {
    let Some(monitor) = monitor else { return size };
    let room = monitor.size().to_logical::<f64>(monitor.scale_factor());
    LogicalSize::new(size.width.min(room.width), size.height.min(room.height))
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
pub(super) fn open_banner(app: &AppHandle, data: &Path) {
    if let Err(error) = try_open_banner(app, data) {
        tracing::error!(%error, "the banner cannot be shown");
    }
}

fn try_open_banner(app: &AppHandle, data: &Path) -> tauri::Result<WebviewWindow> {
    if let Some(banner) = app.get_webview_window(BANNER) {
        return Ok(banner);
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
    builder.build()
}

/// The session is over.
pub(super) fn close_banner(app: &AppHandle) {
    if let Some(banner) = app.get_webview_window(BANNER)
        && let Err(error) = banner.destroy()
    {
        tracing::error!(%error, "the banner cannot be closed");
    }
}
