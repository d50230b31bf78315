//! Personal fields in clear, for those who may see them; a field whose key was erased stays closed.

use std::collections::{BTreeMap, HashMap};

use renfort_audit::personal::{PersonalKey, Revealed, decrypt};

use crate::store::{LoggedRecord, Store, StoreError, erasing::ErasedKey};

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

/// Of each of these keys that is there, how many fields it opens: what a reader could read until it is deleted.
///
/// A key's name is used again when something is recorded after its erasure: not all that is under a name opens.
///
/// # Errors
/// When keys or fields cannot be read.
pub async fn opened_by(store: &dyn Store, scopes: &[String]) -> Result<Vec<ErasedKey>, StoreError> {
    let mut keys: BTreeMap<&str, (PersonalKey, u64)> = BTreeMap::new();
    for scope in scopes {
        if let Some(key) = store.key(scope).await? {
            keys.insert(scope, (key, 0));
        }
    }
    for (seq, field) in store.fields_under(scopes).await? {
        if let Some((key, fields)) = keys.get_mut(field.scope.as_str())
            && decrypt(&field.sealed, seq, &field.name, key).is_ok()
        {
            *fields += 1;
        }
    }
    let counted = keys.into_iter().map(|(scope, (_, fields))| ErasedKey {
        scope: scope.to_owned(),
        fields,
    });
    Ok(counted.collect())
}
