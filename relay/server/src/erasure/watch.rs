//! Carries out what was ordered while the relay runs, and looks once a day for what is older than names are kept.
//!
//! Flow: what is to be erased goes through the broker, which has tickets at hand; what is only to be told, straight to
//! the writer. An order that is still there a round later is looked at and sent again: what was done meanwhile does not
//! fit any more and is done once.

use std::{sync::Arc, time::Duration};

use renfort_core::contract::{FailReason, Input};
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval},
};

use super::{Step, note_scrub, retention, scrub, step};
use crate::{
    broker_task::ToBroker,
    clock,
    error::RelayError,
    store::{Store, StoreError},
    writer::WriterHandle,
};

/// How often the store is asked.
const EVERY: Duration = Duration::from_secs(1);

/// Goes on until the broker is gone.
pub async fn watch(store: Arc<dyn Store>, writer: WriterHandle, broker: mpsc::Sender<ToBroker>) {
    let mut rounds = interval(EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // True until nothing older was left.
    let mut running = true;
    while !broker.is_closed() {
        rounds.tick().await;
        match round(&*store, &writer, &broker, running).await {
            Ok(more) => running = more,
            Err(error) => tracing::error!(%error, "what was ordered to be erased was not"),
        }
    }
}

/// Was something sent to be erased, after which there may be more?
async fn round(
    store: &dyn Store,
    writer: &WriterHandle,
    broker: &mpsc::Sender<ToBroker>,
    running: bool,
) -> Result<bool, RelayError> {
    let now = clock::now();
    retention::log_change(store, writer).await?;
    retention::order_run(store, now, running).await?;
    let mut sent = false;
    for order in store.orders().await? {
        match step(store, &order, now).await? {
            Step::Erase(batch) => {
                note_scrub(store, &batch).await?;
                let batch = Box::new(batch);
                // A broker that is gone leaves the order to the next start.
                drop(broker.send(ToBroker::Input(Input::Erase { batch })).await);
                sent = true;
            }
            Step::Tell(batch) => match writer.write_batch(batch).await {
                Ok(()) | Err(FailReason::Conflict) => {}
                Err(FailReason::Storage) => {
                    return Err(StoreError::Failed("it could not be written into the log".to_owned()).into());
                }
            },
        }
    }
    // Once everything is durable, not while it may still be under way.
    if !sent {
        scrub(store).await?;
    }
    Ok(sent)
}
