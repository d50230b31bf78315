//! What is wrong with a receipt is found and named, whatever it is; what is right is shown plainly.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod support;

use renfort_audit::{
    checkpoint::{CheckpointError, LogKey},
    receipt::{Against, Facts, Fault, Proof, Signed, verify_page},
};
use renfort_protocol::ticket::Language;
use support::{Log, Shown, Signing, log, log_of, page, pair, public, with_proof};

fn verify(page: &str) -> Result<Facts, Fault> {
    verify_page(page, &Against::default()).map(|(_, facts)| facts)
}

/// What a verifier says when somebody who can do anything but sign changes a whole receipt.
fn checked(change: impl FnOnce(&mut Proof)) -> Fault {
    let mut proof = log(Signing::Both).proof();
    change(&mut proof);
    proof.check(&Against::default()).unwrap_err()
}

/// The place of a record in the receipt.
fn place(proof: &Proof, code: &str) -> usize {
    proof.records.iter().position(|one| one.record.code == code).unwrap()
}

#[test]
fn a_receipt_tells_its_session_plainly_in_both_languages_and_holds() {
    let log = log(Signing::Both);
    let french = log.page(Language::Fr);
    let facts = verify(&french).unwrap();
    assert_eq!(facts.by_user, Signed::Checked);
    assert_eq!(facts.by_technician, Signed::Checked);
    assert_eq!((facts.counts.keys, facts.counts.clicks), (123, 7));
    assert_eq!(
        facts.allowed.iter().map(String::as_str).collect::<Vec<_>>(),
        ["control", "view"]
    );
    assert_eq!(facts.technician.as_deref(), Some("Karim"));
    assert_eq!(facts.outcome.as_deref(), Some("solved"));
    assert_eq!(facts.log_size, log.records.len() as u64);
    for told in [
        "Reçu d’assistance à distance",
        "T-1001",
        "1 h 02 min 05 s",
        "niveau 2",
        "UTC+01:00",
        "Mairie de Sainte-Luce &amp; Cie",
    ] {
        assert!(french.contains(told), "{told}");
    }
    let english = log.page(Language::En);
    assert_eq!(verify(&english), Ok(facts));
    for told in [
        "Receipt for remote help",
        "level 2",
        "25 February 2026",
        "The technician ended it.",
    ] {
        assert!(english.contains(told), "{told}");
    }
}

#[test]
fn a_receipt_says_whether_a_card_or_a_code_showed_who_helped() {
    let by_card = log(Signing::Both).page(Language::En);
    assert!(!verify(&by_card).unwrap().by_code && by_card.contains("shown by a card of the organisation"));
    let by_code = log_of(Signing::Both, None).page(Language::Fr);
    assert!(verify(&by_code).unwrap().by_code && by_code.contains("son nom n’a pas été vérifié"));
}

#[test]
fn what_somebody_wrote_is_never_markup() {
    let page = log(Signing::Both).page(Language::Fr);
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</script").count(), 1);
    assert!(!page.contains("<b>"));
    assert!(page.contains("Zoé &lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(
        !page.contains("http://") && !page.contains("https://"),
        "nothing from outside"
    );
}

#[test]
fn a_receipt_without_signatures_or_with_a_dispute_says_so() {
    let facts = verify(&log(Signing::None).page(Language::En)).unwrap();
    assert_eq!((facts.by_user, facts.by_technician), (Signed::Not, Signed::Not));
    let disputed = log(Signing::Disputed).page(Language::En);
    assert_eq!(verify(&disputed).unwrap().by_user, Signed::Disputed);
    assert!(disputed.contains("did not agree with the records"));
}

#[test]
fn after_an_erasure_the_receipt_lacks_values_and_holds() {
    let mut proof = log(Signing::Both).proof();
    proof.records.iter_mut().for_each(|one| one.revealed = Shown::new());
    let page = page(&proof, Language::Fr);
    let facts = verify(&page).unwrap();
    assert_eq!((facts.user, facts.technician), (None, None));
    assert_eq!(facts.by_user, Signed::Unchecked);
    assert!(page.contains("effacé du journal"));
}

#[test]
fn a_bit_flipped_anywhere_is_found() {
    let page = log(Signing::Both).page(Language::Fr);
    let bytes = page.as_bytes();
    for at in (0..bytes.len()).step_by(37) {
        let mut altered = bytes.to_vec();
        altered[at] ^= 1 << (at % 8);
        if let Ok(text) = String::from_utf8(altered) {
            assert!(verify(&text).is_err(), "byte {at}");
        }
    }
}

#[test]
fn an_edited_text_is_found() {
    let page = log(Signing::Both).page(Language::En);
    for (from, to) in [
        ("Karim", "Carla"),
        ("You did not report abuse.", "You reported abuse."),
        ("<h1>", "<h1 >"),
        ("</html>\n", "</html>\n\n"),
    ] {
        assert!(page.contains(from));
        assert_eq!(verify(&page.replacen(from, to, 1)), Err(Fault::AlteredText), "{from}");
    }
}

#[test]
fn an_altered_record_is_found() {
    assert_eq!(
        checked(|proof| proof.records[5].record.at.0 += 1),
        Fault::Altered { seq: 10 }
    );
    // Whoever makes a new hash for it has no place in the log for that.
    let renewed = checked(|proof| {
        let one = &mut proof.records[0];
        one.record.at.0 += 1;
        one.hash = one.record.hash();
    });
    assert_eq!(renewed, Fault::NotIncluded { seq: 3 });
}

#[test]
fn a_removed_record_is_found() {
    let removed = |code: &str| {
        checked(|proof| {
            let at = place(proof, code);
            proof.records.remove(at);
        })
    };
    assert!(matches!(removed("control.allowed"), Fault::SessionGap { .. }));
    assert!(matches!(removed("consent.asked"), Fault::SessionGap { .. }));
    let without_end = checked(|proof| {
        let end = place(proof, "session.ended");
        proof.records.truncate(end);
        let used = proof.records.iter().flat_map(|one| &one.path).max().unwrap() + 1;
        proof.nodes.truncate(usize::try_from(used).unwrap());
    });
    assert_eq!(without_end, Fault::NoEnd);
}

#[test]
fn two_swapped_records_are_found() {
    assert_eq!(checked(|proof| proof.records.swap(4, 5)), Fault::OutOfOrder { seq: 9 });
}

#[test]
fn a_record_of_another_session_is_found() {
    let foreign = checked(|proof| proof.session.0[0] ^= 1);
    assert_eq!(foreign, Fault::Foreign { seq: 5 });
}

#[test]
fn a_value_that_was_not_recorded_is_found() {
    let wrong = checked(|proof| {
        let at = place(proof, "ticket.taken");
        proof.records[at].revealed.get_mut("technician").unwrap().value = "Carla".into();
    });
    assert!(matches!(wrong, Fault::WrongValue { field, .. } if field == "technician"));
}

#[test]
fn a_checkpoint_of_another_log_or_size_is_found() {
    let other = "relay.example.org/other";
    let renamed = checked(|proof| proof.checkpoint = proof.checkpoint.replace("relay.example.org/renfort", other));
    assert_eq!(renamed, Fault::BadCheckpoint(CheckpointError::OtherLog));
    let shorter = log(Signing::Both);
    let checkpoint = shorter.checkpoint(shorter.records.len() - 1);
    assert!(matches!(
        checked(|proof| proof.checkpoint = checkpoint),
        Fault::NotIncluded { .. }
    ));
}

#[test]
fn a_key_unlike_the_one_given_is_found() {
    let page = log(Signing::Both).page(Language::En);
    let with = |key| Against {
        key: Some(LogKey::of(&pair(key))),
        ..Against::default()
    };
    assert!(verify_page(&page, &with(42)).is_ok());
    assert_eq!(verify_page(&page, &with(7)).unwrap_err(), Fault::OtherKey);
    let of = |seed| Against {
        organisation: Some(public(&pair(seed))),
        ..Against::default()
    };
    assert!(verify_page(&page, &of(41)).is_ok());
    assert_eq!(verify_page(&page, &of(7)).unwrap_err(), Fault::OtherOrganisation);
    let named =
        checked(|proof| proof.organisation.organisation.name = renfort_protocol::people::Name::new("Autre").unwrap());
    assert_eq!(named, Fault::OtherOrganisation);
}

#[test]
fn a_kept_checkpoint_of_the_same_size_shows_a_log_that_was_written_anew() {
    let page = log(Signing::Both).page(Language::En);
    let against = |log: &Log, size| Against {
        kept: Some(log.checkpoint(size)),
        ..Against::default()
    };
    let same = log(Signing::Both);
    let size = same.records.len();
    assert!(verify_page(&page, &against(&same, size)).is_ok());
    let mut anew = log(Signing::Both);
    anew.records[0].hash = renfort_audit::hash::Digest::ZERO;
    assert_eq!(verify_page(&page, &against(&anew, size)).unwrap_err(), Fault::Rewritten);
    let foreign = Against {
        kept: Some("hello".into()),
        ..Against::default()
    };
    assert_eq!(
        verify_page(&page, &foreign).unwrap_err(),
        Fault::BadKept(CheckpointError::Malformed)
    );
}

#[test]
fn a_signature_by_another_key_or_over_another_head_is_found() {
    let said = |signing| log(signing).proof().check(&Against::default()).unwrap_err();
    assert_eq!(said(Signing::Forged).name(), "bad_signature");
    assert_eq!(said(Signing::OtherReports).name(), "wrong_head");
}

#[test]
fn what_is_no_receipt_is_malformed() {
    for wrong in [
        "",
        "<html></html>",
        "<script type=\"application/json\" id=\"renfort-receipt\">{}</script>\n</body>\n</html>\n",
    ] {
        assert_eq!(verify(wrong), Err(Fault::Malformed), "{wrong:?}");
    }
    let page = log(Signing::Both).page(Language::En);
    let more = with_proof(&page, |proof| proof["more"] = 1.into());
    assert_eq!(verify(&more), Err(Fault::Malformed));
    let far = with_proof(&page, |proof| proof["records"][0]["path"][0] = 4_000_000_000_u32.into());
    assert_eq!(verify(&far), Err(Fault::Malformed));
    let newer = with_proof(&page, |proof| proof["form"] = "renfort receipt v2".into());
    assert_eq!(verify(&newer), Err(Fault::Version));
}

#[test]
fn a_proof_reads_back_as_it_travels_and_has_one_spelling() {
    let proof = log(Signing::Both).proof();
    assert_eq!(Proof::read(&proof.text()), Ok(proof.clone()));
    assert_eq!(Proof::read(&format!(" {}", proof.text())), Err(Fault::Malformed));
    assert_eq!(
        checked(|proof| proof.nodes.push(renfort_audit::hash::Digest::ZERO)),
        Fault::Malformed
    );
}

/// What other programs are tried with: the proof as the relay gives it, and the page as it is saved.
#[test]
fn the_receipt_of_the_vectors_is_made_of_its_records() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let log = log(Signing::Both);
    for (file, fresh) in [
        ("receipt-proof.json", log.proof().text()),
        ("receipt.html", log.page(Language::Fr)),
    ] {
        let path = folder.join(file);
        if std::env::var_os("RENFORT_GENERATE").is_some() {
            std::fs::write(&path, &fresh).unwrap();
        }
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            stored == fresh,
            "{file} is stale: run this test with RENFORT_GENERATE=1"
        );
    }
}
