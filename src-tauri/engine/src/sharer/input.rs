//! Remote input on its way to the operating system, on a thread of its own.
//!
//! Flow: the session allows an event -> [`InputQueue::push`] -> [`run`] -> [`InputSink`] -> what became of it.
//!
//! Invariant: after [`InputQueue::release_all`], [`InputQueue::rest`] or [`InputQueue::close`] nothing that was waiting is
//! carried out.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use renfort_protocol::{input::InputEvent, keyboard::KeyMode, report::InputDenied};
use tokio::sync::mpsc;

use crate::{
    seams::{InputError, InputSink, Opener},
    session::{InputOutcome, WAITING_CARRIED},
};

/// Input that waits for the operating system. When full, the system does not take input any more: the event is refused
/// and everything released, so that no key stays down. Beside a few hundred, there is room for everything that one turn
/// may have held up.
pub const WAITING_INPUT: usize = 256 + WAITING_CARRIED;
/// Outcomes that wait for the session. When full, the thread waits. There is room for all that waits and all that the
/// session may add before it listens again, so that a session that is held up does not keep what is held from going up.
pub const OUTCOMES: usize = 2 * WAITING_INPUT;

/// How often what is held is looked at again, whatever comes; the system's own key repeat begins after some 500 ms.
const GUARD: Duration = Duration::from_millis(25);

/// How long input waits for a text to be in the clipboard, which has a thread of its own and takes a thousandth of a second.
const CLIPBOARD: Duration = Duration::from_millis(250);

/// What the thread tells.
#[derive(Debug, PartialEq, Eq)]
pub enum InputReport {
    /// Input cannot be injected at all.
    Unavailable,
    /// What became of an event.
    Outcome(InputOutcome),
    /// What became of a character of a text.
    Typed {
        /// Number of the text.
        number: u32,
        /// Was it typed?
        result: Result<(), InputDenied>,
    },
}

/// [`WAITING_INPUT`] events wait already.
#[derive(Debug, PartialEq, Eq)]
pub struct Full;

#[derive(Debug, Clone, Default)]
pub struct InputQueue(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Waiting>,
    /// Texts up to this one are in the clipboard, or never will be.
    put_in: u64,
    /// The text that is waited for, and since when.
    awaited: Option<(u64, Instant)>,
    release: bool,
    /// What comes is dropped.
    rests: bool,
    closed: bool,
}

/// What waits.
#[derive(Debug, PartialEq, Eq)]
enum Waiting {
    Order(Order),
    /// What follows waits until this text is in the clipboard: it may be the key that pastes it.
    Text(u64),
}

/// What is to be carried out.
#[derive(Debug, PartialEq, Eq)]
enum Order {
    Event(InputEvent),
    /// A character of a text, with the text's number.
    Type(u32, char),
}

impl State {
    /// How much longer what waits is kept for a text; none, when it may go on.
    fn patience(&mut self) -> Option<Duration> {
        match self.waiting.front() {
            Some(&Waiting::Text(text)) if text > self.put_in => {
                let awaited = self.awaited.filter(|(awaited, _)| *awaited == text);
                let (_, since) = *self.awaited.insert(awaited.unwrap_or_else(|| (text, Instant::now())));
                let left = CLIPBOARD.saturating_sub(since.elapsed());
                (!left.is_zero()).then_some(left)
            }
            _ => None,
        }
    }
}

enum Next {
    Order(Order),
    Release,
    /// What is held is to be looked at again.
    Guard,
    Closed,
}

impl InputQueue {
    /// Queues an event. A move that follows a move takes its place: only the newest place counts.
    pub fn push(&self, event: InputEvent) -> Result<(), Full> {
        self.add(Waiting::Order(Order::Event(event)))
    }

    /// Queues a character of a text, to be pressed and released.
    pub fn push_character(&self, number: u32, character: char) -> Result<(), Full> {
        self.add(Waiting::Order(Order::Type(number, character)))
    }

    /// What is queued from now on is carried out once the clipboard has this text, even after what waited was
    /// too much.
    pub fn wait_for_text(&self, text: u64) -> Result<(), Full> {
        self.add(Waiting::Text(text))
    }

    /// The clipboard has all texts up to this one, or never will.
    pub fn put_in(&self, text: u64) {
        self.lock().put_in = text;
        self.0.wake.notify_one();
    }

    fn add(&self, order: Waiting) -> Result<(), Full> {
        let mut state = self.lock();
        if state.closed || state.rests {
            return Ok(());
        }
        let is_move = |order: &Waiting| matches!(order, Waiting::Order(Order::Event(InputEvent::Move { .. })));
        if is_move(&order) && state.waiting.back().is_some_and(is_move) {
            state.waiting.pop_back();
        }
        let full = state.waiting.len() >= WAITING_INPUT;
        if full {
            state.waiting.clear();
            state.release = true;
        }
        if !full || matches!(order, Waiting::Text(_)) {
            state.waiting.push_back(order);
        }
        self.0.wake.notify_one();
        if full { Err(Full) } else { Ok(()) }
    }

    /// Forgets what waits and releases what is held.
    pub fn release_all(&self) {
        let mut state = self.lock();
        state.waiting.clear();
        state.release = true;
        self.0.wake.notify_one();
    }

    /// The same, and what comes is dropped, until it no longer rests.
    pub fn rest(&self, rests: bool) {
        let mut state = self.lock();
        state.rests = rests;
        if rests {
            state.waiting.clear();
            state.release = true;
            self.0.wake.notify_one();
        }
    }

    /// The same, for good.
    pub fn close(&self) {
        let mut state = self.lock();
        state.waiting.clear();
        state.closed = true;
        self.0.wake.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole after every single change.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for what comes; with something held, until that is to be looked at again (`guard`), even when more came.
    fn next(&self, guard: Option<Instant>) -> Next {
        let mut state = self.lock();
        loop {
            if state.closed {
                return Next::Closed;
            }
            if std::mem::take(&mut state.release) {
                return Next::Release;
            }
            let guard = guard.map(|at| at.saturating_duration_since(Instant::now()));
            if guard.is_some_and(|left| left.is_zero()) {
                return Next::Guard;
            }
            let patience = state.patience();
            if patience.is_none()
                && let Some(first) = state.waiting.pop_front()
            {
                match first {
                    Waiting::Text(_) => continue,
                    Waiting::Order(order) => return Next::Order(order),
                }
            }
            let wait = patience.into_iter().chain(guard).min();
            state = match wait {
                Some(wait) => {
                    let woken = self.0.wake.wait_timeout(state, wait);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.0.wake.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

/// Carries out what comes through the queue until it is closed.
pub fn run(queue: &InputQueue, open: Opener<dyn InputSink, InputError>, reports: &mpsc::Sender<InputReport>) {
    let mut sink = match open() {
        Ok(sink) => sink,
        Err(error) => {
            tracing::warn!(%error, "control will be refused");
            let _gone = reports.blocking_send(InputReport::Unavailable);
            return;
        }
    };
    // When what is held was looked at last, or was not held yet.
    let mut looked_at = Instant::now();
    loop {
        let holds = sink.held() > 0;
        if !holds {
            looked_at = Instant::now();
        }
        match queue.next(holds.then(|| looked_at + GUARD)) {
            Next::Order(Order::Event(InputEvent::ReleaseAll)) | Next::Release => sink.release_all(),
            Next::Guard => {
                sink.guard();
                looked_at = Instant::now();
            }
            Next::Order(Order::Type(number, character)) => {
                let result = type_character(sink.as_mut(), character).map_err(|error| {
                    tracing::debug!(%error, "a character was not typed");
                    InputDenied::from(&error)
                });
                if reports.blocking_send(InputReport::Typed { number, result }).is_err() {
                    sink.release_all();
                    return;
                }
            }
            Next::Order(Order::Event(event)) => {
                let outcome = match (sink.apply(&event), &event) {
                    (Err(error), _) => {
                        tracing::debug!(%error, "input was not carried out");
                        Some(InputOutcome::Denied(InputDenied::from(&error)))
                    }
                    (Ok(()), InputEvent::Key { pressed: true, .. }) => Some(InputOutcome::KeyPressed),
                    (Ok(()), InputEvent::Button { pressed: true, .. }) => Some(InputOutcome::ButtonPressed),
                    (Ok(()), _) => None,
                };
                if let Some(outcome) = outcome
                    && reports.blocking_send(InputReport::Outcome(outcome)).is_err()
                {
                    sink.release_all();
                    return;
                }
            }
            Next::Closed => return sink.release_all(),
        }
    }
}

fn type_character(sink: &mut dyn InputSink, character: char) -> Result<(), InputError> {
    let key = match character {
        '\n' => "Enter".to_owned(),
        '\t' => "Tab".to_owned(),
        character => character.to_string(),
    };
    for pressed in [true, false] {
        sink.apply(&InputEvent::Key {
            code: String::new(),
            key: key.clone(),
            how: KeyMode::Character,
            pressed,
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
