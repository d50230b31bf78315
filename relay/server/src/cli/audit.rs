//! `audit export` and `audit verify`.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Read as _, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::bail;
use renfort_audit::{
    checkpoint::LogKey,
    export::{Against, ExportVerifier, MAX_LINE_BYTES, Proof},
    gaps::Gaps,
    heads::Signatures,
    kept::checkpoints_in,
    verify::Fault,
};

use renfort_protocol::head::Endpoint;

use super::{
    kept::{is_utf16, kept_texts},
    output::{Stdout, Unchecked, count, note, say},
};
use crate::{
    data::{DataFolder, create_private_file},
    keys,
    log_reader::LogReader,
    store::{
        Store,
        sqlite::{SqliteOptions, SqliteStore},
    },
    writer::LogIdentity,
};

pub(super) async fn export(data: &Path, out: Option<&Path>) -> anyhow::Result<()> {
    let folder = DataFolder::open(data)?;
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&folder, SqliteOptions::default()).await?);
    let identity = LogIdentity::of(&keys::load(&folder.relay_key())?);
    if store.checkpoint().await?.is_none() {
        bail!("there is no log yet: it begins when the relay is started for the first time (renfort-relay serve)");
    }
    let mut reader = LogReader::open(Arc::clone(&store), identity).await?;
    let mut writer: Box<dyn Write> = match out {
        // It holds what the log holds of people, and must not take the place of an earlier export.
        Some(path) => Box::new(BufWriter::new(create_private_file(path)?)),
        None => Box::new(BufWriter::new(Stdout::lock())),
    };
    writeln!(writer, "{}", reader.header_line())?;
    while let Some(records) = reader.next().await? {
        for record in records {
            writeln!(writer, "{}", record.line())?;
        }
    }
    writeln!(writer, "{}", reader.checkpoint_line())?;
    writer.flush()?;
    store.close().await;
    note!("Exported {}.", count(reader.size(), "record"));
    Ok(())
}

pub(super) fn verify(path: &Path, key: Option<LogKey>, kept: &[PathBuf]) -> anyhow::Result<()> {
    let kept = kept_texts(kept)?;
    let file = File::open(path).map_err(Unchecked::unread(path))?;
    let compared = kept.iter().map(|text| checkpoints_in(text).len() as u64).sum();
    let read = read(BufReader::new(file), Against { key, kept }).map_err(Unchecked::unread(path))?;
    match read {
        Ok(Proof {
            key: signer,
            checkpoint,
            gaps,
            signatures,
        }) => {
            say!(
                "The log holds: {} of {}, root {}.",
                count(checkpoint.size, "record"),
                checkpoint.origin,
                checkpoint.root
            )?;
            if compared > 0 {
                say!(
                    "It has only grown since what it was compared with: {}.",
                    count(compared, "kept checkpoint")
                )?;
            }
            if key.is_some() {
                say!("It is signed by the key that was given.")?;
            } else {
                say!(
                    "Its key is {}. It was not compared, and anybody can sign a log with a key of his own: compare it with the \
                     relay's key as known from elsewhere (--key).",
                    signer.0
                )?;
            }
            tell_signatures(&signatures)?;
            Ok(tell(&gaps)?)
        }
        Err(fault) if fault.is_unchecked() => {
            bail!(Unchecked(format!(
                "the log was not checked: {fault} ({})",
                fault.name()
            )))
        }
        Err(fault) => bail!("the log does not hold: {fault} ({})", fault.name()),
    }
}

fn read(mut reader: impl BufRead, against: Against) -> std::io::Result<Result<Proof, Fault>> {
    let mut verifier = ExportVerifier::new(against);
    let mut line = Vec::new();
    if is_utf16(reader.fill_buf()?) {
        return Ok(Err(Fault::ChangedOnTheWay));
    }
    loop {
        line.clear();
        // With its line end, and one byte more than it may have.
        if reader
            .by_ref()
            .take(MAX_LINE_BYTES as u64 + 2)
            .read_until(b'\n', &mut line)?
            == 0
        {
            return Ok(verifier.finish());
        }
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let is_too_long = text.len() > MAX_LINE_BYTES;
        // Whatever is not UTF-8, or too long, is no line of an export; the verifier names where it stands.
        let text = std::str::from_utf8(text).ok().filter(|_| !is_too_long);
        if let Err(fault) = verifier.push(text.unwrap_or("\u{fffd}")) {
            return Ok(Err(fault));
        }
        if is_too_long {
            // A file of which no line ends would never end either.
            return Ok(verifier.finish());
        }
    }
}

/// How the command line calls an end of a session.
const fn end(role: Endpoint) -> &'static str {
    match role {
        Endpoint::Sharer => "the user's machine",
        Endpoint::Viewer => "the technician's machine",
    }
}

fn tell_signatures(signatures: &Signatures) -> std::io::Result<()> {
    let Signatures {
        both,
        sharer_only,
        viewer_only,
        neither,
        unchecked,
        ..
    } = signatures;
    match both + sharer_only + viewer_only + neither {
        0 => say!(
            "No session that its user allowed has ended yet: there is nothing for the two machines to have signed."
        )?,
        sessions => say!(
            "Of {} that {} allowed and {} ended, both machines signed {both}, the user's alone {sharer_only}, the technician's \
             alone {viewer_only}, neither {neither}.",
            count(sessions, "session"),
            if sessions == 1 { "was" } else { "were" },
            if sessions == 1 { "has" } else { "have" },
        )?,
    }
    if *unchecked > 0 {
        say!(
            "Cannot be checked, and counted as none: {}. The keys to check with were erased, or left out of the export.",
            count(*unchecked, "signature")
        )?;
    }
    for one in &signatures.disagreements {
        say!(
            "Disputed: {} says in record {} that it made {} about session {}; the log has {}.",
            end(one.role),
            one.seq,
            count(one.claimed, "report"),
            one.session,
            one.reports
        )?;
    }
    for one in &signatures.unsigned {
        say!(
            "Unsigned: record {} of session {} is a report that {} is said to have made after it had signed.",
            one.seq,
            one.session,
            end(one.role)
        )?;
    }
    let named = (signatures.disagreements.len() + signatures.unsigned.len()) as u64;
    let further = signatures.disagreements_total + signatures.unsigned_total - named;
    if further > 0 {
        say!("Disputed or unsigned beside these: {}.", count(further, "record"))?;
    }
    Ok(())
}

/// What is counted where personal fields are not shown.
const VALUE: &str = "personal value";

fn tell(gaps: &Gaps) -> std::io::Result<()> {
    for open in &gaps.unended {
        let ticket = open.ticket.map_or_else(String::new, |ticket| format!(" of {ticket}"));
        say!(
            "Gap: session {}{ticket} has no end in the log; its last record is {}.",
            open.session,
            open.seq
        )?;
    }
    for missing in &gaps.missing_reports {
        let reports = if missing.from == missing.to {
            format!("report {} is", missing.from)
        } else {
            format!("reports {} to {} are", missing.from, missing.to)
        };
        say!(
            "Gap: {reports} missing before record {}, of {} about session {}.",
            missing.seq,
            missing.actor,
            missing.session
        )?;
    }
    let named = gaps.missing_reports.len() as u64;
    if gaps.missing_reports_total > named {
        say!(
            "Gap: reports are missing in {} beside these.",
            count(gaps.missing_reports_total - named, "place")
        )?;
    }
    match (gaps.hidden, gaps.erased) {
        (0, 0) => {}
        (hidden, erased) if hidden == erased => {
            say!("Not shown, because erased, as the log tells: {}.", count(hidden, VALUE))?;
        }
        (hidden, erased) if hidden > erased => say!(
            "Gap: not shown: {}, of which the log tells of only {erased} as erased. The others ({}) were left out of the export, or \
             erased while it was written.",
            count(hidden, VALUE),
            hidden - erased
        )?,
        (hidden, erased) => say!(
            "Gap: erased, as the log tells: {}, of which only {hidden} are not shown: this file still shows some of them.",
            count(erased, VALUE)
        )?,
    }
    Ok(())
}
