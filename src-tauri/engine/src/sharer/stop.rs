//! The user's *Stop*: one flag that every thread of a sharer looks at before it does anything.
//!
//! Invariant: it neither waits nor fails, whatever any channel or thread is doing.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Notify;

use super::input::InputQueue;

/// Stops a sharer from anywhere: a button, a shortcut, a window that closes. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct StopSwitch(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    stopped: AtomicBool,
    input: InputQueue,
    wake: Notify,
}

impl StopSwitch {
    /// See [`super::SharerHandle::stop`]. Never blocks; more than once is once.
    pub fn stop(&self) {
        self.0.stopped.store(true, Ordering::SeqCst);
        self.0.input.close();
        self.0.wake.notify_waiters();
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::SeqCst)
    }

    /// Waits for it.
    pub(super) async fn stopped(&self) {
        let woken = self.0.wake.notified();
        tokio::pin!(woken);
        // Counted among the waiters before the flag is looked at, so that no stop falls between the two.
        woken.as_mut().enable();
        if !self.is_stopped() {
            woken.await;
        }
    }

    pub(super) fn input(&self) -> &InputQueue {
        &self.0.input
    }
}
