//! Two endpoints over networks that are not good.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[path = "../composition/alike.rs"]
mod alike;
mod delivery;
mod hostile;
#[path = "../composition/model.rs"]
mod model;
mod network;
mod picture;
mod pictures;
#[path = "../composition/screen.rs"]
mod screen;
mod session;
mod speed;
mod timing;
mod vectors;
