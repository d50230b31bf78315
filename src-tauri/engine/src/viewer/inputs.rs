//! Input on its way from the picture's window to the session.
//!
//! Flow: [`InputSender::send`] -> [`Inputs::next`].
//!
//! Invariant: everything comes out once and in its order, but for moves, of which those in a row become
//! the last, and turns of the wheel, of which those in a row are added up.

use std::{
    collections::VecDeque,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use renfort_protocol::input::InputEvent;
use tokio::sync::Notify;

use crate::carrier::joined;

/// Input that waits for the session. When full, the window waits: nothing that a person did is dropped.
pub const INPUTS: usize = 256;

/// Takes input from the picture's window. Cheap to clone.
#[derive(Debug, Clone)]
pub struct InputSender(Arc<Shared>);

/// Where it comes out. Dropped, it takes no more.
#[derive(Debug)]
pub struct Inputs(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// There is something.
    wake: Notify,
    /// There is room again, or nobody takes anything any more.
    room: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<InputEvent>,
    closed: bool,
}

/// Both ends.
pub fn inputs() -> (InputSender, Inputs) {
    let shared = Arc::new(Shared::default());
    (InputSender(Arc::clone(&shared)), Inputs(shared))
}

impl InputSender {
    /// Sends one event. False when the viewer has ended.
    pub async fn send(&self, event: InputEvent) -> bool {
        loop {
            let mut room = pin!(self.0.room.notified());
            // Counted among those who wait before it is looked whether there is room.
            room.as_mut().enable();
            {
                let mut state = self.0.lock();
                if state.closed {
                    return false;
                }
                if let Some(last) = state.waiting.back_mut()
                    && let Some(one) = joined(last, &event)
                {
                    *last = one;
                    return true;
                }
                if state.waiting.len() < INPUTS {
                    state.waiting.push_back(event);
                    self.0.wake.notify_one();
                    return true;
                }
            }
            room.await;
        }
    }
}

impl Inputs {
    /// The next event. What is not awaited to its end takes nothing.
    pub async fn next(&mut self) -> InputEvent {
        loop {
            if let Some(event) = self.0.lock().waiting.pop_front() {
                self.0.room.notify_waiters();
                return event;
            }
            self.0.wake.notified().await;
        }
    }
}

impl Drop for Inputs {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.room.notify_waiters();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Whole after every single change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use renfort_protocol::input::Button;

    use super::*;

    const fn at(order: u64) -> InputEvent {
        InputEvent::Move { order, x: 1, y: 1 }
    }

    #[tokio::test]
    async fn of_moves_in_a_row_the_last_comes_out_however_many_there_are() {
        let (sender, mut inputs) = inputs();
        for order in 0..1_000 {
            assert!(sender.send(at(order)).await);
        }
        assert!(sender.send(InputEvent::ReleaseAll).await);
        assert!(sender.send(at(1_000)).await);
        assert_eq!(inputs.next().await, at(999));
        assert_eq!(inputs.next().await, InputEvent::ReleaseAll);
        assert_eq!(inputs.next().await, at(1_000));
    }

    #[tokio::test]
    async fn turns_of_the_wheel_add_up_and_stay_before_the_click_that_follows() {
        let (sender, mut inputs) = inputs();
        let turned = |dy| InputEvent::Wheel { dx: 0, dy, x: 1, y: 1 };
        let click = InputEvent::Button {
            button: Button::Left,
            pressed: true,
            x: 1,
            y: 1,
        };
        for event in [turned(120), turned(240), click.clone(), turned(120), turned(-120)] {
            assert!(sender.send(event).await);
        }
        for event in [turned(360), click, turned(120), turned(-120)] {
            assert_eq!(inputs.next().await, event);
        }
    }

    #[tokio::test]
    async fn when_full_the_window_waits_and_nothing_is_dropped() {
        let (sender, mut inputs) = inputs();
        for _ in 0..INPUTS {
            assert!(sender.send(InputEvent::ReleaseAll).await);
        }
        let waits = tokio::spawn({
            let sender = sender.clone();
            async move { sender.send(at(1)).await }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!waits.is_finished());
        for _ in 0..INPUTS {
            assert_eq!(inputs.next().await, InputEvent::ReleaseAll);
        }
        assert_eq!(inputs.next().await, at(1));
        assert!(waits.await.unwrap());
    }

    #[tokio::test]
    async fn whoever_waits_hears_of_the_end() {
        let (sender, inputs) = inputs();
        for _ in 0..INPUTS {
            assert!(sender.send(InputEvent::ReleaseAll).await);
        }
        let waits = tokio::spawn({
            let sender = sender.clone();
            async move { sender.send(InputEvent::ReleaseAll).await }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        drop(inputs);
        assert!(!waits.await.unwrap());
        assert!(!sender.send(at(1)).await);
    }
}
