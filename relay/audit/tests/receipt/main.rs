//! What is wrong with a receipt is found and named, whatever it is; what is right is shown plainly.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod steps;
mod support;

use renfort_audit::{
    checkpoint::{CheckpointError, LogKey, Origin},
    receipt::{Against, Covered, Facts, Fault, MAX_PAGE_BYTES, Proof, Seen, Signed, told, verify_page},
};
use renfort_protocol::ticket::Language;
use support::{Log, Shown, Signing, log, log_of, page, pair, public, seen, with_proof};

fn verify(page: &str) -> Result<Facts, Fault> {
    verify_page(page, &Against::default()).map(|(_, facts)| facts)
}

/// What a verifier says when somebody who can do anything but sign changes a whole receipt.
fn checked(change: impl FnOnce(&mut Proof)) -> Fault {
    let mut proof = log(Signing::Both).proof();
    change(&mut proof);
    proof.check(&Against::default()).unwrap_err()
}

/// The last record before the signatures.
const LAST: u64 = 16;

/// A signature up to this record, after which nothing came.
fn up_to(last: u64) -> Covered {
    Covered {
        last,
        after: 0,
        reports_after: 0,
    }
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
    // The technician’s machine signed that the user’s had signed, too.
    assert_eq!(facts.by_user, Signed::Checked(up_to(LAST)));
    assert_eq!(facts.by_technician, Signed::Checked(up_to(LAST + 1)));
    assert_eq!((facts.counts.keys, facts.counts.clicks), (123, 7));
    assert_eq!(
        facts.allowed.iter().map(String::as_str).collect::<Vec<_>>(),
        ["control", "view"]
    );
    assert_eq!(facts.technician.as_deref(), Some("Alex Durand"));
    assert_eq!(facts.outcome.as_deref(), Some("solved"));
    assert_eq!(facts.log_size, log.records.len() as u64);
    for told in [
        "Reçu d’assistance à distance",
        "T-1042",
        "1 h 02 min 05 s",
        "niveau 1",
        "UTC+01:00",
        "Mairie de Sainte-Luce &amp; Cie",
    ] {
        assert!(french.contains(told), "{told}");
    }
    let english = log.page(Language::En);
    assert_eq!(verify(&english), Ok(facts));
    for told in [
        "Receipt for remote help",
        "level 1",
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
    assert_eq!(facts.by_user, Signed::Unchecked(up_to(LAST)));
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
        ("Alex Durand", "Carla"),
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
fn a_log_that_is_named_after_another_key_is_found() {
    let named = |seed| checked(|proof| proof.origin = Origin::of_key(&LogKey::of(&pair(seed))));
    assert_eq!(named(7), Fault::ForeignOrigin);
    // Its own name is no fault; that the checkpoint was signed under another one is.
    assert_eq!(named(42), Fault::BadCheckpoint(CheckpointError::OtherLog));
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
    assert!(verify_page(&page, &of(7)).is_ok());
    assert_eq!(verify_page(&page, &of(41)).unwrap_err(), Fault::OtherOrganisation);
    let named =
        checked(|proof| proof.organisation.organisation.name = renfort_protocol::people::Name::new("Autre").unwrap());
    assert_eq!(named, Fault::OtherOrganisation);
}

#[test]
fn a_kept_checkpoint_of_the_same_size_shows_a_log_that_was_written_anew() {
    let page = log(Signing::Both).page(Language::En);
    let against = |log: &Log, size| Against {
        kept: vec![log.checkpoint(size)],
        ..Against::default()
    };
    let same = log(Signing::Both);
    let size = same.records.len();
    assert!(verify_page(&page, &against(&same, size)).is_ok());
    let mut anew = log(Signing::Both);
    anew.records[0].hash = renfort_audit::hash::Digest::ZERO;
    assert_eq!(verify_page(&page, &against(&anew, size)).unwrap_err(), Fault::Rewritten);
    let both = format!("{}\nand\n{}", same.checkpoint(2), anew.checkpoint(size));
    let kept = |text: &str| Against {
        kept: vec![text.to_owned()],
        ..Against::default()
    };
    assert_eq!(
        verify_page(&page, &kept(&both)).unwrap_err(),
        Fault::Rewritten,
        "not the first alone counts"
    );
    assert_eq!(
        verify_page(&page, &kept("hello")).unwrap_err(),
        Fault::UnreadableKept(CheckpointError::Malformed)
    );
    let signed = same.checkpoint(size);
    let at = signed.trim_end().len() - 9;
    let other = if signed.as_bytes()[at] == b'A' { 'B' } else { 'A' };
    let mangled = format!("{}{other}{}", &signed[..at], &signed[at + 1..]);
    assert_eq!(
        verify_page(&page, &kept(&mangled)).unwrap_err(),
        Fault::UnreadableKept(CheckpointError::BadSignature)
    );
}

#[test]
fn a_signature_by_another_key_or_over_another_head_is_found() {
    let said = |signing| log(signing).proof().check(&Against::default()).unwrap_err();
    assert_eq!(said(Signing::Forged).name(), "bad_signature");
    assert_eq!(said(Signing::OtherReports).name(), "wrong_head");
}

#[test]
fn a_signature_of_somebody_who_was_not_in_the_session_is_found() {
    let said = |signing| log(signing).proof().check(&Against::default()).unwrap_err();
    assert_eq!(said(Signing::InventedDevice).name(), "other_device");
    assert_eq!(said(Signing::InventedTechnician).name(), "other_technician");
}

#[test]
fn what_came_after_a_signature_is_told_as_unsigned() {
    let page = log(Signing::Late).page(Language::En);
    let facts = verify(&page).unwrap();
    let covered = |last| Covered {
        last,
        after: 2,
        reports_after: 1,
    };
    assert_eq!(facts.by_user, Signed::Checked(covered(LAST)));
    let of_others = Covered {
        reports_after: 0,
        ..covered(LAST + 1)
    };
    assert_eq!(facts.by_technician, Signed::Checked(of_others));
    assert_eq!(facts.counts.keys, 623);
    for told in [
        "signed up to record 16; the signature fits (records after that, which it did not sign: 2)",
        "those reports are not signed: 1.",
    ] {
        assert!(page.contains(told), "{told}");
    }
    assert!(!log(Signing::Both).page(Language::En).contains("not sign"));
}

#[test]
fn what_only_the_users_machine_knows_is_held_against_the_receipt() {
    let against = |change: &dyn Fn(&mut Against)| {
        let mut against = seen();
        change(&mut against);
        log(Signing::Both).proof().check(&against)
    };
    let knows = |change: &dyn Fn(&mut Seen)| against(&|against| change(against.seen.as_mut().unwrap()));
    assert!(against(&|_| ()).is_ok());
    assert!(knows(&|seen| seen.due = 2).is_ok());
    let other = |_: Facts| panic!("it holds");
    let device = against(&|against| against.device = Some(public(&pair(6))));
    assert_eq!(device.map_or_else(|fault| fault, other), Fault::OtherDevice { seq: 3 });
    for change in [
        &(|seen: &mut Seen| seen.device = public(&pair(6))) as &dyn Fn(&mut Seen),
        &|seen| seen.card = None,
        &|seen| seen.card = Some(renfort_protocol::ids::CardSerial([7; 8])),
        &|seen| seen.technician.id.0 = 4,
        &|seen| seen.technician.name = renfort_protocol::people::Name::new("Carla").unwrap(),
        &|seen| seen.technician.level = renfort_protocol::people::Level::Three,
    ] {
        let fault = knows(change).map_or_else(|fault| fault, other);
        assert!(matches!(fault, Fault::OtherTechnician { .. }), "{fault:?}");
    }
}

#[test]
fn a_signature_whose_key_is_not_shown_is_checked_with_the_key_that_is_known() {
    let mut proof = log(Signing::Both).proof();
    proof.records.iter_mut().for_each(|one| one.revealed = Shown::new());
    let facts = proof.check(&seen()).unwrap();
    assert_eq!(facts.by_technician, Signed::Unchecked(up_to(LAST + 1)));
    let mut other = seen();
    other.seen.as_mut().unwrap().device = public(&pair(6));
    assert_eq!(proof.check(&other), Err(Fault::BadSignature { seq: LAST + 2 }));
}

#[test]
fn a_report_or_a_yes_that_a_relay_changed_left_out_or_made_up_is_found() {
    let knows = |change: &dyn Fn(&mut Seen)| {
        let mut against = seen();
        change(against.seen.as_mut().unwrap());
        log(Signing::Both).proof().check(&against).unwrap_err()
    };
    // It was told of 500 keys, and wrote 120.
    let more = renfort_audit::event::Event::Reported {
        number: 3,
        happened_at: renfort_protocol::time::UnixMillis(5),
        event: renfort_protocol::report::ReportedEvent::Counted {
            counts: renfort_protocol::ticket::Counts {
                keys: 500,
                clicks: 7,
                ..renfort_protocol::ticket::Counts::default()
            },
        },
    };
    assert_eq!(
        knows(&|seen| seen.reports[2] = told(&more)),
        Fault::NotAsTold { seq: 12 }
    );
    assert_eq!(knows(&|seen| seen.granted = told(&more)), Fault::NotAsTold { seq: 6 });
    let one_more = |seen: &mut Seen| {
        seen.reports.push(told(&more));
        seen.due = 5;
    };
    assert_eq!(knows(&one_more), Fault::ReportMissing { number: 5 });
    let made_up = |seen: &mut Seen| {
        seen.reports.pop();
        seen.due = 3;
    };
    assert_eq!(knows(&made_up), Fault::NotAsTold { seq: LAST });
}

#[test]
fn what_is_no_receipt_or_was_changed_on_its_way_is_not_called_false() {
    let page = log(Signing::Both).page(Language::En);
    let long = page.clone() + &" ".repeat(MAX_PAGE_BYTES);
    for wrong in ["", "<html></html>", &long] {
        assert_eq!(verify(wrong), Err(Fault::NoReceipt), "{:?}", wrong.get(..20));
    }
    for wrong in [page.replace('\n', "\r\n"), format!("\u{feff}{page}")] {
        assert_eq!(verify(&wrong), Err(Fault::ChangedOnTheWay));
    }
    assert!(
        [Fault::NoReceipt, Fault::ChangedOnTheWay, Fault::Version]
            .iter()
            .all(Fault::is_unchecked)
    );
    assert!(!Fault::Malformed.is_unchecked() && !Fault::AlteredText.is_unchecked());
}

#[test]
fn what_is_embedded_in_another_form_is_malformed() {
    let begin = "<script type=\"application/json\" id=\"renfort-receipt\">";
    for wrong in [format!("{begin}{{}}</script>\n</body>\n</html>\n"), begin.to_owned()] {
        assert_eq!(verify(&wrong), Err(Fault::Malformed), "{wrong:?}");
    }
    let page = log(Signing::Both).page(Language::En);
    let more = with_proof(&page, |proof| proof["more"] = 1.into());
    assert_eq!(verify(&more), Err(Fault::Malformed));
    let far = with_proof(&page, |proof| proof["records"][0]["path"][0] = 4_000_000_000_u32.into());
    assert_eq!(verify(&far), Err(Fault::Malformed));
}

#[test]
fn a_receipt_of_another_form_is_not_called_altered() {
    let before = include_str!("../../vectors/receipt-v1.html");
    assert_eq!(verify(before), Err(Fault::Version));
    // A later form may hold what this one does not know.
    let page = log(Signing::Both).page(Language::En);
    let later = with_proof(&page, |proof| {
        proof["form"] = "renfort receipt v999".into();
        proof["more"] = 1.into();
    });
    assert_eq!(verify(&later), Err(Fault::Version));
    assert_eq!(Proof::read("{\"form\":\"renfort receipt v1\"}"), Err(Fault::Version));
    assert_eq!(
        checked(|proof| proof.form = "renfort receipt v1".into()),
        Fault::Version
    );
    assert_eq!(
        Fault::Version.to_string(),
        "this receipt was made by another version of Renfort: check it with that one"
    );
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
