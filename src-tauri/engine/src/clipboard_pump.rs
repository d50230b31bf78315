//! The clipboard's own thread, the same on both ends.
//!
//! Flow: while it is watched, a text that a person copied goes to the owner; a text from the other end is put in.
//!
//! Invariant: what was copied while it was not watched is never given out.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tokio::sync::mpsc;

use crate::seams::{Clipboard, ClipboardError, Opener};

/// How often a watched clipboard is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Copied texts that wait for the owner. When full, the thread waits, and a text that is replaced meanwhile is left
/// out.
pub const COPIED: usize = 4;

/// Orders to the thread. Dropping it ends the thread.
pub struct ClipboardPump(Arc<Shared>);

#[derive(Default)]
struct Shared {
    orders: Mutex<Orders>,
    wake: Condvar,
}

#[derive(Default)]
struct Orders {
    watch: bool,
    /// Was switched on since the thread last looked.
    fresh: bool,
    /// To be put in; only the newest counts.
    text: Option<Text>,
    /// Texts that were to be put in so far.
    texts: u64,
    closed: bool,
}

/// A text to be put in, by its number.
struct Text {
    number: u64,
    text: String,
}

impl ClipboardPump {
    /// Starts the thread, which tells by `put_in` up to which number texts were put in, or never will be. The clipboard is opened
    /// when it is first needed.
    pub fn start(
        open: Opener<dyn Clipboard, ClipboardError>,
        put_in: impl Fn(u64) + Send + 'static,
    ) -> (Self, mpsc::Receiver<String>) {
        let shared = Arc::new(Shared::default());
        let (copied, texts) = mpsc::channel(COPIED);
        let theirs = Arc::clone(&shared);
        spawn("renfort-clipboard", move || {
            run(&theirs, open, &copied, &put_in);
            put_in(u64::MAX);
        });
        (Self(shared), texts)
    }

    /// Watches the clipboard, or no longer.
    pub fn watch(&self, watch: bool) {
        let mut orders = self.0.lock();
        orders.fresh |= watch && !orders.watch;
        orders.watch = watch;
        self.0.wake.notify_one();
    }

    /// Puts a text in. Gives its number: 1, 2, 3 and so on.
    pub fn set(&self, text: String) -> u64 {
        let mut orders = self.0.lock();
        orders.texts += 1;
        orders.text = Some(Text {
            number: orders.texts,
            text,
        });
        self.0.wake.notify_one();
        orders.texts
    }
}

impl Drop for ClipboardPump {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.wake.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Orders> {
        // The orders are whole after every single assignment.
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for something to do; none when it is over.
    fn next(&self) -> Option<(Option<Text>, bool, bool)> {
        let mut orders = self.lock();
        loop {
            if orders.closed {
                return None;
            }
            if orders.text.is_some() || orders.fresh {
                break;
            }
            if orders.watch {
                let (after, waited) = self
                    .wake
                    .wait_timeout(orders, LOOK_EVERY)
                    .unwrap_or_else(PoisonError::into_inner);
                orders = after;
                if waited.timed_out() {
                    break;
                }
            } else {
                orders = self.wake.wait(orders).unwrap_or_else(PoisonError::into_inner);
            }
        }
        let fresh = std::mem::take(&mut orders.fresh);
        (!orders.closed).then(|| (orders.text.take(), orders.watch, fresh))
    }
}

fn run(
    shared: &Shared,
    open: Opener<dyn Clipboard, ClipboardError>,
    copied: &mpsc::Sender<String>,
    put_in: &impl Fn(u64),
) {
    // Nothing is opened for a session in which nobody exchanges anything.
    let Some(mut todo) = shared.next() else { return };
    let mut clipboard = match open() {
        Ok(clipboard) => clipboard,
        Err(error) => return tracing::warn!(%error, "no texts are exchanged"),
    };
    loop {
        let (text, watch, fresh) = todo;
        if let Some(Text { number, text }) = text {
            if let Err(error) = clipboard.set(&text) {
                tracing::warn!(%error, "a text was not put into the clipboard");
            }
            put_in(number);
        }
        if watch {
            match clipboard.changed() {
                Ok(Some(text)) if !fresh => {
                    if copied.blocking_send(text).is_err() {
                        return;
                    }
                }
                Ok(_) => {}
                Err(error) => tracing::debug!(%error, "the clipboard cannot be read"),
            }
        }
        match shared.next() {
            Some(next) => todo = next,
            None => return,
        }
    }
}

/// Starts a named thread. A system that cannot start one more thread cannot go on at all; its owner then finds the
/// channel closed.
pub fn spawn(name: &str, run: impl FnOnce() + Send + 'static) {
    if let Err(error) = thread::Builder::new().name(name.to_owned()).spawn(run) {
        tracing::error!(%error, name, "a thread could not be started");
    }
}
