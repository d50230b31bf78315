//! What the screen's thread is told to do, by whoever may: the session, the user's *Stop*, the connection.
//!
//! Invariant: what the thread is told last counts, and it learns of every time that the picture began anew.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::Waker,
};

use tokio::sync::watch;

use super::updates::UpdateLine;

/// Orders to the thread.
#[derive(Debug, Clone, Default)]
pub struct PictureControl(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    orders: Mutex<Orders>,
    /// The thread, while it has nothing to do.
    wake: Condvar,
    /// The thread, while it waits for the screen.
    screen: Mutex<Option<Waker>>,
    flow: watch::Sender<Flow>,
}

/// Whether the picture is wanted, for those who carry it on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flow {
    /// May anybody see it?
    pub flows: bool,
    /// How often it has begun.
    pub turn: u64,
}

impl Flow {
    /// May what was made of the picture in this turn go on?
    pub const fn lets(self, turn: u64) -> bool {
        self.flows && self.turn == turn
    }
}

/// What the thread is told at a time.
#[derive(Debug, Clone, Default)]
pub struct Orders {
    wanted: bool,
    /// Nobody may see it, wanted or not.
    rests: bool,
    /// Began to be wanted, or to go another way, since the thread last looked.
    pub begun: bool,
    /// How often it has begun.
    turn: u64,
    /// A key frame is wanted.
    pub key: bool,
    /// How updates go to the viewer; none: as video alone.
    pub line: Option<Arc<dyn UpdateLine>>,
    closed: bool,
}

impl Orders {
    const fn flows(&self) -> bool {
        self.wanted && !self.rests
    }

    const fn flow(&self) -> Flow {
        Flow {
            flows: self.flows(),
            turn: self.turn,
        }
    }

    /// It begins anew, if anybody may see it.
    const fn begin(&mut self) {
        if self.flows() {
            self.begun = true;
            self.turn += 1;
        }
    }
}

impl PictureControl {
    /// Somebody may see the picture, or no longer. It begins with a key frame.
    pub fn want(&self, wanted: bool) {
        self.change(|orders| orders.wanted = wanted);
    }

    /// Nobody may see it, wanted or not, until it no longer rests.
    pub fn rest(&self, rests: bool) {
        self.change(|orders| orders.rests = rests);
    }

    fn change(&self, change: impl FnOnce(&mut Orders)) {
        let mut orders = self.lock();
        let flowed = orders.flows();
        change(&mut orders);
        let flows = orders.flows();
        if !flowed {
            orders.begin();
        }
        if flowed
            && !flows
            && let Some(line) = &orders.line
        {
            line.rest();
        }
        self.0.flow.send_replace(orders.flow());
        drop(orders);
        self.wake();
    }

    /// Whether it is wanted, for those who carry it on.
    pub fn flow(&self) -> watch::Receiver<Flow> {
        self.0.flow.subscribe()
    }

    /// Was it wanted, by this way, all the time since the thread last looked?
    pub fn is_still_wanted(&self) -> bool {
        let orders = self.lock();
        orders.flows() && !orders.begun
    }

    /// Hands something over that was made of the picture since the thread last looked, with its turn, if it may go.
    pub fn hand_over(&self, hand: impl FnOnce(u64) -> bool) -> bool {
        let orders = self.lock();
        orders.flows() && !orders.begun && hand(orders.turn)
    }

    /// From now on the picture goes as updates by this line, or, without one, as video alone. It begins anew.
    pub fn go_by(&self, line: Option<Arc<dyn UpdateLine>>) {
        let mut orders = self.lock();
        if let Some(old) = std::mem::replace(&mut orders.line, line) {
            old.rest();
        }
        orders.begin();
        self.0.flow.send_replace(orders.flow());
        drop(orders);
        self.wake();
    }

    /// Nothing that waits on the line leaves any more.
    pub fn halt(&self) {
        if let Some(line) = &self.lock().line {
            line.rest();
        }
        self.wake();
    }

    /// The next frame must be a key frame.
    pub fn want_key_frame(&self) {
        self.lock().key = true;
        self.wake();
    }

    /// Ends the thread.
    pub fn close(&self) {
        self.lock().closed = true;
        self.wake();
    }

    /// By this the thread is woken while it waits for the screen; without it, it looks by itself.
    pub fn wakes(&self, screen: Option<Waker>) {
        *self.0.screen.lock().unwrap_or_else(PoisonError::into_inner) = screen;
    }

    /// To be called after every order.
    fn wake(&self) {
        self.0.wake.notify_one();
        if let Some(screen) = &*self.0.screen.lock().unwrap_or_else(PoisonError::into_inner) {
            screen.wake_by_ref();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Orders> {
        // The orders are whole after every single assignment.
        self.0.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the picture is wanted; none when it is over.
    pub fn take(&self) -> Option<Orders> {
        let mut orders = self.lock();
        while !orders.flows() && !orders.closed {
            orders = self.0.wake.wait(orders).unwrap_or_else(PoisonError::into_inner);
        }
        let taken = orders.clone();
        (orders.key, orders.begun) = (false, false);
        (!taken.closed).then_some(taken)
    }
}
