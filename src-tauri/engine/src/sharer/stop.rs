//! The user's *Stop*, and the pause of everything: flags that every thread of a sharer looks at before it does anything.
//!
//! Invariant: neither fails, nor waits for what any channel or thread is doing, but for datagrams that are just being written: some
//! thousandths of a second.

use std::{
    future::poll_fn,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

use tokio::sync::Notify;

use super::{input::InputQueue, orders::PictureControl};

/// Stops a sharer from anywhere: a button, a shortcut, a window that closes. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct StopSwitch(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    stopped: AtomicBool,
    input: InputQueue,
    picture: PictureControl,
    /// Pauses of everything that were begun and are not over: one may begin while the session has not heard yet that the
    /// last one is.
    pauses: Mutex<u32>,
    wake: Notify,
}

impl StopSwitch {
    /// See [`super::SharerHandle::stop`]. Never blocks; more than once is once.
    pub fn stop(&self) {
        self.0.stopped.store(true, Ordering::SeqCst);
        self.0.input.close();
        self.0.picture.halt();
        self.0.wake.notify_waiters();
    }

    /// Everything rests from now on: no input is carried out and no picture handed over after this returns.
    pub(super) fn pause(&self) {
        self.count(|pauses| pauses.saturating_add(1));
    }

    /// One pause is over.
    pub(super) fn resume(&self) {
        self.count(|pauses| pauses.saturating_sub(1));
    }

    fn count(&self, change: impl Fn(u32) -> u32) {
        // A number is whole at any time.
        let mut pauses = self.0.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        *pauses = change(*pauses);
        self.0.input.rest(*pauses > 0);
        self.0.picture.rest(*pauses > 0);
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
        // The flag at every turn: whoever waits for something else, too, may be woken by what a stop does before it wakes them.
        poll_fn(|context| {
            if self.is_stopped() {
                Poll::Ready(())
            } else {
                woken.as_mut().poll(context)
            }
        })
        .await;
    }

    pub(super) fn input(&self) -> &InputQueue {
        &self.0.input
    }

    pub(super) fn picture(&self) -> &PictureControl {
        &self.0.picture
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_that_begins_before_the_last_one_is_over_is_not_ended_with_it() {
        let switch = StopSwitch::default();
        let flow = switch.picture().flow();
        switch.picture().want(true);
        assert!(flow.borrow().flows);
        switch.pause();
        assert!(!flow.borrow().flows);
        switch.pause();
        switch.resume();
        // What the session makes of the first one's end.
        switch.picture().want(false);
        switch.picture().want(true);
        assert!(!flow.borrow().flows, "the second goes on");
        switch.resume();
        assert!(flow.borrow().flows);
    }
}
