//! Certificates: read from PEM (RFC 7468) once at start.

use std::{path::Path, sync::Arc};

use axum_server::tls_rustls::RustlsConfig;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use crate::error::RelayError;

/// Reads a certificate chain and its private key. WebSocket needs HTTP/1.1 (RFC 6455, 1.3), so nothing else is offered.
///
/// # Errors
/// When a file cannot be read, or when the two do not belong together.
pub fn config(certificate: &Path, key: &Path) -> Result<RustlsConfig, RelayError> {
    let wrong = |path: &Path, error: &dyn std::fmt::Display| RelayError::Tls(format!("{}: {error}", path.display()));
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|error| wrong(certificate, &error))?;
    if chain.is_empty() {
        return Err(wrong(certificate, &"no certificate in it"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &error))?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| wrong(key, &error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}
