//! Setting up a data folder: relay key, database, first administrator.

use std::{path::Path, sync::Arc, time::Duration};

use renfort_protocol::organisation::OrganisationFile;

use crate::{
    clock,
    data::DataFolder,
    error::RelayError,
    keys,
    orders::carry_out::carry_out,
    organisation,
    store::{
        NewAccount, Store,
        sqlite::{SqliteOptions, SqliteStore},
    },
};

/// Makes a data folder for the organisation of this file.
///
/// # Errors
/// When the file is not a good one, or when the folder is in use or cannot be made.
pub async fn init(
    data: &Path,
    organisation_file: &Path,
    administrator: &NewAccount,
) -> Result<OrganisationFile, RelayError> {
    let file = organisation::read(organisation_file)?;
    let source = std::fs::canonicalize(organisation_file).map_err(RelayError::file(organisation_file))?;
    let folder = DataFolder::create(data)?;
    keys::create(&folder.relay_key())?;
    organisation::write(&file, &folder.organisation())?;
    let store = SqliteStore::open(&folder, SqliteOptions::default()).await?;
    store.adopt(&file.organisation.key, &source).await?;
    store.add_person(administrator, clock::now()).await?;
    let store: Arc<dyn Store> = Arc::new(store);
    let recorded = record(&folder, &store).await;
    store.close().await;
    recorded?;
    Ok(file)
}

/// Nobody else has this folder: it is done when this returns, or fails.
async fn record(folder: &DataFolder, store: &Arc<dyn Store>) -> Result<(), RelayError> {
    if let Some(last) = store.orders().await?.pop() {
        carry_out(folder, store, last.id, false, Duration::ZERO).await?;
    }
    Ok(())
}
