//! Follows the keyboard's layout, the same on both ends.
//!
//! Flow: a thread asks [`KeyboardLayouts`] every [`LOOK_EVERY`]; whoever holds the receiver hears of changes.
//!
//! Invariant: the thread ends with its receiver.

use std::{thread, time::Duration};

use renfort_protocol::keyboard::KeyboardLayout;
use tokio::sync::watch;

use crate::{
    clipboard_pump,
    seams::{KeyboardLayouts, LayoutsError, Opener},
};

/// Quicker than the next key after a person changed the layout.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Starts the thread. The receiver's first value is none and counts as seen; only the newest is kept.
pub fn start(open: Opener<dyn KeyboardLayouts, LayoutsError>) -> watch::Receiver<Option<KeyboardLayout>> {
    let (sender, receiver) = watch::channel(None);
    clipboard_pump::spawn("renfort-keyboard", move || {
        if let Err(error) = run(open, &sender) {
            tracing::info!(%error, "keys go by what they mean");
            tell(&sender, None);
        }
    });
    receiver
}

fn run(
    open: Opener<dyn KeyboardLayouts, LayoutsError>,
    sender: &watch::Sender<Option<KeyboardLayout>>,
) -> Result<(), LayoutsError> {
    let mut layouts = open()?;
    while !sender.is_closed() {
        tell(sender, layouts.current()?);
        thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

fn tell(sender: &watch::Sender<Option<KeyboardLayout>>, layout: Option<KeyboardLayout>) {
    sender.send_if_modified(|last| {
        let changed = *last != layout;
        *last = layout;
        changed
    });
}
