//! A relay's data, as the commands open them.
//!
//! Invariant: a command that says that it changed something says so when the log has it.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context, anyhow, bail};

use crate::{
    clock,
    data::DataFolder,
    orders::carry_out::carry_out,
    store::{
        Store,
        orders::Ordered,
        sqlite::{SqliteOptions, SqliteStore},
    },
};

/// A running relay has this long to take up what a command did before the command goes.
const WAIT: Duration = Duration::from_secs(60);

pub(super) struct Opened {
    pub(super) folder: DataFolder,
    pub(super) store: Arc<dyn Store>,
}

impl Opened {
    pub(super) async fn open(data: &Path) -> anyhow::Result<Self> {
        let folder = DataFolder::open(data)?;
        let store = SqliteStore::open(&folder, SqliteOptions::default()).await?;
        Ok(Self {
            folder,
            store: Arc::new(store),
        })
    }

    /// As [`Opened::open`], after the keys of personal fields were lost for good.
    pub(super) async fn open_without_keys(data: &Path) -> anyhow::Result<Self> {
        let folder = DataFolder::open(data)?;
        // A relay that runs has them open, and would write on with keys that nobody finds again.
        let lock = folder.lock_to_serve()?;
        let store = SqliteStore::open_without_keys(&folder, clock::now()).await?;
        drop(lock);
        Ok(Self {
            folder,
            store: Arc::new(store),
        })
    }

    /// After a change: what this command ordered stands in the log when this returns, behind what was ordered before.
    pub(super) async fn record(&self) -> anyhow::Result<()> {
        // This command's, or one that came meanwhile.
        let Some(last) = self.store.orders().await?.pop() else {
            return Ok(());
        };
        let recorded = carry_out(&self.folder, &self.store, last.id, false, WAIT).await;
        let recorded = recorded.context(
            "it is done, but it does not stand in the log yet: that could not be written. The relay writes it when it starts",
        )?;
        if !recorded {
            bail!(
                "it is done, but the running relay has not written it into the log yet; it will, or the next one when it starts"
            );
        }
        Ok(())
    }

    /// Something that was asked for is not done, and that stands in the log too. Gives what is `said` of it as the error.
    pub(super) async fn refuse(&self, denied: &Ordered, said: String) -> anyhow::Error {
        let recorded = match self.store.put_order(denied, clock::now()).await {
            Ok(order) => carry_out(&self.folder, &self.store, order, false, WAIT).await,
            Err(error) => Err(error.into()),
        };
        match recorded {
            Ok(true) => anyhow!(said),
            Ok(false) => anyhow!("{said}. The running relay has not written this refusal into the log yet"),
            Err(error) => {
                anyhow::Error::from(error).context(format!("{said}. This refusal does not stand in the log yet"))
            }
        }
    }

    /// After something was ordered to be erased: it is, to the last byte, when this returns.
    pub(super) async fn erase(&self, order: u64) -> anyhow::Result<()> {
        if !carry_out(&self.folder, &self.store, order, true, WAIT).await? {
            bail!("the running relay has not carried it out yet; it will, or the next one when it starts");
        }
        Ok(())
    }

    pub(super) async fn close(self) {
        self.store.close().await;
    }
}
