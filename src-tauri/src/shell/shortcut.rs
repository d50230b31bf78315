//! The stop shortcut: Ctrl+Alt+Shift+S, anywhere on the desktop, during a user's session.
//!
//! Invariant: it stops the sharer in the handler itself; the controller hears of it afterwards.

use renfort_platform::shortcut::Shortcut;
use tauri::AppHandle;

/// As long as it lives, the shortcut is heard.
pub(super) type Listening = Shortcut;

/// A session begins. A desktop without global shortcuts costs the shortcut and nothing else.
pub(super) fn listen(app: &AppHandle) -> Option<Listening> {
    let handle = app.clone();
    Shortcut::listen(None, move || super::stop_by_shortcut(&handle))
        .inspect_err(|error| tracing::warn!(%error, "there is no stop shortcut"))
        .ok()
}
