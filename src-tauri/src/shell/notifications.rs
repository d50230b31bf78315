//! What the desktop shows on its own: notifications and the file dialog.

use renfort_protocol::{
    error::{Code, WireError},
    organisation::MAX_FILE_BYTES,
    ticket::Language,
};
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt as _;
use tauri_plugin_notification::NotificationExt as _;
use tokio::sync::mpsc;

use super::words::words;
use crate::controller::{Event, Notification};

/// Tells somebody who may be looking elsewhere. A desktop without notifications shows none.
pub(super) fn show(app: &AppHandle, language: Language, notification: &Notification) {
    let words = words(language);
    let (title, body) = match notification {
        Notification::NewTicket(summary) => (words.new_ticket, summary.to_string()),
        Notification::Asked(name) => (words.asked, name.to_string()),
    };
    if let Err(error) = app.notification().builder().title(title).body(body).show() {
        tracing::debug!(%error, "no notification");
    }
}

/// Asks for an organisation file. Nothing follows when none is chosen.
pub(super) fn choose_organisation(app: &AppHandle, language: Language, events: mpsc::Sender<Event>) {
    let dialog = app
        .dialog()
        .file()
        .add_filter(words(language).organisation_file, &["json", "renfort"]);
    dialog.pick_file(move |chosen| {
        let Some(path) = chosen.and_then(|chosen| chosen.into_path().ok()) else {
            return;
        };
        tauri::async_runtime::spawn(async move {
            // A full queue waits here, off every other task.
            let _ = events.send(read(&path).await).await;
        });
    });
}

async fn read(path: &std::path::Path) -> Event {
    let limit = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX);
    let content = match tokio::fs::metadata(path).await {
        Ok(metadata) if metadata.len() > limit => Ok(Vec::new()),
        Ok(_) => tokio::fs::read(path).await,
        Err(error) => Err(error),
    };
    match content {
        Ok(content) => Event::Import(content),
        Err(error) => Event::Fault(WireError::from(Code::BadOrganisation).with("reason", error)),
    }
}
