//! The order between input, which comes by the carriage, and what the viewer says on the channel `session`.
//!
//! Flow: each way gives what it has in its own order ([`Turns::carried`], [`Turns::said`]); [`Turns::next`] gives what may be
//! acted upon. What must keep its order with input stands among it as a turn ([`Carried::Turn`]): whichever of the two
//! comes first waits for the other, and so does what follows it on its way.
//!
//! Invariant: what [`Turns::next`] gives is in the order in which the viewer said it, but for what needs none with input and
//! comes early by its own way.

use std::collections::VecDeque;

use renfort_protocol::{carried::Carried, input::InputEvent, session::FromViewer};

/// What is carried and waits for a turn, moves in a row counted once: more than a person does while the channel repeats what
/// was lost for the third time. With more, the session ends.
pub const WAITING_CARRIED: usize = 4_096;
/// Messages that wait for their turn. A person copies a few texts at most in the time that a turn needs. With more, the
/// session ends.
pub const WAITING_SAID: usize = 64;

/// More waits than an honest viewer lets.
#[derive(Debug, PartialEq, Eq)]
pub struct Overfull;

/// What may be acted upon.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    Input(InputEvent),
    Said(FromViewer),
}

/// What has come over one connection and waits.
#[derive(Debug, Default)]
pub struct Turns {
    carried: VecDeque<Carried>,
    said: VecDeque<FromViewer>,
}

impl Turns {
    /// Something came by the carriage.
    pub fn carried(&mut self, carried: Carried) -> Result<(), Overfull> {
        let is_move = |carried: &Carried| matches!(carried, Carried::Input(InputEvent::Move { .. }));
        if is_move(&carried) && self.carried.back().is_some_and(is_move) {
            self.carried.pop_back();
        }
        if self.carried.len() == WAITING_CARRIED {
            return Err(Overfull);
        }
        self.carried.push_back(carried);
        Ok(())
    }

    /// Nothing of the input that waits is carried out any more. Turns stay: what was said has its own.
    pub fn forget_input(&mut self) {
        self.carried.retain(|carried| *carried == Carried::Turn);
    }

    /// Something was said on the channel.
    pub fn said(&mut self, message: FromViewer) -> Result<(), Overfull> {
        if self.said.len() == WAITING_SAID {
            return Err(Overfull);
        }
        self.said.push_back(message);
        Ok(())
    }

    /// What comes next, if it is there.
    pub fn next(&mut self) -> Option<Next> {
        if let Some(free) = self.said.pop_front_if(|message| !message.keeps_turn()) {
            return Some(Next::Said(free));
        }
        if self.carried.front() == Some(&Carried::Turn) {
            let said = self.said.pop_front()?;
            self.carried.pop_front();
            return Some(Next::Said(said));
        }
        match self.carried.pop_front()? {
            Carried::Input(event) => Some(Next::Input(event)),
            Carried::Turn => None,
        }
    }
}
