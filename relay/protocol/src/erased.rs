//! What stands where a person's name or words were erased.
//!
//! A text of its own rather than an absent one: everything that shows a name goes on working, and each interface puts its
//! own word for "erased" in its place. Whoever calls themselves so is shown as erased, and gains nothing by it.

use crate::{
    people::{Name, Stated},
    ticket::{NoteText, Summary},
};

/// In place of every name and text that was erased.
pub const ERASED: &str = "[erased]";

/// In place of a name.
///
/// # Panics
/// Never: it is a line of text.
#[must_use]
pub fn name() -> Name {
    Name::new(ERASED).expect("a line of text")
}

/// In place of a person and their machine.
#[must_use]
pub fn stated() -> Stated {
    Stated {
        name: name(),
        machine: name(),
    }
}

/// In place of what was asked.
///
/// # Panics
/// Never: it is a line of text.
#[must_use]
pub fn summary() -> Summary {
    Summary::new(ERASED).expect("a line of text")
}

/// In place of what was written.
///
/// # Panics
/// Never: it is a text.
#[must_use]
pub fn text() -> NoteText {
    NoteText::new(ERASED).expect("a text")
}
