//! Asks where a receipt is to be saved, and saves it there.

use std::{io, path::PathBuf};

use renfort_protocol::{
    error::{Code, WireError},
    ticket::Language,
};
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt as _;
use tokio::sync::mpsc;

use super::words::words;
use crate::{controller::Event, store};

/// The controller is told what became of it.
pub(super) fn save(app: &AppHandle, language: Language, name: &str, page: String, events: mpsc::Sender<Event>) {
    let dialog = app
        .dialog()
        .file()
        .add_filter(words(language).receipt_file, &["html"])
        .set_file_name(name);
    dialog.save_file(move |chosen| {
        let path = chosen.and_then(|chosen| chosen.into_path().ok());
        tauri::async_runtime::spawn(async move {
            let result = match path {
                Some(path) => write(path, page).await.map(Some),
                None => Ok(None),
            };
            // A full queue waits here, off every other task. It is closed only when the program ends, which needs no answer.
            let _ = events.send(Event::ReceiptSaved(result)).await;
        });
    });
}

/// Gives the file's name.
async fn write(path: PathBuf, page: String) -> Result<String, WireError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let written = tokio::task::spawn_blocking(move || store::save(&path, page.as_bytes())).await;
    match written {
        Ok(Ok(())) => Ok(name),
        Ok(Err(error)) => {
            tracing::error!(%error, "a receipt was not saved");
            Err(WireError::from(Code::NotSaved).with("reason", reason(&error)))
        }
        Err(_) => Err(WireError::from(Code::NotSaved).with("reason", "other")),
    }
}

fn reason(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "full",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "denied",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_receipt_takes_the_place_of_an_earlier_one_and_a_failure_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("receipt.html");
        for text in ["first", "second"] {
            assert_eq!(write(path.clone(), text.into()).await, Ok("receipt.html".into()));
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        let missing = folder.path().join("gone").join("receipt.html");
        assert_eq!(write(missing, "x".into()).await.unwrap_err().code, Code::NotSaved);
        // A folder stands there already.
        let taken = folder.path().join("taken");
        std::fs::create_dir_all(taken.join("full")).unwrap();
        assert_eq!(write(taken, "x".into()).await.unwrap_err().code, Code::NotSaved);
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 2, "the receipt and the folder");
    }

    #[test]
    fn a_full_disk_is_told_apart() {
        assert_eq!(reason(&io::ErrorKind::StorageFull.into()), "full");
        assert_eq!(reason(&io::ErrorKind::PermissionDenied.into()), "denied");
        assert_eq!(reason(&io::ErrorKind::NotFound.into()), "other");
    }
}
