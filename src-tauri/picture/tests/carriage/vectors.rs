//! Datagrams and what is in them, in a file that every implementation must agree with:
//! `relay/protocol/vectors/carriage.json`.
//!
//! `RENFORT_GENERATE=1` writes what this one reads into the file, to be read before it is kept.

use renfort_picture::carriage::{CarriageError, Datagram, MAX_DATAGRAM};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Vectors {
    about: String,
    cases: Vec<Case>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Case {
    name: String,
    /// In hexadecimal.
    datagram: String,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Read(Content),
    Refused(Refusal),
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Content {
    picture: u8,
    number: u32,
    elicits: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    acknowledgement: Option<Acknowledgement>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    complete: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    messages: Option<Messages>,
    asks: bool,
    pieces: Vec<Piece>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Acknowledgement {
    delay: u32,
    runs: Vec<(u32, u32)>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Messages {
    first: u32,
    bytes: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Piece {
    sequence: u32,
    length: u32,
    index: u16,
    bytes: String,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Refusal {
    TooLarge,
    CutOff,
    Number,
    Part,
}

fn hexadecimal(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// About picture 7, but for the empty one.
fn read(name: &str, bytes: &[u8]) -> Case {
    let bytes = if bytes.is_empty() {
        Vec::new()
    } else {
        [&[7], bytes].concat()
    };
    let bytes = &bytes[..];
    let outcome = match Datagram::decode(bytes) {
        Ok(datagram) => Outcome::Read(Content {
            picture: datagram.picture,
            number: datagram.number,
            elicits: datagram.elicits(),
            acknowledgement: datagram.acknowledgement.map(|part| Acknowledgement {
                delay: part.delay,
                runs: part.runs,
            }),
            complete: datagram.complete,
            messages: datagram.messages.map(|part| Messages {
                first: part.first,
                bytes: part.bytes.into_iter().map(hexadecimal).collect(),
            }),
            asks: datagram.asks,
            pieces: (datagram.pieces.iter())
                .map(|piece| Piece {
                    sequence: piece.sequence,
                    length: piece.length,
                    index: piece.index,
                    bytes: hexadecimal(piece.bytes),
                })
                .collect(),
        }),
        Err(error) => Outcome::Refused(match error {
            CarriageError::TooLarge => Refusal::TooLarge,
            CarriageError::CutOff => Refusal::CutOff,
            CarriageError::Number => Refusal::Number,
            CarriageError::Part => Refusal::Part,
            other => panic!("{other} is not about the bytes of one datagram"),
        }),
    };
    Case {
        name: name.to_owned(),
        datagram: hexadecimal(bytes),
        outcome,
    }
}

fn all() -> Vectors {
    let full = [&[0, 0, 1, 0, 5, 3, 0x88, 0x10, 1][..], &[7; 1_024]].concat();
    let long = [&[0, 0, 1, 0, 5, 3, 0x88, 0x10, 1][..], &[7; 1_142]].concat();
    assert!(long.len() + 1 > MAX_DATAGRAM);
    let of_many = |runs: u8| {
        [
            &[0, 0, 1, 0, 1, 0x80, 2, 0, runs - 1, 1][..],
            &[1, 1].repeat(usize::from(runs) - 1),
        ]
        .concat()
    };
    let (most, too_many) = (of_many(32), of_many(33));
    let cases: &[(&str, &[u8])] = &[
        ("it asks", &[0, 0, 0, 1, 4]),
        ("one has come", &[0, 0, 0, 2, 1, 1, 0, 0, 1]),
        (
            "three runs have come, and how long it was kept",
            &[0, 0, 0, 2, 1, 20, 0xE8, 7, 2, 3, 1, 4, 5, 6],
        ),
        ("as many runs as may be", &most),
        ("carried out", &[0xFF, 0xFF, 0xFF, 0xFF, 2, 0xAC, 2]),
        ("two messages", &[0, 0, 0, 3, 3, 5, 2, 1, 65, 3, 66, 67, 68]),
        ("an update that is whole", &[0, 0, 0, 3, 5, 1, 3, 0, 1, 1, 4]),
        ("two of them", &[0, 0, 0, 3, 5, 1, 2, 0, 1, 1, 5, 2, 1, 0, 9]),
        ("a full piece", &full),
        ("the last piece", &[0, 0, 0, 3, 5, 3, 0x82, 0x10, 2, 8, 9]),
        (
            "everything",
            &[0, 0, 0, 9, 1, 4, 0, 0, 4, 2, 3, 3, 1, 1, 1, 65, 4, 5, 1, 1, 0, 6],
        ),
        ("refused: nothing", &[]),
        ("refused: only a number", &[0, 0, 0, 1]),
        ("refused: number 0", &[0, 0, 0, 0, 4]),
        ("refused: an unknown part", &[0, 0, 0, 1, 6]),
        ("refused: parts out of their order", &[0, 0, 0, 1, 4, 2, 1]),
        ("refused: a part twice", &[0, 0, 0, 1, 4, 4]),
        ("refused: a number longer than needed", &[0, 0, 0, 1, 2, 0x81, 0]),
        ("refused: an empty run", &[0, 0, 0, 1, 1, 5, 0, 0, 0]),
        ("refused: a run that reaches below 1", &[0, 0, 0, 1, 1, 5, 0, 0, 6]),
        ("refused: no gap", &[0, 0, 0, 1, 1, 5, 0, 1, 1, 0, 1]),
        ("refused: a gap that reaches 0", &[0, 0, 0, 1, 1, 5, 0, 1, 1, 4, 1]),
        ("refused: too many runs", &too_many),
        ("refused: update 0 carried out", &[0, 0, 0, 1, 2, 0]),
        ("refused: no message", &[0, 0, 0, 1, 3, 1, 0]),
        ("refused: an empty message", &[0, 0, 0, 1, 3, 1, 1, 0]),
        (
            "refused: a message that is too long",
            &[0, 0, 0, 1, 3, 1, 1, 0x81, 4, 0],
        ),
        ("refused: messages that are cut off", &[0, 0, 0, 1, 3, 1, 2, 1, 65]),
        ("refused: a piece beyond its update", &[0, 0, 0, 1, 5, 1, 3, 1, 1, 1, 4]),
        ("refused: an empty update", &[0, 0, 0, 1, 5, 1, 0, 0]),
        (
            "refused: an update that is too large",
            &[0, 0, 0, 1, 5, 1, 0x81, 0x80, 0x10, 0],
        ),
        ("refused: a piece that is cut off", &[0, 0, 0, 1, 5, 1, 3, 0, 1, 1]),
        ("refused: too many bytes", &long),
    ];
    Vectors {
        about: "Datagrams between two Rust peers, and what is in them.".to_owned(),
        cases: cases.iter().map(|(name, bytes)| read(name, bytes)).collect(),
    }
}

#[test]
fn datagrams_are_read_as_the_vectors_say() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../relay/protocol/vectors/carriage.json");
    let made = all();
    if std::env::var_os("RENFORT_GENERATE").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&made).unwrap() + "\n").unwrap();
    }
    let kept: Vectors = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    for case in &made.cases {
        let refused = matches!(case.outcome, Outcome::Refused(_));
        assert_eq!(refused, case.name.starts_with("refused"), "{case:?}");
    }
    assert_eq!(kept, made);
}
