//! What a command ordered, until it is done: by the running relay, or here when none runs.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::settle;
use crate::{
    clock,
    data::DataFolder,
    erasure::{is_scrubbed, scrub},
    error::RelayError,
    keys,
    store::Store,
    writer::Writer,
};

/// How often it is looked whether the running relay has done it.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Waits until an order is done, and does it and those before it where no relay runs. With `whole`, also until no byte of
/// what was erased is left. False when a running relay has not done it within this time; it will, or the next one.
///
/// # Errors
/// When the store or the log fails, or keeps this order from being taken up; what was ordered stays ordered.
pub async fn carry_out(
    folder: &DataFolder,
    store: &Arc<dyn Store>,
    order: u64,
    whole: bool,
    within: Duration,
) -> Result<bool, RelayError> {
    let until = Instant::now() + within;
    loop {
        match folder.lock_to_serve() {
            Ok(lock) => {
                let pair = keys::load(&folder.relay_key())?;
                let (writer, handle, _answers) = Writer::open(Arc::clone(store), pair).await?;
                let writing = tokio::spawn(writer.run());
                let settled = settle(&**store, &handle, clock::now()).await;
                drop(handle);
                // It ends with its last handle; nothing it was given is left.
                drop(writing.await);
                if let Some(error) = settled?.remove(&order) {
                    return Err(error.into());
                }
                if whole {
                    scrub(&**store).await?;
                }
                drop(lock);
            }
            Err(RelayError::InUse(_)) => {}
            Err(error) => return Err(error),
        }
        // Not for those before it: one of them may have to wait for good.
        let waits = store.orders().await?.iter().any(|other| other.id == order);
        if !waits && (!whole || is_scrubbed(&**store).await?) {
            return Ok(true);
        }
        if Instant::now() > until {
            return Ok(false);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
