//! `audit verify receipt`.

use super::{
    kept::{is_utf16, kept_texts},
    output::{Unchecked, count, say},
};
use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use anyhow::bail;
use renfort_audit::{
    checkpoint::{Checkpoint, LogKey},
    kept::checkpoints_in,
    receipt::{Against, Covered, Facts, Fault, MAX_PAGE_BYTES, Receipt, Signed, verify_page},
};

pub(super) fn verify(path: &Path, key: Option<LogKey>, kept: &[PathBuf]) -> anyhow::Result<()> {
    let kept = kept_texts(kept)?;
    let page = read(path).map_err(Unchecked::unread(path))?;
    let against = Against {
        key,
        kept,
        ..Against::default()
    };
    let verified = page
        .as_deref()
        .map_err(Clone::clone)
        .and_then(|page| verify_page(page, &against));
    match verified {
        Ok((receipt, facts)) => {
            tell(&receipt, &facts, key.is_some())?;
            for text in &against.kept {
                tell_compared(&receipt, &facts, text)?;
            }
            Ok(())
        }
        Err(fault) if fault.is_unchecked() => {
            bail!(Unchecked(format!(
                "the receipt was not checked: {fault} ({})",
                fault.name()
            )))
        }
        Err(fault) => bail!("the receipt does not hold: {fault} ({})", fault.name()),
    }
}

/// The page, or why the file is none.
fn read(path: &Path) -> io::Result<Result<String, Fault>> {
    let mut bytes = Vec::new();
    let most = MAX_PAGE_BYTES as u64 + 1;
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    if is_utf16(&bytes) {
        return Ok(Err(Fault::ChangedOnTheWay));
    }
    // Whatever is not UTF-8, or too long, is no receipt.
    Ok(String::from_utf8(bytes).map_err(|_| Fault::NoReceipt))
}

fn tell(receipt: &Receipt, facts: &Facts, key_given: bool) -> io::Result<()> {
    let proof = &receipt.proof;
    let erased = || "(erased)".to_owned();
    say!(
        "The receipt holds: session {} of {}, {}, all in the log {} as it was with {}.",
        proof.session,
        facts.ticket,
        count(facts.records, "record"),
        proof.origin,
        count(facts.log_size, "record")
    )?;
    say!(
        "{} was helped by {} of {}.",
        facts.user.clone().unwrap_or_else(erased),
        facts.technician.clone().unwrap_or_else(erased),
        facts.organisation
    )?;
    for (whose, signed) in [("user", facts.by_user), ("technician", facts.by_technician)] {
        let told = match signed {
            Signed::Checked(_) => "signed these records, and the signature fits",
            Signed::Unchecked(_) => "signed these records; the key to check it with was erased",
            Signed::Disputed => "did not agree with these records",
            Signed::Not => "has not signed these records",
        };
        say!(
            "The {whose}'s computer {told}{}.",
            signed.covered().map_or_else(String::new, reach)
        )?;
    }
    if !key_given {
        say!(
            "Its key is {}. Compare it with the relay's key as known from elsewhere (--key).",
            proof.key.0
        )?;
    }
    Ok(())
}

/// How far a signature goes.
fn reach(covered: &Covered) -> String {
    let Covered {
        last,
        after,
        reports_after,
    } = covered;
    match after {
        0 => format!(" (up to record {last})"),
        _ => format!(
            " (up to record {last}; it did not sign {} after that, of which {reports_after} told by itself)",
            count(*after, "record")
        ),
    }
}

/// They were read, are rightly signed and do not contradict the receipt: have they been compared?
fn tell_compared(receipt: &Receipt, facts: &Facts, text: &str) -> io::Result<()> {
    for kept in checkpoints_in(text) {
        match Checkpoint::verify(&kept, &receipt.proof.origin, &receipt.proof.key) {
            Ok(kept) if kept.size == facts.log_size => say!("The log is that of the kept checkpoint.")?,
            Ok(kept) => say!(
                "The kept checkpoint counts {}, the receipt's {}: a receipt alone cannot show that both are of one \
                 log. An exported log can (audit verify, --checkpoint).",
                count(kept.size, "record"),
                facts.log_size
            )?,
            // It was verified before.
            Err(_) => {}
        }
    }
    Ok(())
}
