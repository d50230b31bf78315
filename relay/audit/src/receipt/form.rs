//! The form of a receipt: how its proof is written, and every word of its page.
//!
//! Invariant: a saved page is compared byte for byte with the one that this program makes of the same proof. Whatever changes
//! that page - a word, a style, what is counted - is therefore a new form, and another form is refused by its name before
//! anything else of it is read.

use serde::Deserialize;

use super::Fault;

/// Names this form of receipt.
pub const RECEIPT_FORM: &str = "renfort receipt v2";

/// What every form of proof has, whatever else it holds.
#[derive(Deserialize)]
struct OfProof {
    form: String,
}

/// What every form of page has embedded in it.
#[derive(Deserialize)]
struct OfReceipt {
    proof: OfProof,
}

/// Is it this program's form?
pub(super) fn check(form: &str) -> Result<(), Fault> {
    if form == RECEIPT_FORM {
        Ok(())
    } else {
        Err(Fault::Version)
    }
}

/// Is the proof that this text holds of this program's form?
pub(super) fn check_proof(json: &str) -> Result<(), Fault> {
    let proof: OfProof = serde_json::from_str(json).map_err(|_| Fault::Malformed)?;
    check(&proof.form)
}

/// Is the receipt that is embedded in a page of this program's form?
pub(super) fn check_receipt(json: &str) -> Result<(), Fault> {
    let receipt: OfReceipt = serde_json::from_str(json).map_err(|_| Fault::Malformed)?;
    check(&receipt.proof.form)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]
mod tests {
    use renfort_protocol::{ticket::Language, time::UnixMillis};

    use super::*;
    use crate::{
        hash::Digest,
        receipt::{Against, Proof, Receipt, date::Clock, details, steps, words},
    };

    /// What this form's pages look like: the SHA-256 of [`rendered`].
    const RENDERED: (&str, &str) = (
        "renfort receipt v2",
        "780049dbd5f5a13c70526a9c66cebabc50366a0bbe99a77a26e7c21c3257fe53",
    );

    const ENDS: [&str; 11] = [
        "stopped_by_user",
        "ended_by_technician",
        "refused",
        "timed_out",
        "withdrawn",
        "expired",
        "lost",
        "abuse_reported",
        "untrusted",
        "wrong_code",
        "failed",
    ];

    /// The vectors' page in both languages, and every word that it does not happen to use.
    fn rendered() -> String {
        let proof = Proof::read(include_str!("../../vectors/receipt-proof.json")).unwrap();
        let facts = proof.check(&Against::default()).unwrap();
        let mut all = format!("{:?}{:?}", steps::STEPS, details::DETAILS);
        for language in [Language::En, Language::Fr] {
            let proof = proof.clone();
            let receipt = Receipt {
                language,
                proof,
                utc_offset: 60,
            };
            all += &receipt.page(&facts);
            all += &format!("{:?}", words::of(language));
            for end in ENDS {
                all += words::reason(language, end).unwrap();
            }
            for outcome in ["solved", "not_solved", "escalated"] {
                all += words::outcome(language, outcome).unwrap();
            }
            let clock = Clock {
                language,
                utc_offset: 90,
            };
            all += &clock.zone();
            for month in 0..12 {
                all += &clock.moment(UnixMillis(month * 31 * 24 * 3_600_000));
            }
        }
        all
    }

    #[test]
    fn a_page_that_is_made_in_another_way_is_of_another_form() {
        let digest = Digest::of(&[rendered().as_bytes()]).to_string();
        assert_eq!(
            (RECEIPT_FORM, digest.as_str()),
            RENDERED,
            "pages that were saved verify no more: raise the number in RECEIPT_FORM, keep a page of the form before in vectors/, \
             and write the new digest beside the new name"
        );
    }
}
