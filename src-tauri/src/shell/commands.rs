//! What the interface may ask of the program. Nothing else.

use renfort_protocol::error::{Code, WireError};
use tauri::State;

use super::Running;
use crate::{
    action::Action,
    controller::Event,
    picture_socket::PictureError,
    view::{PictureAddress, View},
};

/// Everything that is on screen, now.
#[tauri::command]
pub(super) fn view(running: State<'_, Running>) -> View {
    running.view.borrow().clone()
}

/// Does something. What comes of it is seen in the next view.
#[tauri::command]
pub(super) fn act(action: serde_json::Value, running: State<'_, Running>) -> Result<(), WireError> {
    let action = serde_json::from_value::<Action>(action).map_err(|_| Code::Malformed)?;
    if action == Action::Stop {
        running.stop.stop();
    }
    running.send(Event::Act(action))
}

/// Where the remote picture is to be had.
#[tauri::command]
pub(super) fn open_picture(running: State<'_, Running>) -> Result<PictureAddress, WireError> {
    running.pictures.open().map_err(|error| match error {
        PictureError::NoSession => Code::OutOfOrder.into(),
        PictureError::NoToken => WireError::from(Code::Internal).with("detail", error),
    })
}
