//! A sharer and a viewer with pretended screens, codecs, inputs and clipboards, over real connections on this machine.

pub mod canvas;
pub mod fakes;
pub mod pair;
pub mod seals;
