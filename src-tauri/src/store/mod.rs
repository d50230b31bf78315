//! The app's data folder: settings, this installation's key, the pinned organisation, the technician's token.
//!
//! Flow: [`DataFolder::open`] locks the folder and [`DataFolder::load`] reads it once at the start; afterwards it is
//! only written to.
//!
//! Invariant: a file is either the old one or the new one, whole, whatever happens while it is written. What cannot be
//! read is set aside under another name, never overwritten.

mod device_key;
mod files;
mod known;
mod settings;

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use renfort_protocol::{card::SignedRevocations, ids::Token, organisation::OrganisationFile};

pub use device_key::DevicePair;
pub use files::save;
pub use known::{KNOWN_TECHNICIANS, KnownTechnicians};
pub use settings::{Settings, UnsentAbuse};

const LOCK: &str = "lock";
const SETTINGS: &str = "settings.json";
const DEVICE_KEY: &str = "device.key";
const ORGANISATION: &str = "organisation.json";
const TECHNICIANS: &str = "technicians.json";
const REVOCATIONS: &str = "revocations.json";
const TOKEN: &str = "technician.token";

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another running program uses it.
    #[error("the data folder {0} is used by another running Renfort")]
    Locked(PathBuf),
    /// There is no folder for a person's data on this system.
    #[error("this system names no folder for application data; use --data")]
    NoFolder,
    /// A file cannot be read or written.
    #[error("cannot read or write {file}: {source}")]
    Io {
        /// Its name in the folder.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// The system gives no randomness for a new key.
    #[error("no key could be made")]
    Key,
}

/// What was in the folder.
#[derive(Debug)]
pub struct Stored {
    /// Settings, or the default ones.
    pub settings: Settings,
    /// The pinned organisation.
    pub organisation: Option<OrganisationFile>,
    /// Technicians who were allowed before.
    pub known: KnownTechnicians,
    /// Cards that the organisation took back. Only a list of the pinned organisation counts.
    pub revocations: Option<SignedRevocations>,
    /// A technician's token.
    pub token: Option<Token>,
    /// This installation.
    pub device: DevicePair,
    /// Files that could not be understood and were set aside.
    pub damaged: Vec<&'static str>,
}

/// A locked data folder.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// The person's own folder on this system.
    ///
    /// # Errors
    /// When the system names none.
    pub fn default_path() -> Result<PathBuf, StoreError> {
        directories::ProjectDirs::from("fr", "", "renfort")
            .map(|folders| folders.data_dir().to_owned())
            .ok_or(StoreError::NoFolder)
    }

    /// Makes the folder when it is not there, and locks it for this program.
    ///
    /// # Errors
    /// When another program holds it, or it cannot be made.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        files::make_private_folder(path).map_err(|source| io(&path.to_string_lossy(), source))?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join(LOCK))
            .map_err(|source| io(LOCK, source))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked(path.to_owned())),
            Err(TryLockError::Error(source)) => Err(io(LOCK, source)),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads everything; makes a key when there is none.
    ///
    /// # Errors
    /// When a file is there and cannot be read, or a key cannot be made or kept.
    pub fn load(&self) -> Result<Stored, StoreError> {
        let mut damaged = Vec::new();
        let settings = self.read(SETTINGS, &mut damaged, |bytes| serde_json::from_slice(bytes).ok())?;
        let organisation = self.read(ORGANISATION, &mut damaged, |bytes| OrganisationFile::read(bytes).ok())?;
        let revocations = self.read(REVOCATIONS, &mut damaged, |bytes| serde_json::from_slice(bytes).ok())?;
        let token = self.read(TOKEN, &mut damaged, |bytes| {
            std::str::from_utf8(bytes).ok()?.trim().parse().ok()
        })?;
        let known = self.read(TECHNICIANS, &mut damaged, |bytes| serde_json::from_slice(bytes).ok())?;
        let device = match self.read(DEVICE_KEY, &mut damaged, DevicePair::read)? {
            Some(device) => device,
            None => {
                let (device, bytes) = DevicePair::generate().ok_or(StoreError::Key)?;
                self.write(DEVICE_KEY, &bytes)?;
                device
            }
        };
        Ok(Stored {
            settings: settings.unwrap_or_default(),
            organisation,
            known: known.unwrap_or_default(),
            revocations,
            token,
            device,
            damaged,
        })
    }

    /// Keeps the settings.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn save_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        self.write(
            SETTINGS,
            &serde_json::to_vec_pretty(settings).expect("settings are plain JSON"),
        )
    }

    /// Keeps who was allowed before.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save_known(&self, known: &KnownTechnicians) -> Result<(), StoreError> {
        self.write(
            TECHNICIANS,
            &serde_json::to_vec(known).expect("names and numbers are plain JSON"),
        )
    }

    /// Pins an organisation.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save_organisation(&self, file: &OrganisationFile) -> Result<(), StoreError> {
        self.write(
            ORGANISATION,
            &serde_json::to_vec_pretty(file).expect("an organisation file is plain JSON"),
        )
    }

    /// Keeps the newest list of revoked cards.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save_revocations(&self, list: &SignedRevocations) -> Result<(), StoreError> {
        self.write(
            REVOCATIONS,
            &serde_json::to_vec_pretty(list).expect("a list of cards is plain JSON"),
        )
    }

    /// Keeps a technician's token, or forgets it.
    ///
    /// # Errors
    /// When it cannot be written or removed.
    pub fn save_token(&self, token: Option<&Token>) -> Result<(), StoreError> {
        match token {
            Some(token) => self.write(TOKEN, token.to_string().as_bytes()),
            None => match std::fs::remove_file(self.path.join(TOKEN)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io(TOKEN, error)),
                _ => Ok(()),
            },
        }
    }

    fn read<T>(
        &self,
        file: &'static str,
        damaged: &mut Vec<&'static str>,
        parse: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        let bytes = match std::fs::read(self.path.join(file)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io(file, error)),
        };
        let parsed = parse(&bytes);
        if parsed.is_none() {
            files::set_aside(&self.path.join(file)).map_err(|source| io(file, source))?;
            tracing::warn!(file, "a damaged file was set aside");
            damaged.push(file);
        }
        Ok(parsed)
    }

    fn write(&self, file: &'static str, bytes: &[u8]) -> Result<(), StoreError> {
        files::replace(&self.path, file, bytes).map_err(|source| io(file, source))
    }
}

fn io(file: &str, source: std::io::Error) -> StoreError {
    StoreError::Io {
        file: file.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use renfort_protocol::people::Name;

    use super::*;

    #[test]
    fn a_second_program_cannot_use_the_same_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataFolder::open(folder.path()).unwrap();
        assert!(matches!(DataFolder::open(folder.path()), Err(StoreError::Locked(_))));
        drop(first);
        assert!(DataFolder::open(folder.path()).is_ok());
    }

    #[test]
    fn what_was_kept_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = DataFolder::open(folder.path()).unwrap();
        let key = store.load().unwrap().device.public();
        let settings = Settings {
            name: Some(Name::new("Jeanne").unwrap()),
            technician: true,
            ..Settings::default()
        };
        store.save_settings(&settings).unwrap();
        store.save_token(Some(&Token([5; 32]))).unwrap();
        let stored = store.load().unwrap();
        assert_eq!((stored.settings, stored.token), (settings, Some(Token([5; 32]))));
        assert_eq!(stored.device.public(), key);
        assert!(stored.damaged.is_empty());
        store.save_token(None).unwrap();
        store.save_token(None).unwrap();
        assert_eq!(store.load().unwrap().token, None);
    }

    #[test]
    fn damaged_settings_are_set_aside_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let store = DataFolder::open(folder.path()).unwrap();
        for content in ["{", "{\"theme\":\"purple\"}"] {
            std::fs::write(folder.path().join(SETTINGS), content).unwrap();
            let stored = store.load().unwrap();
            assert_eq!(stored.damaged, [SETTINGS]);
            assert_eq!(stored.settings, Settings::default());
            assert!(store.load().unwrap().damaged.is_empty());
        }
        let aside = std::fs::read_dir(folder.path())
            .unwrap()
            .filter(|entry| {
                entry
                    .as_ref()
                    .unwrap()
                    .file_name()
                    .to_string_lossy()
                    .contains("damaged")
            })
            .count();
        assert_eq!(aside, 2);
    }

    #[cfg(unix)]
    #[test]
    fn keys_and_tokens_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let store = DataFolder::open(folder.path()).unwrap();
        store.load().unwrap();
        store.save_token(Some(&Token([1; 32]))).unwrap();
        for file in [DEVICE_KEY, TOKEN] {
            let mode = std::fs::metadata(folder.path().join(file))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
    }
}
