//! Small messages that arrive each once and in their order: a viewer's input, what a sharer says of its pointer.
//!
//! Flow: [`Outgoing::push`] numbers one; [`Outgoing::run`] says which ones the next datagram holds, those that are not
//! acknowledged again among them; [`Incoming::take`] gives those whose turn it is.
//!
//! Invariant: at most [`MAX_MESSAGES`] are on their way, and wait at the receiver's.

use std::collections::{BTreeMap, VecDeque};

use super::{CarriageError, MAX_MESSAGES, datagram::width};

/// How often one is repeated, unasked, in datagrams that leave anyway.
const REPEATS: u8 = 8;
/// Bytes of messages that are repeated in a datagram.
const REPEATED: usize = 400;

#[derive(Debug, Default)]
pub(super) struct Outgoing {
    /// The first of them has number `below + 1`.
    waiting: VecDeque<Message>,
    below: u32,
    due: usize,
}

#[derive(Debug)]
struct Message {
    bytes: Vec<u8>,
    /// The last datagram that holds it.
    carried_by: u32,
    repeats: u8,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Due,
    Flying,
    There,
}

impl Outgoing {
    /// False when too many are on their way.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        if self.waiting.len() >= MAX_MESSAGES as usize || self.below >= u32::MAX - 2 * MAX_MESSAGES {
            return false;
        }
        self.waiting.push_back(Message {
            bytes: bytes.to_vec(),
            carried_by: 0,
            repeats: 0,
            state: State::Due,
        });
        self.due += 1;
        true
    }

    /// How many are not acknowledged, up to the last that is.
    pub fn count(&self) -> usize {
        self.waiting.len()
    }

    /// Must a datagram leave for one of them?
    pub const fn is_due(&self) -> bool {
        self.due > 0
    }

    /// First and last number of those that go into a datagram with so many bytes of space: the first that are due and what
    /// follows, then as many before them as are not acknowledged; or, when none is due, those that are repeated.
    pub fn run(&self, space: usize) -> Option<(u32, u32)> {
        let cost = |message: &Message| width(message.bytes.len() as u32) + message.bytes.len();
        // Its kind, number and count.
        let mut left = space.checked_sub(1 + 5 + 2)?;
        let (mut first, mut end);
        if let Some(due) = (self.due > 0)
            .then(|| self.waiting.iter().position(|message| message.state == State::Due))
            .flatten()
        {
            (first, end) = (due, due);
            while let Some(message) = self.waiting.get(end)
                && message.state != State::There
                && cost(message) <= left
            {
                left -= cost(message);
                end += 1;
            }
            if end == due {
                return None;
            }
            left = left.min(REPEATED);
        } else {
            (first, end) = (self.waiting.len(), self.waiting.len());
            left = left.min(REPEATED);
        }
        while let Some(before) = first.checked_sub(1)
            && self.waiting[before].state == State::Flying
            && self.waiting[before].repeats < REPEATS
            && cost(&self.waiting[before]) <= left
        {
            left -= cost(&self.waiting[before]);
            first = before;
        }
        (first < end).then(|| (self.number(first), self.number(end - 1)))
    }

    const fn number(&self, at: usize) -> u32 {
        self.below + 1 + at as u32
    }

    /// Those are in the datagram with this number.
    pub fn carried(&mut self, first: u32, last: u32, by: u32) {
        for message in self.waiting.range_mut(self.places(first, last)) {
            if message.state == State::Due {
                self.due -= 1;
            } else {
                message.repeats += 1;
            }
            message.state = State::Flying;
            message.carried_by = by;
        }
    }

    pub fn bytes(&self, first: u32, last: u32) -> impl Iterator<Item = &[u8]> {
        self.waiting
            .range(self.places(first, last))
            .map(|message| &message.bytes[..])
    }

    fn places(&self, first: u32, last: u32) -> std::ops::Range<usize> {
        let place = |number: u32| (number.saturating_sub(self.below + 1) as usize).min(self.waiting.len());
        place(first)..place(last.saturating_add(1))
    }

    /// They have come.
    pub fn acknowledged(&mut self, first: u32, last: u32) {
        if last <= self.below {
            return;
        }
        for message in self.waiting.range_mut(self.places(first, last)) {
            if message.state == State::Due {
                self.due -= 1;
            }
            message.state = State::There;
        }
        while self
            .waiting
            .pop_front_if(|message| message.state == State::There)
            .is_some()
        {
            self.below += 1;
        }
    }

    /// The datagram with this number held them, and is lost: those that no later one held are due again.
    pub fn lost(&mut self, first: u32, last: u32, by: u32) {
        if last <= self.below {
            return;
        }
        for message in self.waiting.range_mut(self.places(first, last)) {
            if message.state == State::Flying && message.carried_by == by {
                message.state = State::Due;
                self.due += 1;
            }
        }
    }
}

/// Those that have come.
#[derive(Debug)]
pub(super) struct Incoming {
    next: u32,
    early: BTreeMap<u32, Vec<u8>>,
}

impl Default for Incoming {
    fn default() -> Self {
        Self {
            next: 1,
            early: BTreeMap::new(),
        }
    }
}

impl Incoming {
    /// Is the last of them near enough to be kept?
    ///
    /// # Errors
    /// When it is not.
    pub fn check(&self, first: u32, count: usize) -> Result<(), CarriageError> {
        let last = u64::from(first) + count as u64 - 1;
        if last >= u64::from(self.next) + u64::from(MAX_MESSAGES) {
            return Err(CarriageError::TooFarAhead);
        }
        Ok(())
    }

    /// Takes some, that were checked, and gives those whose turn it is.
    pub fn take(&mut self, first: u32, messages: &[&[u8]], mut give: impl FnMut(Vec<u8>)) {
        for (number, bytes) in (first..).zip(messages) {
            if number >= self.next {
                self.early.entry(number).or_insert_with(|| bytes.to_vec());
            }
        }
        while let Some(bytes) = self.early.remove(&self.next) {
            give(bytes);
            self.next += 1;
        }
    }
}
