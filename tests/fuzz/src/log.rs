//! An exported log, its checkpoint, and what is encrypted beside a record.

use renfort_audit::{
    checkpoint::{Checkpoint, LogKey, Origin},
    export::{Against, ExportVerifier},
    hash::Digest,
    personal::{PersonalKey, decrypt},
    receipt::{self, Proof},
};

/// A whole export. One that verifies has as many records as its lines between the first and the last.
pub(crate) fn export(bytes: &[u8]) {
    let mut verifier = ExportVerifier::new(Against::default());
    let mut lines = 0u64;
    for line in bytes.strip_suffix(b"\n").unwrap_or(bytes).split(|byte| *byte == b'\n') {
        lines += 1;
        if verifier.push(std::str::from_utf8(line).unwrap_or("\u{fffd}")).is_err() {
            return;
        }
    }
    if let Ok(proof) = verifier.finish() {
        assert_eq!(proof.checkpoint.size + 2, lines);
    }
}

/// A saved receipt, and the proof that a relay gives for one. What verifies is what it is made of, byte for byte.
pub(crate) fn receipt(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok((receipt, facts)) = receipt::verify_page(text, &receipt::Against::default()) {
        assert_eq!(receipt.page(&facts), text);
        assert_eq!(facts.records, receipt.proof.records.len() as u64);
    }
    if let Ok(proof) = Proof::read(text) {
        assert_eq!(proof.text(), text);
        // Whether it holds or not, looking at it must not panic.
        let held = proof.check(&receipt::Against::default());
        if let Ok(facts) = held {
            assert!(facts.records <= facts.log_size);
        }
    }
}

/// A signed checkpoint.
pub(crate) fn checkpoint(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let origin = Origin::new(text.split('\n').next().unwrap_or_default());
    let origin = origin.or_else(|_| Origin::new("relay.example.org/renfort"));
    let Ok(origin) = origin else { return };
    if let Ok(checkpoint) = Checkpoint::verify(text, &origin, &LogKey(Digest([7; 32]))) {
        assert_eq!(checkpoint.origin, origin);
    }
}

/// A personal value as it lies in the database.
pub(crate) fn personal(bytes: &[u8]) {
    assert!(
        decrypt(bytes, 0, "name", &PersonalKey([1; 32])).is_err(),
        "nothing was encrypted under this key"
    );
}
