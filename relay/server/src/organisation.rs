//! The organisation file and its key: made offline, read by the relay, with the private key kept away from it.
//!
//! Invariant: a relay that can read the organisation's private key does not serve.

use std::path::{Path, PathBuf};

use renfort_protocol::{
    ids::DeviceKey,
    organisation::{Organisation, OrganisationError, OrganisationFile, is_allowed_address},
    people::Name,
    policy::Policy,
};

use crate::{clock, data, error::RelayError, keys};

/// Name of the private key's file.
pub const KEY_FILE: &str = "organisation.key";
/// Name of the signed file.
pub const ORGANISATION_FILE: &str = "organisation.json";

/// Makes an organisation: its key and its signed file, in `folder`.
///
/// # Errors
/// When an address is not allowed, when no session could be held under the policy, or when a file exists or cannot be written.
pub fn create(
    name: Name,
    relays: Vec<String>,
    policy: Option<Policy>,
    folder: &Path,
) -> Result<OrganisationFile, RelayError> {
    let target = folder.join(ORGANISATION_FILE);
    if relays.is_empty() || !relays.iter().all(|address| is_allowed_address(address)) {
        return Err(RelayError::NoOrganisation(OrganisationError::Address));
    }
    if policy.as_ref().is_some_and(|policy| !policy.is_sound()) {
        return Err(RelayError::NoOrganisation(OrganisationError::Policy));
    }
    if target.exists() {
        return Err(RelayError::Exists(target));
    }
    data::create_private_folder(folder)?;
    let pair = keys::create(&folder.join(KEY_FILE))?;
    let body = Organisation {
        version: 1,
        name,
        relays,
        key: DeviceKey([0; 32]),
        issued_at: clock::now(),
        policy,
    };
    let file = body.sign(&pair);
    write(&file, &target)?;
    Ok(file)
}

/// Reads and checks an organisation file.
///
/// # Errors
/// When it cannot be read or is not a good one.
pub fn read(path: &Path) -> Result<OrganisationFile, RelayError> {
    let bytes = std::fs::read(path).map_err(RelayError::file(path))?;
    OrganisationFile::read(&bytes).map_err(|reason| RelayError::Organisation {
        path: path.to_owned(),
        reason,
    })
}

/// Writes an organisation file; it holds no secret.
///
/// # Errors
/// When it cannot be written.
pub fn write(file: &OrganisationFile, path: &Path) -> Result<(), RelayError> {
    let json = serde_json::to_vec_pretty(file).expect("an organisation file is plain JSON");
    std::fs::write(path, json).map_err(RelayError::file(path))
}

/// Makes sure that the organisation's private key lies in none of the folders.
///
/// # Errors
/// Names the file that is the key.
pub fn refuse_readable_key(file: &OrganisationFile, folders: &[PathBuf]) -> Result<(), RelayError> {
    match folders
        .iter()
        .find_map(|folder| keys::find_private(folder, &file.organisation.key.0))
    {
        Some(path) => Err(RelayError::OrganisationKeyReadable(path)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_organisation_reads_back_and_its_key_beside_it_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("org");
        let policy = Policy {
            longest_minutes: Some(30),
            ..Policy::default()
        };
        let made = create(
            Name::new("Mairie").unwrap(),
            vec!["wss://a.example:8443".into()],
            Some(policy.clone()),
            &path,
        )
        .unwrap();
        assert_eq!(made.organisation.policy, Some(policy));
        assert_eq!(read(&path.join(ORGANISATION_FILE)).unwrap(), made);
        let error = refuse_readable_key(&made, std::slice::from_ref(&path)).unwrap_err();
        assert!(matches!(error, RelayError::OrganisationKeyReadable(found) if found == path.join(KEY_FILE)));
        assert!(
            create(
                Name::new("Mairie").unwrap(),
                vec!["wss://a.example".into()],
                None,
                &path
            )
            .is_err()
        );
        std::fs::remove_file(path.join(KEY_FILE)).unwrap();
        refuse_readable_key(&made, &[path]).unwrap();
    }

    #[test]
    fn an_organisation_without_a_safe_address_or_with_a_policy_of_no_time_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("org");
        for relays in [vec![], vec!["ws://10.0.0.1".to_owned()]] {
            assert!(create(Name::new("Mairie").unwrap(), relays, None, &path).is_err());
        }
        let no_time = Policy {
            longest_minutes: Some(0),
            ..Policy::default()
        };
        let relays = vec!["wss://a.example".to_owned()];
        assert!(create(Name::new("Mairie").unwrap(), relays, Some(no_time), &path).is_err());
        assert!(!path.exists(), "nothing is left behind");
    }
}
