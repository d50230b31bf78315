//! The tray icon, where the desktop has a tray.
//!
//! Invariant: a desktop without a tray, or without the library for it, costs the icon and nothing else.

use renfort_protocol::ticket::Language;
use tauri::{
    AppHandle,
    menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem},
    tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent},
};

use super::{
    tell,
    windows::{self, Side},
    words::{other, words},
};
use crate::{action::Action, controller::Event};

const OPEN: &str = "open";
const LANGUAGE: &str = "language";
const QUIT: &str = "quit";

/// The icon, or that there is none.
pub(super) struct Tray {
    icon: Option<TrayIcon>,
    language: Language,
    side: Side,
}

impl Tray {
    pub(super) fn open(app: &AppHandle, language: Language, side: Side) -> Self {
        let icon = if has_host() { build(app, language, side) } else { None };
        if icon.is_none() {
            tracing::info!("this desktop has no tray");
        }
        Self { icon, language, side }
    }

    pub(super) fn is_there(&self) -> bool {
        self.icon.is_some()
    }

    pub(super) fn relabel(&mut self, app: &AppHandle, language: Language) {
        self.language = language;
        self.renew(app);
    }

    pub(super) fn show_side(&mut self, app: &AppHandle, side: Side) {
        self.side = side;
        self.renew(app);
    }

    fn renew(&self, app: &AppHandle) {
        let Some(icon) = &self.icon else { return };
        let renewed = menu(app, self.language, self.side).and_then(|menu| icon.set_menu(Some(menu)));
        if let Err(error) = renewed {
            tracing::warn!(%error, "the tray keeps its labels");
        }
    }
}

fn build(app: &AppHandle, language: Language, side: Side) -> Option<TrayIcon> {
    // The indicator library is loaded at its first use, and its binding panics where it is not installed.
    let built = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut builder = TrayIconBuilder::with_id("renfort")
            .tooltip("Renfort")
            .menu(&menu(app, language, side)?)
            .show_menu_on_left_click(cfg!(target_os = "linux"))
            .on_menu_event(chosen)
            .on_tray_icon_event(clicked);
        if let Some(icon) = app.default_window_icon() {
            builder = builder.icon(icon.clone());
        }
        builder.build(app)
    }));
    match built {
        Ok(Ok(icon)) => Some(icon),
        Ok(Err(error)) => {
            tracing::warn!(%error, "no tray icon");
            None
        }
        Err(_) => {
            tracing::warn!("no tray icon: its library is missing");
            None
        }
    }
}

fn menu(app: &AppHandle, language: Language, side: Side) -> tauri::Result<Menu<tauri::Wry>> {
    let words = words(language);
    let open = match side {
        Side::User => words.get_help,
        Side::Technician => words.open,
    };
    Menu::with_items(
        app,
        &[
            &MenuItem::with_id(app, OPEN, open, true, None::<&str>)?,
            &MenuItem::with_id(app, LANGUAGE, words.other_language, true, None::<&str>)?,
            &PredefinedMenuItem::separator(app)?,
            &MenuItem::with_id(app, QUIT, words.quit, true, None::<&str>)?,
        ],
    )
}

#[expect(clippy::needless_pass_by_value, reason = "the signature is the tray's")]
fn chosen(app: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        OPEN => windows::raise(app),
        LANGUAGE => {
            use tauri::Manager as _;
            if let Some(running) = app.try_state::<super::Running>() {
                let language = other(running.view.borrow().language);
                tell(app, Event::Act(Action::SetLanguage { language }));
            }
        }
        QUIT => tell(app, Event::Quit),
        _ => {}
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the signature is the tray's")]
fn clicked(icon: &TrayIcon, event: TrayIconEvent) {
    if let TrayIconEvent::Click {
        button: MouseButton::Left,
        button_state: MouseButtonState::Up,
        ..
    } = event
    {
        windows::raise(icon.app_handle());
    }
}

/// Is there anybody who would show an icon? The library does not say; the session bus knows.
#[cfg(target_os = "linux")]
fn has_host() -> bool {
    use gtk::{
        gio,
        glib::{VariantTy, variant::ToVariant as _},
    };

    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    const BUS: &str = "org.freedesktop.DBus";
    /// A bus that does not answer in this time, in milliseconds, has no tray for us.
    const PATIENCE_MS: i32 = 1_000;
    let none = gio::Cancellable::NONE;
    let Ok(connection) = gio::bus_get_sync(gio::BusType::Session, none) else {
        return false;
    };
    let answer = connection.call_sync(
        Some(BUS),
        "/org/freedesktop/DBus",
        BUS,
        "NameHasOwner",
        Some(&(WATCHER,).to_variant()),
        VariantTy::new("(b)").ok(),
        gio::DBusCallFlags::NONE,
        PATIENCE_MS,
        none,
    );
    answer.is_ok_and(|answer| answer.child_value(0).get::<bool>() == Some(true))
}

/// Windows and macOS always have one.
#[cfg(not(target_os = "linux"))]
fn has_host() -> bool {
    true
}
