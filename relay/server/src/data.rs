//! The data folder: which files a relay keeps, and who may read them.
//!
//! Invariant: the folder is 0700 and each file with a secret 0600 from the moment it exists; a secret is never written
//! to a file that others could have opened before.

use std::{
    fs::{self, File, TryLockError},
    io::Write,
    path::{Path, PathBuf},
};

use crate::error::RelayError;

/// A relay's folder.
#[derive(Debug, Clone)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// Makes a new folder, or takes an empty one.
    ///
    /// # Errors
    /// When it cannot be made, or when it already holds something.
    pub fn create(path: &Path) -> Result<Self, RelayError> {
        fs::create_dir_all(path).map_err(RelayError::file(path))?;
        let mut entries = fs::read_dir(path).map_err(RelayError::file(path))?;
        if entries.next().is_some() {
            return Err(RelayError::NotEmpty(path.to_owned()));
        }
        close_to_others(path)?;
        Ok(Self(path.to_owned()))
    }

    /// Opens a folder that `init` made.
    ///
    /// # Errors
    /// When it is none.
    pub fn open(path: &Path) -> Result<Self, RelayError> {
        let folder = Self(path.to_owned());
        if folder.organisation().is_file() && folder.database().is_file() {
            Ok(folder)
        } else {
            Err(RelayError::NotInitialised(path.to_owned()))
        }
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The organisation file.
    #[must_use]
    pub fn organisation(&self) -> PathBuf {
        self.0.join("organisation.json")
    }

    /// The relay's own private key, which signs checkpoints.
    #[must_use]
    pub fn relay_key(&self) -> PathBuf {
        self.0.join("relay.key")
    }

    /// Tickets, sessions, accounts, audit records.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.0.join("relay.db")
    }

    /// The keys of the personal fields in audit records: a file of its own, so that its backups can be short-lived and
    /// erasing a person reaches every copy.
    #[must_use]
    pub fn key_database(&self) -> PathBuf {
        self.0.join("keys.db")
    }

    /// Facts about tickets for the team's figures. Everything in it is read from the log again when it is missing.
    #[must_use]
    pub fn figure_database(&self) -> PathBuf {
        self.0.join("figures.db")
    }

    /// Takes the folder for one serving relay, for as long as the file that is returned stays open. The system lets go
    /// of it when the process ends, however it ends. Commands that only read, or change accounts, do not need it.
    ///
    /// # Errors
    /// When another relay has it, or when the lock's file cannot be made.
    pub fn lock_to_serve(&self) -> Result<File, RelayError> {
        let path = self.0.join("relay.lock");
        let mut options = private_file();
        let file = options.create(true).open(&path).map_err(RelayError::file(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(RelayError::InUse(self.0.clone())),
            Err(TryLockError::Error(reason)) => Err(RelayError::File { path, reason }),
        }
    }
}

/// Options for a file that is written and that only this account may read; on unix its mode is 0600.
fn private_file() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// Makes a new file that only this account may read.
///
/// # Errors
/// When it already exists or cannot be made.
pub fn create_private_file(path: &Path) -> Result<File, RelayError> {
    private_file().create_new(true).open(path).map_err(|reason| {
        if reason.kind() == std::io::ErrorKind::AlreadyExists {
            RelayError::Exists(path.to_owned())
        } else {
            RelayError::File {
                path: path.to_owned(),
                reason,
            }
        }
    })
}

/// Makes a folder that only this account may enter; one that exists stays as it is.
///
/// # Errors
/// When the file system refuses.
pub fn create_private_folder(path: &Path) -> Result<(), RelayError> {
    if path.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(path).map_err(RelayError::file(path))?;
    close_to_others(path)
}

fn close_to_others(path: &Path) -> Result<(), RelayError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(RelayError::file(path))?;
    }
    Ok(())
}

/// Writes a new file that only this account may read, and waits until it is on disk.
///
/// # Errors
/// When it already exists or cannot be written.
pub fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), RelayError> {
    let mut file = create_private_file(path)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(RelayError::file(path))
}

/// Writes a file that only this account may read, in place of what is there: the new one is whole on disk before the old
/// one goes.
///
/// # Errors
/// When it cannot be written; what was there stays.
pub fn replace_private(path: &Path, bytes: &[u8]) -> Result<(), RelayError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let mut options = private_file();
    let mut file = options
        .create(true)
        .truncate(true)
        .open(&new)
        .map_err(RelayError::file(&new))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(RelayError::file(&new))?;
    fs::rename(&new, path).map_err(RelayError::file(path))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_folder_and_its_secrets_are_closed_to_other_accounts() {
        let parent = tempfile::tempdir().unwrap();
        let folder = DataFolder::create(&parent.path().join("data")).unwrap();
        write_secret(&folder.relay_key(), b"x").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder.path()), 0o700);
        assert_eq!(mode(&folder.relay_key()), 0o600);
        assert!(
            write_secret(&folder.relay_key(), b"y").is_err(),
            "a secret is never overwritten"
        );
    }

    #[test]
    fn only_one_relay_at_a_time_has_the_folder() {
        let parent = tempfile::tempdir().unwrap();
        let folder = DataFolder::create(&parent.path().join("data")).unwrap();
        let first = folder.lock_to_serve().unwrap();
        let error = folder.lock_to_serve().unwrap_err();
        assert!(
            matches!(&error, RelayError::InUse(path) if path == folder.path()),
            "{error}"
        );
        drop(first);
        folder.lock_to_serve().unwrap();
    }

    #[test]
    fn a_folder_without_a_relay_is_not_opened_and_one_with_a_relay_is_not_made_again() {
        let parent = tempfile::tempdir().unwrap();
        assert!(matches!(
            DataFolder::open(parent.path()),
            Err(RelayError::NotInitialised(_))
        ));
        fs::write(parent.path().join("organisation.json"), "{}").unwrap();
        assert!(matches!(
            DataFolder::create(parent.path()),
            Err(RelayError::NotEmpty(_))
        ));
    }
}
