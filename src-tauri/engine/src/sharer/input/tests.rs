//! What comes as input, and what becomes of it.

use renfort_protocol::{
    VERSION,
    carried::Carried,
    grant::{Capability, Grant},
    ids::{PersonId, SessionId, TicketId},
    policy::Policy,
    session::{ClipboardText, FromViewer},
    time::UnixMillis,
};

use super::*;
use crate::session::{Channel, LinkEvent, SharerEffect, SharerSession};

fn key(code: &str, pressed: bool) -> InputEvent {
    InputEvent::Key {
        code: code.into(),
        key: "a".into(),
        how: KeyMode::Character,
        pressed,
    }
}

/// When something that is held is looked at again.
fn soon() -> Option<Instant> {
    Some(Instant::now() + GUARD)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Applied,
    Guarded,
    Released,
}

/// Holds something from the first event on, takes its time for each, and takes note of all that it does.
struct Sink {
    done: Arc<Mutex<Vec<Done>>>,
    slow: Duration,
    held: usize,
}

impl InputSink for Sink {
    fn apply(&mut self, _event: &InputEvent) -> Result<(), InputError> {
        std::thread::sleep(self.slow);
        self.held = 1;
        self.done.lock().unwrap().push(Done::Applied);
        Ok(())
    }

    fn release_all(&mut self) {
        self.held = 0;
        self.done.lock().unwrap().push(Done::Released);
    }

    fn guard(&mut self) {
        self.done.lock().unwrap().push(Done::Guarded);
    }

    fn held(&self) -> usize {
        self.held
    }
}

/// The thread, whose reports nobody reads, and what it does.
struct Thread {
    queue: InputQueue,
    done: Arc<Mutex<Vec<Done>>>,
    thread: std::thread::JoinHandle<()>,
    _unread: mpsc::Receiver<InputReport>,
}

impl Thread {
    fn start(queue: &InputQueue, slow: Duration) -> Self {
        let (reports, unread) = mpsc::channel(OUTCOMES);
        let done = Arc::<Mutex<Vec<Done>>>::default();
        let sink = Sink {
            done: Arc::clone(&done),
            slow,
            held: 0,
        };
        let theirs = queue.clone();
        Self {
            queue: queue.clone(),
            done,
            thread: std::thread::spawn(move || run(&theirs, Box::new(|| Ok(Box::new(sink))), &reports)),
            _unread: unread,
        }
    }

    fn applies(&self, events: usize) {
        let begun = Instant::now();
        let applied = || {
            let done = self.done.lock().unwrap();
            done.iter().filter(|done| **done == Done::Applied).count()
        };
        while applied() < events {
            assert!(begun.elapsed() < Duration::from_secs(10), "{} of {events}", applied());
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The user stops.
    fn ends(self) -> Vec<Done> {
        self.queue.close();
        let begun = Instant::now();
        while !self.thread.is_finished() {
            assert!(begun.elapsed() < Duration::from_secs(10), "what is held stays down");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::mem::take(&mut self.done.lock().unwrap())
    }
}

#[test]
fn what_is_held_is_looked_after_although_more_comes_all_the_time() {
    let queue = InputQueue::default();
    for _ in 0..50 {
        queue.push(key("KeyA", true)).unwrap();
    }
    let thread = Thread::start(&queue, GUARD / 10);
    thread.applies(50);
    let done = thread.ends();
    let last = done.iter().rposition(|done| *done == Done::Applied).unwrap();
    let guarded = done[..last].iter().filter(|done| **done == Done::Guarded).count();
    assert!(guarded >= 2, "{done:?}");
}

#[test]
fn what_is_held_goes_up_at_a_stop_although_the_session_does_not_listen() {
    let queue = InputQueue::default();
    let fill = || (0..WAITING_INPUT).for_each(|_| queue.push(key("KeyA", true)).unwrap());
    fill();
    let thread = Thread::start(&queue, Duration::ZERO);
    thread.applies(WAITING_INPUT);
    fill();
    thread.applies(2 * WAITING_INPUT);
    assert_eq!(thread.ends().last(), Some(&Done::Released));
}

#[test]
fn moves_in_a_row_become_one_and_keys_are_never_merged() {
    let queue = InputQueue::default();
    for order in 1..=500 {
        queue.push(InputEvent::Move { order, x: 1, y: 1 }).unwrap();
    }
    queue.push(key("KeyA", true)).unwrap();
    queue.push(key("KeyA", true)).unwrap();
    assert!(matches!(
        queue.next(None),
        Next::Order(Order::Event(InputEvent::Move { order: 500, .. }))
    ));
    assert!(matches!(
        queue.next(None),
        Next::Order(Order::Event(InputEvent::Key { .. }))
    ));
    assert!(matches!(
        queue.next(None),
        Next::Order(Order::Event(InputEvent::Key { .. }))
    ));
}

#[test]
fn what_waits_is_forgotten_when_all_is_released_and_when_it_is_full() {
    let queue = InputQueue::default();
    queue.push(key("KeyA", true)).unwrap();
    queue.release_all();
    assert!(matches!(queue.next(None), Next::Release));
    for _ in 0..WAITING_INPUT {
        queue.push(key("KeyA", true)).unwrap();
    }
    assert_eq!(queue.push(key("KeyA", false)), Err(Full));
    assert!(matches!(queue.next(None), Next::Release));
    for _ in 0..WAITING_INPUT {
        queue.push(key("KeyA", true)).unwrap();
    }
    assert_eq!(queue.wait_for_text(1), Err(Full));
    queue.push(key("KeyV", true)).unwrap();
    assert!(matches!(queue.next(None), Next::Release));
    assert!(
        matches!(queue.next(soon()), Next::Guard),
        "it pastes the text or nothing"
    );
    queue.release_all();
    assert!(matches!(queue.next(None), Next::Release));
    queue.push(key("KeyA", true)).unwrap();
    queue.rest(true);
    queue.push(key("KeyB", true)).unwrap();
    queue.push_character(1, 'b').unwrap();
    queue.rest(false);
    assert!(matches!(queue.next(None), Next::Release));
    assert!(matches!(queue.next(soon()), Next::Guard), "nothing waits");
    queue.push(key("KeyA", true)).unwrap();
    queue.close();
    assert!(matches!(queue.next(None), Next::Closed));
    queue.push(key("KeyA", true)).unwrap();
    assert!(matches!(queue.next(None), Next::Closed));
}

#[test]
fn everything_that_waits_for_one_turn_is_carried_out_when_it_comes() {
    for keys in [300, WAITING_CARRIED - 1] {
        let mut session = allowed();
        session.handle_carried(&Carried::Turn.encode(), UnixMillis(1));
        for _ in 0..keys {
            session.handle_carried(&Carried::Input(key("KeyA", true)).encode(), UnixMillis(1));
        }
        say(
            &mut session,
            &FromViewer::Clipboard {
                text: ClipboardText::new("text".to_owned()).unwrap(),
            },
        );
        let queue = InputQueue::default();
        while let Some(effect) = session.poll_effect() {
            match effect {
                SharerEffect::Input(event) => queue.push(event).unwrap(),
                SharerEffect::SetClipboard(_) => queue.wait_for_text(1).unwrap(),
                _ => {}
            }
        }
        queue.put_in(1);
        queue.push(InputEvent::ReleaseAll).unwrap();
        let carried_out = std::iter::repeat_with(|| queue.next(None))
            .take_while(|next| matches!(next, Next::Order(Order::Event(InputEvent::Key { .. }))));
        assert_eq!(carried_out.count(), keys);
    }
}

/// A session with everything allowed, whose input comes by a carriage.
fn allowed() -> SharerSession {
    let grant = Grant {
        session: SessionId([1; 16]),
        ticket: TicketId(1),
        technician: PersonId(1),
        capabilities: [Capability::View, Capability::Control, Capability::Clipboard].into(),
        expires_at: UnixMillis(60_000),
    };
    let mut session = SharerSession::new(grant, Policy::default(), UnixMillis(1));
    session.handle_link(LinkEvent::Open, UnixMillis(1));
    session.handle_carriage();
    say(
        &mut session,
        &FromViewer::Hello {
            version: VERSION,
            cursor: true,
        },
    );
    session
}

fn say(session: &mut SharerSession, message: &FromViewer) {
    session.handle_message(Channel::Session, &serde_json::to_vec(message).unwrap(), UnixMillis(1));
}

#[test]
fn a_key_waits_for_the_text_that_it_pastes_but_not_for_ever_and_a_release_does_not() {
    let queue = InputQueue::default();
    queue.wait_for_text(1).unwrap();
    queue.push(key("KeyV", true)).unwrap();
    let theirs = queue.clone();
    let begun = Instant::now();
    let pasted = std::thread::spawn(move || matches!(theirs.next(None), Next::Order(Order::Event(_))));
    std::thread::sleep(Duration::from_millis(30));
    assert!(!pasted.is_finished());
    queue.put_in(1);
    assert!(pasted.join().unwrap() && begun.elapsed() < CLIPBOARD);

    // While it waits, what is held is looked after.
    queue.wait_for_text(2).unwrap();
    queue.push(key("KeyV", true)).unwrap();
    assert!(matches!(queue.next(soon()), Next::Guard));
    queue.release_all();
    assert!(matches!(queue.next(soon()), Next::Release));

    queue.wait_for_text(3).unwrap();
    queue.push(key("KeyV", true)).unwrap();
    let begun = Instant::now();
    assert!(matches!(queue.next(None), Next::Order(Order::Event(_))));
    assert!(begun.elapsed() >= CLIPBOARD);
    // No text is put in any more.
    queue.put_in(u64::MAX);
    queue.wait_for_text(4).unwrap();
    queue.push(key("KeyV", true)).unwrap();
    assert!(matches!(queue.next(None), Next::Order(Order::Event(_))));
}
