//! The stop shortcut where there is no X11: Tauri's plugin hears it. It was never run.
//!
//! Invariant: it stops the sharer in the handler itself; the controller hears of it afterwards.

use tauri::{AppHandle, Manager as _};
use tauri_plugin_global_shortcut::{Code, GlobalShortcutExt as _, Modifiers, Shortcut, ShortcutState};

fn combination() -> Shortcut {
    Shortcut::new(Some(Modifiers::CONTROL | Modifiers::ALT | Modifiers::SHIFT), Code::KeyS)
}

/// Before a user's first session; a technician needs none of it. A desktop without global shortcuts costs
/// the shortcut and nothing else.
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

/// As long as it lives, the shortcut is heard.
pub(super) struct Listening(AppHandle);

/// A session begins.
pub(super) fn listen(app: &AppHandle) -> Option<Listening> {
    if !is_prepared(app) {
        return None;
    }
    let listening = app.global_shortcut().on_shortcut(combination(), |app, _, event| {
        if event.state == ShortcutState::Pressed {
            super::stop_by_shortcut(app);
        }
    });
    match listening {
        Ok(()) => Some(Listening(app.clone())),
        Err(error) => {
            tracing::warn!(%error, "the stop shortcut is taken by another program");
            None
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Err(error) = self.0.global_shortcut().unregister(combination()) {
            tracing::debug!(%error, "the stop shortcut stays registered");
        }
    }
}
