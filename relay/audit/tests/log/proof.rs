//! What a kept checkpoint and the gaps show, and the vectors that every verifier passes.

use renfort_audit::{
    checkpoint::{Checkpoint, LogKey, Origin},
    event::Event,
    export::{Against, ExportedRecord, Header, Proof, checkpoint_line},
    fields::Field,
    hash::Digest,
    record::Entry,
    verify::Fault,
};
use renfort_protocol::{
    ids::SessionId, report::ReportedEvent, signalling::EndReason, ticket::Counts, time::UnixMillis,
};
use ring::signature::Ed25519KeyPair;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::order::{deleted_and_made_up, in_order, swapped, swapped_and_changed, swapped_and_numbered};
use crate::support::{entries, export, export_of, exported, forge, origin, pair, prove, signed, write};

fn checkpoint_of(count: usize) -> String {
    let records: Vec<ExportedRecord> = write(&entries()[..count]).iter().map(exported).collect();
    signed(&records)
}

/// A log that was written anew, with other salts and so other hashes, and signed again by the relay's own key.
fn written_anew() -> Vec<String> {
    let mut entries = entries();
    entries.remove(0);
    entries.insert(0, entries[4].clone());
    export_of(&entries)
}

fn kept(texts: &[String]) -> Against {
    Against {
        key: Some(LogKey::of(&pair())),
        kept: texts.to_vec(),
    }
}

/// A session that ended, reports of which two are missing, beside one without an end.
fn with_gaps() -> Vec<Entry> {
    let mut entries = entries();
    let mut report = entries[3].clone();
    report.event = Event::Reported {
        number: 5,
        happened_at: UnixMillis(5),
        event: ReportedEvent::PeerLost,
    };
    entries.push(report);
    let mut ended = entries[3].clone();
    ended.session = Some(SessionId([5; 16]));
    ended.event = Event::SessionEnded {
        reason: EndReason::Lost,
        viewed_ms: 1,
        controlled_ms: 0,
        counts: Counts::default(),
    };
    entries.push(ended);
    entries
}

#[test]
fn a_log_that_grew_from_a_kept_checkpoint_verifies() {
    let texts: Vec<String> = [0, 3, 6].map(checkpoint_of).to_vec();
    assert_eq!(prove(&export(), kept(&texts)).unwrap().checkpoint.size, 6);
}

#[test]
fn a_tail_cut_off_and_signed_again_is_noticed_by_a_kept_checkpoint() {
    let cut = export_of(&entries()[..4]);
    assert_eq!(
        prove(&cut, kept(&[checkpoint_of(6)])),
        Err(Fault::CutOff { kept: 6, found: 4 })
    );
}

#[test]
fn a_log_written_anew_and_signed_again_is_noticed_by_a_kept_checkpoint() {
    assert_eq!(
        prove(&written_anew(), kept(&[checkpoint_of(6), checkpoint_of(3)])),
        Err(Fault::Rewritten { kept: 3 })
    );
}

#[test]
fn a_session_without_an_end_and_reports_that_never_came_are_shown() {
    let gaps = prove(&export_of(&with_gaps()), kept(&[])).unwrap().gaps;
    assert_eq!(gaps.unended.len(), 1);
    assert_eq!((gaps.unended[0].session, gaps.unended[0].seq), (SessionId([4; 16]), 6));
    assert_eq!(gaps.missing_reports_total, 1);
    let missing = &gaps.missing_reports[0];
    assert_eq!((missing.from, missing.to, missing.seq), (3, 4, 6));
}

/// A line of the vectors' log by its number, or another text.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Same(usize),
    Other(String),
}

fn case(name: &str, lines: &[String], against: &Against) -> serde_json::Value {
    let base = export();
    let same = |line: &String| base.iter().position(|known| known == line);
    let lines_told: Vec<Line> = lines
        .iter()
        .map(|line| same(line).map_or_else(|| Line::Other(line.clone()), Line::Same))
        .collect();
    let expect = match prove(lines, against.clone()) {
        Ok(Proof {
            checkpoint,
            gaps,
            signatures,
            ..
        }) => json!({
            "size": checkpoint.size,
            "root": checkpoint.root,
            "unended": gaps.unended.iter().map(|open| json!({
                "session": open.session, "ticket": open.ticket, "seq": open.seq, "at": open.at,
            })).collect::<Vec<_>>(),
            "missing_reports": gaps.missing_reports.iter().map(|missing| json!({
                "session": missing.session, "actor": missing.actor, "from": missing.from, "to": missing.to, "seq": missing.seq,
            })).collect::<Vec<_>>(),
            "hidden": gaps.hidden,
            "erased": gaps.erased,
            "signatures": {
                "both": signatures.both,
                "sharer_only": signatures.sharer_only,
                "viewer_only": signatures.viewer_only,
                "neither": signatures.neither,
                "unchecked": signatures.unchecked,
                "disagreements": signatures.disagreements.iter().map(|one| json!({
                    "session": one.session, "role": one.role, "reports": one.reports, "claimed": one.claimed, "seq": one.seq,
                })).collect::<Vec<_>>(),
                "unsigned": signatures.unsigned.iter().map(|one| json!({
                    "session": one.session, "role": one.role, "seq": one.seq,
                })).collect::<Vec<_>>(),
            },
        }),
        Err(fault) => json!({ "fault": fault.name(), "seq": fault.seq(), "found": fault.found(), "at": fault.at() }),
    };
    json!({ "name": name, "lines": lines_told, "key": against.key, "kept": against.kept, "expect": expect })
}

fn with_record(seq: usize, change: impl FnOnce(&mut ExportedRecord)) -> Vec<String> {
    let mut lines = export();
    forge(&mut lines, seq, change);
    lines
}

fn with_line(at: usize, change: impl FnOnce(&str) -> String) -> Vec<String> {
    let mut lines = export();
    lines[at] = change(&lines[at]);
    lines
}

fn with_other_line_ends() -> Vec<String> {
    export().iter().map(|line| format!("{line}\r")).collect()
}

fn followed_by(more: &[&str]) -> Vec<String> {
    let mut lines = export();
    lines.extend(more.iter().map(|line| (*line).to_owned()));
    lines
}

fn without(at: usize) -> Vec<String> {
    let mut lines = export();
    lines.remove(at);
    lines
}

fn cases() -> Vec<serde_json::Value> {
    let none = Against::default();
    let pinned = kept(&[]);
    let good = export();
    let mut twice = export();
    twice.push(good[7].clone());
    let mut longer = export();
    longer.insert(7, export_of(&with_gaps())[7].clone());
    let stranger = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap();
    let other_log = Checkpoint {
        origin: Origin::new("other.example.org/renfort").unwrap(),
        size: 6,
        root: Digest([0; 32]),
    };
    let own_key = {
        let mut lines = export();
        lines[0] = Header::new(origin(), LogKey::of(&stranger)).line();
        lines[7] = checkpoint_line(
            &Checkpoint {
                origin: origin(),
                ..root_of_export()
            }
            .sign(&stranger),
        );
        lines
    };
    let mut witnessed = checkpoint_of(6);
    witnessed.push_str("\u{2014} witness.example.org/w AAAAAAAAAAA=\n");
    let text_of = |value: &str| Field::Text(value.to_owned());
    vec![
        case("the whole log", &good, &none),
        case("the whole log, its relay's key known", &good, &pinned),
        case(
            "sessions without an end, and missing reports",
            &export_of(&with_gaps()),
            &pinned,
        ),
        case(
            "grown from kept checkpoints",
            &good,
            &kept(&[checkpoint_of(0), checkpoint_of(3), checkpoint_of(6)]),
        ),
        case(
            "a checkpoint with a witness's signature",
            &with_line(7, |_| checkpoint_line(&witnessed)),
            &pinned,
        ),
        case(
            "the end cut off and signed again",
            &export_of(&entries()[..4]),
            &kept(&[checkpoint_of(6)]),
        ),
        case(
            "written anew and signed again",
            &written_anew(),
            &kept(&[checkpoint_of(3)]),
        ),
        case(
            "a kept checkpoint of another log",
            &good,
            &kept(&[other_log.sign(&pair())]),
        ),
        case(
            "a kept checkpoint of another key",
            &good,
            &kept(&[root_of_export().sign(&stranger)]),
        ),
        case("a kept text that is no checkpoint", &good, &kept(&["hello".into()])),
        case(
            "a kept checkpoint that lost its last line end",
            &good,
            &kept(&[checkpoint_of(3).trim_end().to_owned()]),
        ),
        case(
            "a kept checkpoint with other line ends",
            &good,
            &kept(&[checkpoint_of(3).replace('\n', "\r\n")]),
        ),
        case("two kept checkpoints in a mail", &good, &kept(&[in_a_mail()])),
        case(
            "two kept checkpoints in a mail, the log cut off since",
            &export_of(&entries()[..4]),
            &kept(&[in_a_mail()]),
        ),
        case(
            "a kept checkpoint whose signature was altered",
            &good,
            &kept(&[flipped_signature(&checkpoint_of(3))]),
        ),
        case("signed by a key of its own", &own_key, &none),
        case("signed by a key of its own, the relay's key known", &own_key, &pinned),
        case("named after its key", &named_after(&pair(), &pair()), &none),
        case("named after another key", &named_after(&pair(), &stranger), &none),
        case("a record removed", &without(3), &pinned),
        case("the first record removed", &without(1), &pinned),
        case("the last record removed", &without(6), &pinned),
        case("two records swapped", &swapped(1, 2), &pinned),
        case("two records swapped that are far apart", &swapped(0, 4), &pinned),
        case("the first record and the last swapped", &swapped(0, 5), &pinned),
        case("all records turned round", &in_order(&[5, 4, 3, 2, 1, 0]), &pinned),
        case(
            "two records swapped, their numbers too",
            &swapped_and_numbered(false),
            &pinned,
        ),
        case(
            "two records swapped, their numbers and hashes too",
            &swapped_and_numbered(true),
            &pinned,
        ),
        case(
            "two records swapped, the log cut off before the other",
            &swapped(1, 4)[..4],
            &pinned,
        ),
        case("a record moved to the end", &in_order(&[0, 2, 3, 4, 5, 1]), &pinned),
        case("a record moved to the front", &in_order(&[4, 0, 1, 2, 3, 5]), &pinned),
        case("a record twice in a row", &in_order(&[0, 1, 2, 2, 3, 4, 5]), &pinned),
        case("a record again at the end", &in_order(&[0, 1, 2, 3, 4, 5, 1]), &pinned),
        case(
            "a record also before its place",
            &in_order(&[0, 4, 1, 2, 3, 4, 5]),
            &pinned,
        ),
        case(
            "a record in the place of another",
            &in_order(&[0, 1, 4, 3, 4, 5]),
            &pinned,
        ),
        case("two records removed", &in_order(&[0, 1, 4, 5]), &pinned),
        case(
            "two records swapped, the second of them changed",
            &swapped_and_changed(),
            &pinned,
        ),
        case(
            "a record removed, and one made up with its number behind",
            &deleted_and_made_up(),
            &pinned,
        ),
        case("a record added", &longer, &pinned),
        case("the checkpoint removed", &without(7), &pinned),
        case("the checkpoint twice", &twice, &pinned),
        case("the header removed", &without(0), &pinned),
        case("nothing at all", &[], &pinned),
        case("another file", &["%PDF-1.7".into(), "x".into()], &pinned),
        case("another file of JSON", &["{}".into()], &pinned),
        case(
            "the header of another form",
            &with_line(0, |line| line.replace(" v1", " v9")),
            &pinned,
        ),
        case("the line ends of another system", &with_other_line_ends(), &pinned),
        case(
            "a byte order mark",
            &with_line(0, |line| format!("\u{feff}{line}")),
            &pinned,
        ),
        case("a blank line at the end", &followed_by(&[""]), &pinned),
        case(
            "blank lines of another system at the end",
            &followed_by(&["\r", " \t\r"]),
            &pinned,
        ),
        case(
            "a line that is not blank at the end",
            &followed_by(&["\u{a0}"]),
            &pinned,
        ),
        case(
            "a blank line instead of the checkpoint",
            &with_line(7, |_| String::new()),
            &pinned,
        ),
        case(
            "a bit flipped in a record",
            &with_line(2, |line| line.replace("high", "iigh")),
            &pinned,
        ),
        case(
            "a bit flipped in a hash",
            &with_line(2, |line| {
                let at = "{\"hash\":\"".len();
                let other = if line.as_bytes()[at] == b'0' { '1' } else { '0' };
                format!("{}{other}{}", &line[..at], &line[at + 1..])
            }),
            &pinned,
        ),
        case(
            "a bit flipped in the checkpoint's signature",
            &with_line(7, flipped_signature),
            &pinned,
        ),
        case(
            "a bit flipped in the checkpoint's root",
            &with_line(7, |line| line.replacen("\\n6\\n", "\\n6\\nA", 1)),
            &pinned,
        ),
        case(
            "the checkpoint of another log",
            &with_line(7, |_| checkpoint_line(&other_log.sign(&pair()))),
            &pinned,
        ),
        case(
            "the checkpoint of another size",
            &with_line(7, |_| checkpoint_line(&checkpoint_of(5))),
            &pinned,
        ),
        case(
            "the checkpoint of other records",
            &with_line(7, |_| {
                checkpoint_line(
                    &Checkpoint {
                        root: Digest([7; 32]),
                        ..root_of_export()
                    }
                    .sign(&pair()),
                )
            }),
            &pinned,
        ),
        case(
            "a record forged with a fitting hash",
            &with_record(2, |exported| exported.record.at = UnixMillis(1)),
            &pinned,
        ),
        case(
            "the last record forged with a fitting hash",
            &with_record(5, |exported| exported.record.at = UnixMillis(1)),
            &pinned,
        ),
        case(
            "a gap in a session's numbers",
            &with_record(3, |exported| exported.record.session_seq = Some(1)),
            &pinned,
        ),
        case(
            "a session's number without a session",
            &with_record(0, |exported| exported.record.session_seq = Some(0)),
            &pinned,
        ),
        case(
            "an unknown version",
            &with_record(1, |exported| exported.record.v = 2),
            &pinned,
        ),
        case(
            "a value that was not recorded",
            &with_record(1, |exported| {
                if let Some(shown) = exported.revealed.get_mut("name") {
                    shown.value = "Somebody else".into();
                }
            }),
            &pinned,
        ),
        case(
            "a value of no field",
            &with_record(1, |exported| {
                let shown = exported.revealed["name"].clone();
                exported.revealed.insert("nobody".into(), shown);
            }),
            &pinned,
        ),
        case(
            "a value withheld",
            &with_record(1, |exported| exported.revealed.clear()),
            &pinned,
        ),
        case(
            "a number that not every reader holds",
            &with_record(5, |exported| exported.record.at = UnixMillis(1 << 53)),
            &pinned,
        ),
        case(
            "names that look like numbers",
            &with_record(5, |exported| {
                exported.record.fields.insert("10".into(), text_of("a"));
                exported.record.fields.insert("9".into(), text_of("b"));
            }),
            &pinned,
        ),
        case(
            "a name that is not ASCII",
            &with_record(5, |exported| {
                exported.record.fields.insert("é".into(), text_of("a"));
            }),
            &pinned,
        ),
        case(
            "a name that means something in JavaScript",
            &with_record(5, |exported| {
                exported.record.fields.insert("__proto__".into(), text_of("a"));
            }),
            &pinned,
        ),
        case(
            "every control character",
            &with_record(5, |exported| {
                let all: String = (0..0x20u8)
                    .map(char::from)
                    .chain("\u{7f}\u{2028}\"\\/é🙂".chars())
                    .collect();
                exported.record.fields.insert("text".into(), text_of(&all));
            }),
            &pinned,
        ),
        case(
            "half of a surrogate pair",
            &with_line(6, |line| line.replace("signout", "\\ud800")),
            &pinned,
        ),
        case(
            "a white space more",
            &with_line(2, |line| line.replacen(':', ": ", 1)),
            &pinned,
        ),
        case(
            "a member more",
            &with_line(2, |line| line.replacen("\"v\":1", "\"v\":1,\"w\":1", 1)),
            &pinned,
        ),
        case(
            "a member twice",
            &with_line(2, |line| line.replacen("\"v\":1", "\"v\":1,\"v\":1", 1)),
            &pinned,
        ),
        case(
            "a fraction",
            &with_line(2, |line| line.replacen("\"v\":1", "\"v\":1.0", 1)),
            &pinned,
        ),
        case(
            "an actor spelt otherwise",
            &with_line(3, |line| line.replacen("person:3", "person:03", 1)),
            &pinned,
        ),
        case(
            "an actor beyond every number",
            &with_line(3, |line| line.replacen("person:3", "person:18446744073709551616", 1)),
            &pinned,
        ),
        case(
            "capital digits",
            &with_line(2, |line| line.replacen("device:", "device:A", 1)),
            &pinned,
        ),
        case("an empty line", &with_line(2, |_| String::new()), &pinned),
        case("rubbish", &with_line(2, |_| "\u{0}rubbish".into()), &pinned),
    ]
}

/// The log with a name that a relay with the key of `named` gives it, signed by another.
fn named_after(named: &Ed25519KeyPair, signer: &Ed25519KeyPair) -> Vec<String> {
    let origin = Origin::of_key(&LogKey::of(named));
    let mut lines = export();
    lines[0] = Header::new(origin.clone(), LogKey::of(signer)).line();
    let checkpoint = Checkpoint {
        origin,
        ..root_of_export()
    };
    lines[7] = checkpoint_line(&checkpoint.sign(signer));
    lines
}

/// One as it was signed, and one quoted, folded, with other line ends.
fn in_a_mail() -> String {
    let quoted: String = checkpoint_of(3).lines().map(|line| format!("> {line}\r\n")).collect();
    let folded = checkpoint_of(6).replacen("renfort ", "renfort\r\n ", 1);
    format!("Bonjour,\r\n\r\nvoici :\r\n{quoted}\r\net\u{a0}:\r\n{folded}\r\nAda\r\n12\r\n")
}

fn flipped_signature(line: &str) -> String {
    let at = line.len() - 8;
    let other = if line.as_bytes()[at] == b'A' { 'B' } else { 'A' };
    format!("{}{other}{}", &line[..at], &line[at + 1..])
}

fn root_of_export() -> Checkpoint {
    Checkpoint::verify(&checkpoint_of(6), &origin(), &LogKey::of(&pair())).unwrap()
}

#[test]
fn the_vectors_that_every_verifier_passes_are_these() {
    let sessions = crate::heads::told();
    let sessions = sessions.iter().map(|(name, lines)| case(name, lines, &kept(&[])));
    let vectors = json!({
        "about": "Exported logs and what a verifier says of each. A number in a case's lines is a line of `lines`. `key` is the relay's key as known from elsewhere, or null; `kept` are checkpoints from before.",
        "lines": export(),
        "cases": cases().into_iter().chain(sessions).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&vectors).unwrap() + "\n";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/log-proof.json");
    if std::env::var_os("RENFORT_GENERATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        text,
        "run this test with RENFORT_GENERATE=1 and look at what changed"
    );
}
