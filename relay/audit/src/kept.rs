//! Finding signed checkpoints in a text that they were kept in: a file, a mail, a ticket.
//!
//! Invariant: nothing is taken on trust here. A checkpoint that is found is still to be verified, and one whose lines were
//! altered beyond line ends, white space around them and a mail's quotation marks fits no signature.

use data_encoding::BASE64;

use crate::checkpoint::{Checkpoint, CheckpointError, LogKey, Origin, SIGNATURE_MARK};

/// Further lines of a checkpoint's body (extensions), and signatures of witnesses, that are looked at.
const MAX_FURTHER_LINES: usize = 64;
/// Bytes of a key's id and the shortest signature that is taken for one.
const MIN_SIGNATURE: usize = 8;

/// The checkpoints in a text, each as it was signed; none when it holds none.
#[must_use]
pub fn checkpoints_in(text: &str) -> Vec<String> {
    // Mails come with other line ends, quoted, indented, and with empty lines between or without.
    let lines: Vec<&str> = text.lines().map(bare).filter(|line| !line.is_empty()).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        match checkpoint_at(&lines[at..]) {
            Some((checkpoint, taken)) => {
                found.push(checkpoint);
                at += taken;
            }
            None => at += 1,
        }
    }
    found
}

/// Why a kept text cannot be held against a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeptFault {
    /// It holds none, or one that was altered since this log's key signed it, or never was one.
    Unreadable(CheckpointError),
    /// One of another log, or of another key.
    Foreign(CheckpointError),
}

/// All the checkpoints in these texts, each of which must hold one, verified.
pub(crate) fn signed_in(texts: &[String], origin: &Origin, key: &LogKey) -> Result<Vec<Checkpoint>, KeptFault> {
    let mut signed = Vec::new();
    for text in texts {
        let found = checkpoints_in(text);
        if found.is_empty() {
            return Err(KeptFault::Unreadable(CheckpointError::Malformed));
        }
        for kept in found {
            signed.push(Checkpoint::verify(&kept, origin, key).map_err(|error| match error {
                CheckpointError::Malformed | CheckpointError::BadSignature => KeptFault::Unreadable(error),
                _ => KeptFault::Foreign(error),
            })?);
        }
    }
    Ok(signed)
}

/// A line without what a mail puts around it.
fn bare(line: &str) -> &str {
    line.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}' || letter == '>')
}

/// The checkpoint that begins with the first of these lines, and how many it takes.
fn checkpoint_at(lines: &[&str]) -> Option<(String, usize)> {
    let head = format!("{}\n", lines.get(..3)?.join("\n"));
    Checkpoint::read(&head).ok()?;
    let end = lines.len().min(3 + MAX_FURTHER_LINES);
    let first = (3..end).find(|&at| lines[at].starts_with(SIGNATURE_MARK.trim_end()))?;
    let mut text = format!("{}\n\n", lines[..first].join("\n"));
    let mut at = first;
    while at < end
        && let Some((signature, taken)) = signature_at(&lines[at..end])
    {
        text += &signature;
        at += taken;
    }
    (at > first).then_some((text, at))
}

/// The signature that begins with the first of these lines, and how many it takes: two if it was folded after the name.
fn signature_at(lines: &[&str]) -> Option<(String, usize)> {
    let mut words = lines
        .first()?
        .strip_prefix(SIGNATURE_MARK.trim_end())?
        .split_whitespace();
    let name = words.next()?;
    let (value, taken) = match words.next() {
        Some(value) => (value, 1),
        None => (*lines.get(1)?, 2),
    };
    let bytes = BASE64.decode(value.as_bytes()).ok()?;
    // Whoever signs a mail may begin the line with a dash as well.
    (bytes.len() >= MIN_SIGNATURE && words.next().is_none())
        .then(|| (format!("{SIGNATURE_MARK}{name} {value}\n"), taken))
}

#[cfg(test)]
mod tests {
    use ring::signature::Ed25519KeyPair;

    use super::*;
    use crate::{
        checkpoint::{LogKey, Origin},
        hash::Digest,
    };

    fn pair() -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap()
    }

    fn signed(size: u64) -> String {
        let root = Digest([5; 32]);
        let origin = Origin::new("renfort/0123456789abcdef").unwrap();
        Checkpoint { origin, size, root }.sign(&pair())
    }

    #[test]
    fn a_checkpoint_is_found_as_it_was_signed_whatever_carried_it() {
        let text = signed(12);
        let carried = [
            text.clone(),
            text.trim_end().to_owned(),
            text.replace('\n', "\r\n"),
            format!("\u{feff}{text}"),
            format!("Bonjour,\n\nvoici le point de contrôle :\n\n{text}\nCordialement,\nAda\n"),
            format!("{text}\u{2014} Ada Martin\n"),
            format!("{text}\u{2014} Paul\nService informatique\n"),
            text.lines().map(|line| format!("> {line}\r\n")).collect(),
            text.replace('\n', "\n\n"),
            text.replacen("abcdef ", "abcdef\n  ", 1),
        ];
        for carrier in carried {
            let found = checkpoints_in(&carrier);
            assert_eq!(found, std::slice::from_ref(&text), "{carrier:?}");
            let origin = Origin::new("renfort/0123456789abcdef").unwrap();
            assert!(Checkpoint::verify(&found[0], &origin, &LogKey::of(&pair())).is_ok());
        }
    }

    #[test]
    fn further_lines_and_signatures_stay_and_every_checkpoint_is_found() {
        let extended = signed(12).replacen("\n\n", "\nsome extension\n\n", 1) + "\u{2014} witness AAAAAAAAAAA=\n";
        let both = format!("{extended}\nand the week before:\n{}", signed(3));
        assert_eq!(checkpoints_in(&both), [extended, signed(3)]);
    }

    #[test]
    fn a_text_without_one_gives_none() {
        let without_signature: String = signed(12).split_inclusive('\n').take(4).collect();
        for text in ["", "hello", "a\n1\nb\n", &without_signature] {
            assert_eq!(checkpoints_in(text), [""; 0], "{text:?}");
        }
    }
}
