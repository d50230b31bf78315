//! Waiting for something to become so. Nothing in the story sleeps for a fixed time: it looks again until it sees what
//! must happen, or says what it last saw.

use std::{
    fmt::Display,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

/// How long anything may take. Generous: debug builds of everything share two cores.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Time between two looks.
pub const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// What one look saw.
pub enum Look<T> {
    /// It is so.
    There(T),
    /// Not yet; what was seen instead.
    NotYet(String),
}

/// Looks until it is so.
///
/// # Errors
/// When a look fails, or it is not so within [`PATIENCE`]; then with what the last look saw.
pub async fn until<T>(what: impl Display, look: impl AsyncFnMut() -> Result<Look<T>>) -> Result<T> {
    until_within(PATIENCE, what, look).await
}

/// The same with another patience.
///
/// # Errors
/// As [`until`].
pub async fn until_within<T>(
    patience: Duration,
    what: impl Display,
    mut look: impl AsyncFnMut() -> Result<Look<T>>,
) -> Result<T> {
    let began = Instant::now();
    loop {
        match look().await? {
            Look::There(found) => return Ok(found),
            Look::NotYet(instead) if began.elapsed() >= patience => {
                bail!("waited {} s for {what}; seen instead: {instead}", patience.as_secs());
            }
            Look::NotYet(_) => tokio::time::sleep(BETWEEN_LOOKS).await,
        }
    }
}
