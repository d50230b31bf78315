//! Follows the keyboard's layout, the same on both ends.
//!
//! Flow: a thread waits for [`KeyboardLayouts`]; whoever holds the receiver hears of changes.
//!
//! Invariant: the thread ends with its receiver, at most [`LONGEST`] later.

use std::time::Duration;

use renfort_protocol::keyboard::KeyboardLayout;
use tokio::sync::watch;

use crate::{
    clipboard_pump,
    seams::{KeyboardLayouts, LayoutsError, Opener},
};

/// Longest wait: it is looked so often whether anybody still wants to hear.
const LONGEST: Duration = Duration::from_secs(1);

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
        layouts.wait(LONGEST)?;
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
