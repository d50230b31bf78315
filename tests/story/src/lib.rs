//! The story of one request for help, told by the product's own programs: the relay, two desktop windows on X servers of
//! their own, a real application on the user's screen, and the console in a browser.
//!
//! Flow: a [`stage::Stage`] has everything running; [`walk::walk`] plays the story on it and tells an
//! [`observer::Observer`] what was seen; the demo and the end-to-end tests are two such observers. Invariant: windows are
//! used as people use them, by clicks and keys; scripts in a page only look.

pub mod browser;
pub mod console;
pub mod desktop;
pub mod film;
pub mod log;
pub mod observer;
pub mod page;
pub mod picture;
pub mod processes;
pub mod programs;
pub mod relay;
pub mod report;
pub mod screen_reader;
pub mod stage;
pub mod technician;
pub mod user;
pub mod waiting;
pub mod walk;
pub mod webdriver;
pub mod words;
pub mod xserver;
pub mod xterm;
