//! Makes this program the one that opens `renfort://` links, for this person.
//!
//! Flow: at each start, in the background; a program that was moved is found at its new place.
//!
//! Invariant: a desktop that takes no such thing changes nothing else.

use tauri::AppHandle;
use tauri_plugin_deep_link::DeepLinkExt as _;

/// What comes before `://`.
const SCHEME: &str = "renfort";

/// Registers the scheme. The system's own tools do it, which may take a while.
pub(super) fn register(app: &AppHandle) {
    let app = app.clone();
    std::mem::drop(tauri::async_runtime::spawn_blocking(move || {
        if let Err(error) = app.deep_link().register(SCHEME) {
            tracing::info!(%error, "links are not opened by this program");
        }
    }));
}
