//! Private keys on disk: Ed25519 in PKCS#8 (RFC 5958) as PEM (RFC 7468). Both the organisation's key, which never lies
//! on a relay, and the relay's own, which signs checkpoints.

use std::path::Path;

use data_encoding::BASE64;
use ring::{
    rand::{SecureRandom, SystemRandom},
    signature::{Ed25519KeyPair, KeyPair},
};
use rustls::pki_types::{PrivatePkcs8KeyDer, pem::PemObject};

use crate::{data::write_secret, error::RelayError};

/// Characters of base64 in one line of PEM (RFC 7468, 2).
const PEM_LINE: usize = 64;
/// A private key's file is smaller than this, in bytes; larger files are not looked at when one is searched.
const MAX_KEY_FILE_BYTES: u64 = 16 * 1024;

/// Makes a key pair and writes its private half to a new file of mode 0600.
///
/// # Errors
/// When there is no randomness, or when the file exists or cannot be written.
pub fn create(path: &Path) -> Result<Ed25519KeyPair, RelayError> {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| RelayError::Random)?;
    let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).map_err(|_| RelayError::Random)?;
    write_secret(path, to_pem(document.as_ref()).as_bytes())?;
    Ok(pair)
}

/// Reads a key pair.
///
/// # Errors
/// When the file cannot be read or holds none.
pub fn load(path: &Path) -> Result<Ed25519KeyPair, RelayError> {
    let bytes = std::fs::read(path).map_err(RelayError::file(path))?;
    parse(&bytes).ok_or_else(|| RelayError::BadKey(path.to_owned()))
}

/// The first file directly in `folder` that is the private half of `public`, whatever its name.
#[must_use]
pub fn find_private(folder: &Path, public: &[u8; 32]) -> Option<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    entries.flatten().map(|entry| entry.path()).find(|path| {
        std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() <= MAX_KEY_FILE_BYTES)
            && std::fs::read(path)
                .ok()
                .and_then(|bytes| parse(&bytes))
                .is_some_and(|pair| pair.public_key().as_ref() == public)
    })
}

/// Fills an array with randomness from the system.
///
/// # Errors
/// When there is none.
pub fn random<const N: usize>() -> Result<[u8; N], RelayError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| RelayError::Random)?;
    Ok(bytes)
}

fn parse(bytes: &[u8]) -> Option<Ed25519KeyPair> {
    let der = PrivatePkcs8KeyDer::from_pem_slice(bytes);
    let der = der.as_ref().map_or(bytes, |der| der.secret_pkcs8_der());
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok()
}

fn to_pem(der: &[u8]) -> String {
    let base64 = BASE64.encode(der);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    for line in base64.as_bytes().chunks(PEM_LINE) {
        pem.extend(line.iter().map(|&byte| char::from(byte)));
        pem.push('\n');
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    pem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_key_reads_back_and_is_found_under_any_name_and_as_der() {
        let folder = tempfile::tempdir().unwrap();
        let pair = create(&folder.path().join("holiday.txt")).unwrap();
        let public: [u8; 32] = pair.public_key().as_ref().try_into().unwrap();
        assert_eq!(
            load(&folder.path().join("holiday.txt")).unwrap().public_key().as_ref(),
            public
        );
        assert_eq!(
            find_private(folder.path(), &public),
            Some(folder.path().join("holiday.txt"))
        );
        assert_eq!(find_private(folder.path(), &[0; 32]), None);

        let other = tempfile::tempdir().unwrap();
        let pem = std::fs::read(folder.path().join("holiday.txt")).unwrap();
        let der = PrivatePkcs8KeyDer::from_pem_slice(&pem).unwrap();
        std::fs::write(other.path().join("k"), der.secret_pkcs8_der()).unwrap();
        assert_eq!(find_private(other.path(), &public), Some(other.path().join("k")));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.key");
        std::fs::write(&path, "hello").unwrap();
        assert!(matches!(load(&path), Err(RelayError::BadKey(_))));
    }
}
