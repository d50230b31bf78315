//! A whole log, written and checked: what anybody may do to it, and what the verifier then says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod heads;
mod order;
mod proof;
mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use renfort_audit::{
    actor::{Actor, device_hash},
    checkpoint::{Checkpoint, CheckpointError, LogKey, Origin},
    export::{ExportedRecord, Header, checkpoint_line},
    hash::Digest,
    personal::{PersonalKey, decrypt, encrypt},
    verify::Fault,
};
use renfort_protocol::{
    ids::{DeviceKey, PersonId},
    time::UnixMillis,
};
use ring::signature::Ed25519KeyPair;

use support::{check, entries, export, exported, forge, origin, pair, signed, write};

#[test]
fn a_whole_log_verifies() {
    let checkpoint = check(&export()).unwrap();
    assert_eq!(checkpoint.size, 6);
}

#[test]
fn canonical_bytes_are_exactly_these() {
    let record = &write(&entries())[0].record;
    assert_eq!(
        String::from_utf8(record.canonical()).unwrap(),
        concat!(
            r#"{"actor":"relay","at":1700000000000,"code":"relay.started","commitments":{},"denied":false,"#,
            r#""fields":{"version":"0.1.0"},"#,
            r#""prev":"0000000000000000000000000000000000000000000000000000000000000000","seq":0,"#,
            r#""session":null,"session_seq":null,"ticket":null,"v":1}"#
        )
    );
}

#[test]
fn members_of_every_record_stand_in_sorted_order_and_numbers_fit_any_reader() {
    for sealed in write(&entries()) {
        let bytes = sealed.record.canonical();
        // serde_json's own map sorts its keys: parsing and writing again gives the sorted form.
        let value: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(serde_json::to_vec(&value).unwrap(), bytes);
        for number in sealed
            .record
            .fields
            .values()
            .filter_map(|field| serde_json::to_value(field).ok()?.as_u64())
        {
            assert!(number < 1 << 53);
        }
    }
}

#[test]
fn no_clear_personal_data_is_among_the_hashed_bytes() {
    for sealed in write(&entries()) {
        let bytes = String::from_utf8(sealed.record.canonical()).unwrap();
        for word in ["Zo", "PC", "imprimante", "Karim"] {
            assert!(!bytes.contains(word), "{bytes}");
        }
    }
}

#[test]
fn a_removed_record_is_named() {
    for seq in 0..5 {
        let mut lines = export();
        lines.remove(seq + 1);
        assert_eq!(
            check(&lines),
            Err(Fault::Missing {
                seq: seq as u64,
                found: seq as u64 + 1
            })
        );
    }
}

#[test]
fn a_cut_tail_is_noticed_by_the_checkpoint() {
    let mut lines = export();
    lines.remove(6);
    let fault = check(&lines).unwrap_err();
    assert_eq!(fault, Fault::WrongSize { signed: 6, found: 5 });
    assert_eq!(fault.seq(), Some(5));
}

#[test]
fn a_forged_record_with_a_fitting_hash_breaks_the_chain_behind_it() {
    let mut lines = export();
    forge(&mut lines, 2, |record| record.record.actor = Actor::Person(PersonId(4)));
    assert_eq!(check(&lines), Err(Fault::BrokenChain { seq: 3 }));
}

#[test]
fn a_forged_last_record_with_a_fitting_hash_is_noticed_by_the_root() {
    let mut lines = export();
    forge(&mut lines, 5, |record| record.record.at = UnixMillis(1));
    assert_eq!(check(&lines), Err(Fault::WrongRoot));
}

#[test]
fn a_log_written_anew_from_the_forged_record_on_is_noticed_by_the_root() {
    let mut entries = entries();
    entries[2].actor = Actor::Person(PersonId(4));
    let mut lines = export();
    for (line, sealed) in lines[1..7].iter_mut().zip(write(&entries)) {
        *line = exported(&sealed).line();
    }
    assert_eq!(check(&lines), Err(Fault::WrongRoot));
}

#[test]
fn a_shown_value_that_was_not_recorded_is_named() {
    let mut lines = export();
    lines[2] = lines[2].replace("imprimante", "ordinateur");
    assert_eq!(
        check(&lines),
        Err(Fault::WrongValue {
            seq: 1,
            field: "summary".into()
        })
    );
    let mut lines = export();
    lines[2] = lines[2].replace(r#""summary":{"salt""#, r#""invented":{"salt""#);
    assert!(matches!(
        check(&lines),
        Err(Fault::Malformed { seq: 1 } | Fault::WrongValue { seq: 1, .. })
    ));
}

#[test]
fn a_gap_in_a_sessions_numbers_is_named() {
    let mut lines = export();
    forge(&mut lines, 3, |record| record.record.session_seq = Some(1));
    assert_eq!(check(&lines), Err(Fault::SessionGap { seq: 3 }));
    let mut lines = export();
    forge(&mut lines, 3, |record| record.record.session_seq = None);
    assert_eq!(check(&lines), Err(Fault::SessionGap { seq: 3 }));
}

#[test]
fn a_record_of_an_unknown_version_is_not_guessed_at() {
    let mut lines = export();
    forge(&mut lines, 1, |record| record.record.v = 2);
    assert_eq!(check(&lines), Err(Fault::Version { seq: 1, version: 2 }));
}

#[test]
fn a_checkpoint_of_another_log_is_refused() {
    let other = |origin: &str, key: &Ed25519KeyPair| {
        let checkpoint = Checkpoint {
            origin: Origin::new(origin).unwrap(),
            size: 6,
            root: Digest([0; 32]),
        };
        let mut lines = export();
        lines[7] = checkpoint_line(&checkpoint.sign(key));
        check(&lines)
    };
    assert_eq!(
        other("elsewhere", &pair()),
        Err(Fault::BadCheckpoint(CheckpointError::OtherLog))
    );
    let stranger = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap();
    let unsigned = other(origin().as_str(), &stranger);
    assert_eq!(unsigned, Err(Fault::BadCheckpoint(CheckpointError::Unsigned)));
    assert_eq!(other(origin().as_str(), &pair()), Err(Fault::WrongRoot));
}

#[test]
fn an_export_signed_by_a_key_of_its_own_fails_against_the_pinned_key() {
    let stranger = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap();
    let mut lines = export();
    lines[0] = Header::new(origin(), LogKey::of(&stranger)).line();
    assert_eq!(check(&lines), Err(Fault::OtherKey));
}

#[test]
fn an_export_without_head_or_end_is_refused() {
    let lines = export();
    assert_eq!(check(&lines[1..]), Err(Fault::BadHeader));
    assert_eq!(check(&lines[..7]), Err(Fault::NoCheckpoint));
    assert_eq!(check(&[]), Err(Fault::NoLog));
    let doubled: Vec<String> = lines.iter().chain(&lines[7..]).cloned().collect();
    assert_eq!(check(&doubled), Err(Fault::NoCheckpoint));
}

#[test]
fn erasing_a_persons_keys_leaves_the_log_whole() {
    let log = write(&entries());
    // As a store has it: ciphertexts beside the records, one key a scope.
    let mut keys: BTreeMap<String, PersonalKey> = BTreeMap::new();
    let mut stored = Vec::new();
    let mut nonce = 0u8;
    for sealed in &log {
        for open in &sealed.openings {
            let fresh = PersonalKey([keys.len() as u8 + 1; 32]);
            let key = keys.entry(open.scope.to_string()).or_insert(fresh);
            nonce += 1;
            let bytes = encrypt(open, sealed.record.seq, key, [nonce; 12]);
            stored.push((sealed.record.seq, open.name.clone(), open.scope, bytes));
        }
    }
    let export = |keys: &BTreeMap<String, PersonalKey>| {
        let mut records: Vec<ExportedRecord> = log.iter().map(exported).collect();
        records.iter_mut().for_each(|record| record.revealed.clear());
        for (seq, name, scope, bytes) in &stored {
            if let Some(key) = keys.get(&scope.to_string()) {
                let shown = decrypt(bytes, *seq, name, key).unwrap();
                records[*seq as usize].revealed.insert(name.clone(), shown);
            }
        }
        let mut lines = vec![Header::new(origin(), LogKey::of(&pair())).line()];
        lines.extend(records.iter().map(ExportedRecord::line));
        lines.push(checkpoint_line(&signed(&records)));
        lines
    };
    let before = export(&keys);
    assert!(before.iter().any(|line| line.contains("Zoé")) && before.iter().any(|line| line.contains("Karim")));
    let checkpoint = check(&before).unwrap();

    let user = Actor::Device(device_hash(&DeviceKey([9; 32]))).to_string();
    keys.retain(|scope, _| !scope.starts_with(&user));
    let after = export(&keys);
    assert!(!after.iter().any(|line| line.contains("Zoé")) && after.iter().any(|line| line.contains("Karim")));
    assert_eq!(check(&after), Ok(checkpoint));
}

proptest! {
    #[test]
    fn a_flipped_bit_anywhere_is_noticed_and_its_record_named(line in 0usize..8, at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut lines = export();
        let mut bytes = lines[line].clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        // A line that is no longer UTF-8 cannot even be read as text.
        if let Ok(altered) = String::from_utf8(bytes) {
            lines[line] = altered;
            let fault = check(&lines).unwrap_err();
            if (1..7).contains(&line) {
                prop_assert_eq!(fault.seq(), Some(line as u64 - 1), "{}", fault);
            }
        }
    }

    #[test]
    fn no_line_makes_the_verifier_panic(lines in prop::collection::vec(".{0,200}", 0..4)) {
        prop_assert!(check(&lines).is_err());
    }
}
