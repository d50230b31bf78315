//! Personal fields in clear, for those who may see them; a field whose key was erased stays closed.

use std::collections::{BTreeMap, HashMap};

use renfort_audit::personal::{PersonalKey, Revealed, decrypt};

use crate::store::{LoggedRecord, Store, StoreError};

/// Keys kept at hand; when there are more, all are forgotten and read again.
const KEPT_KEYS: usize = 10_000;

/// Opens fields; keeps the keys that it used.
pub struct Revealer<'a> {
    store: &'a dyn Store,
    keys: HashMap<String, Option<PersonalKey>>,
}

impl<'a> Revealer<'a> {
    /// With the keys of this store.
    pub fn new(store: &'a dyn Store) -> Self {
        Self {
            store,
            keys: HashMap::new(),
        }
    }

    /// The record's personal fields by name.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub async fn reveal(&mut self, logged: &LoggedRecord) -> Result<BTreeMap<String, Revealed>, StoreError> {
        let mut revealed = BTreeMap::new();
        for field in &logged.personal {
            if self.keys.len() >= KEPT_KEYS {
                self.keys.clear();
            }
            if !self.keys.contains_key(&field.scope) {
                self.keys
                    .insert(field.scope.clone(), self.store.key(&field.scope).await?);
            }
            if let Some(Some(key)) = self.keys.get(&field.scope) {
                match decrypt(&field.sealed, logged.record.seq, &field.name, key) {
                    Ok(open) => drop(revealed.insert(field.name.clone(), open)),
                    Err(_) => tracing::warn!(seq = logged.record.seq, "a personal field does not open"),
                }
            }
        }
        Ok(revealed)
    }
}
