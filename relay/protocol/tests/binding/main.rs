//! What binds a session, as vectors: `vectors/binding.json` holds each step of a session and its tampered variants with the
//! verdict on each. They are made here with keys from fixed seeds and checked here; the technician's page in a browser
//! checks and signs the same. The test fails when the file is stale; `cargo xtask generate` writes it.

mod codes;
mod vectors;

use std::path::Path;

use renfort_protocol::{
    binding::{ALLOWANCE_CONTEXT, Allowance, COMMITMENT_CONTEXT, Tampered},
    card::CardFault,
    signing,
    words::words_of,
};

use vectors::{USER, Vectors, Verdict, ask, grant, key, nonce, ready, transcript, transcript_hash, vectors};

/// What each case is expected to be found; the code's own verdict is in the file.
#[test]
fn each_tampered_variant_is_found_for_what_it_is() {
    let vectors = vectors();
    assert!(vectors.revocations.is_genuine(&vectors.organisation));
    let cards: Vec<_> = vectors.cards.iter().map(|case| case.verdict).collect();
    let faults = [CardFault::Expired, CardFault::Revoked, CardFault::NotYet].map(Verdict::Card);
    assert_eq!(cards[0], Verdict::Ok);
    assert_eq!(cards[1..4], faults);
    assert_eq!(cards[4..6], [Verdict::Ok, Verdict::Card(CardFault::Version)]);
    assert_eq!(cards[6..], [Verdict::Card(CardFault::Foreign); 3]);
    let asks: Vec<_> = vectors.asks.iter().map(|case| case.verdict).collect();
    assert_eq!(asks[0], Verdict::Ok);
    assert_eq!(asks[1..8], [Verdict::Tampered(Tampered::Ask); 7]);
    assert_eq!(
        asks[8..],
        [CardFault::Expired, CardFault::Foreign, CardFault::Revoked].map(Verdict::Card)
    );
    let bindings: Vec<_> = vectors.bindings.iter().map(|case| case.verdict).collect();
    assert_eq!(bindings[0], Verdict::Ok);
    assert_eq!(bindings[1..6], [Verdict::Tampered(Tampered::Ready); 5]);
    assert_eq!(bindings[6..], [Verdict::Tampered(Tampered::Reveal), Verdict::Ok]);
    let (ours, theirs) = (&vectors.bindings[0], &vectors.bindings[7]);
    assert_ne!(ours.words, theirs.words);
    assert_eq!(ours.words, ours.transcript.as_ref().map(words_of));
    only_the_first_holds(vectors.reveals.iter().map(|case| case.verdict), Tampered::Reveal);
    only_the_first_holds(vectors.allowances.iter().map(|case| case.verdict), Tampered::Allowance);
    only_the_first_holds(vectors.offers.iter().map(|case| case.verdict), Tampered::Offer);
    only_the_first_holds(vectors.answers.iter().map(|case| case.verdict), Tampered::Answer);
    let believed: Vec<_> = vectors.codes.iter().map(|case| case.confirmation.is_some()).collect();
    assert!(believed[0]);
    assert_eq!(believed[1..], [false; 7]);
}

fn only_the_first_holds(mut verdicts: impl Iterator<Item = Verdict>, what: Tampered) {
    assert_eq!(verdicts.next(), Some(Verdict::Ok));
    let mut others = verdicts.peekable();
    assert!(others.peek().is_some() && others.all(|verdict| verdict == Verdict::Tampered(what)));
}

/// The hashes that are no members of a message are those of the specification.
#[test]
fn what_is_signed_is_what_the_specification_says() {
    assert_eq!(
        ask().commitment,
        signing::hash_of(&[COMMITMENT_CONTEXT, &nonce().0].concat())
    );
    let allowance = Allowance {
        transcript: transcript_hash(&ask(), &ready().sign(&key(USER)), &nonce()),
        grant: grant(),
    };
    let signature = signing::sign(&key(USER), ALLOWANCE_CONTEXT, &allowance);
    assert_eq!(transcript().sign_allowance(&grant(), &key(USER)), signature);
}

#[test]
fn the_vectors_are_those_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/binding.json");
    let fresh = vectors();
    if std::env::var_os("RENFORT_GENERATE").is_some() {
        let text = serde_json::to_string_pretty(&fresh).expect("vectors are plain JSON");
        std::fs::write(&path, text + "\n").expect("the file can be written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    let stored: Option<Vectors> = serde_json::from_str(&stored).ok();
    assert!(
        stored == Some(fresh),
        "relay/protocol/vectors/binding.json is stale: run `cargo xtask generate`"
    );
}
