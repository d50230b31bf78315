//! The stop shortcut: Ctrl+Alt+Shift+S, anywhere on the desktop, during a user's session.
//!
//! Invariant: it stops the sharer in the handler itself; the controller hears of it afterwards.

use tauri::{AppHandle, Manager as _};
use tauri_plugin_global_shortcut::{Code, GlobalShortcutExt as _, Modifiers, Shortcut, ShortcutState};

use super::{Running, tell};
use crate::controller::Event;

fn combination() -> Shortcut {
    Shortcut::new(Some(Modifiers::CONTROL | Modifiers::ALT | Modifiers::SHIFT), Code::KeyS)
}

/// Before a user's first session; a technician needs none of it, and it looks at the keyboard twenty times a second. A
/// desktop without global shortcuts costs the shortcut and nothing else.
pub(super) fn prepare(app: &AppHandle) {
    let handle = app.clone();
    let prepared = app.run_on_main_thread(move || {
        if is_prepared(&handle) {
            return;
        }
        if let Err(error) = handle.plugin(tauri_plugin_global_shortcut::Builder::new().build()) {
            tracing::warn!(%error, "this desktop has no global shortcuts");
        }
    });
    if let Err(error) = prepared {
        tracing::warn!(%error, "the stop shortcut cannot be prepared");
    }
}

fn is_prepared(app: &AppHandle) -> bool {
    app.try_state::<tauri_plugin_global_shortcut::GlobalShortcut<tauri::Wry>>()
        .is_some()
}

/// A session begins.
pub(super) fn listen(app: &AppHandle) {
    if !is_prepared(app) {
        return;
    }
    let listening = app.global_shortcut().on_shortcut(combination(), |app, _, event| {
        if event.state == ShortcutState::Pressed {
            if let Some(running) = app.try_state::<Running>() {
                running.stop.stop();
            }
            tell(app, Event::StopShortcut);
        }
    });
    if let Err(error) = listening {
        tracing::warn!(%error, "the stop shortcut is taken by another program");
    }
}

/// The session is over.
pub(super) fn ignore(app: &AppHandle) {
    if is_prepared(app)
        && app.global_shortcut().is_registered(combination())
        && let Err(error) = app.global_shortcut().unregister(combination())
    {
        tracing::debug!(%error, "the stop shortcut stays registered");
    }
}
