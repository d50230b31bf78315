//! Datagrams between two Rust peers.

use std::time::Duration;

use renfort_picture::{
    Planned,
    carriage::{Datagram, Endpoint, MAX_DATAGRAM, MAX_MESSAGE, Received, Side},
    wire::MAX_UPDATE_BYTES,
};
use renfort_protocol::carried::{Carried, MAX_CARRIED_BYTES};

/// Datagrams as they come to an endpoint: first a byte that says to which (0 is the sharer), then each as two bytes of
/// length and as many of it. A millisecond passes between two.
pub(crate) fn datagrams(bytes: &[u8]) {
    let Some((side, mut rest)) = bytes.split_first() else {
        return;
    };
    let is_sharer = *side == 0;
    let mut endpoint = Endpoint::new(if is_sharer { Side::Sharer } else { Side::Viewer }, 1);
    let mut picture = 0;
    if is_sharer {
        endpoint.begin();
        for sequence in 1..=3_u32 {
            let bytes = vec![sequence as u8; 900 * sequence.pow(2) as usize];
            assert_eq!(endpoint.send_update(Planned { sequence, bytes }), Ok(()));
        }
    }
    let mut complete = 0;
    for turn in 1.. {
        let now = Duration::from_millis(turn);
        if turn % 3 == 1 && turn < 300 {
            // Full when nobody acknowledges it.
            _ = endpoint.send_message(&turn.to_be_bytes());
        }
        let mut sent = 0;
        while let Some(datagram) = endpoint.poll(now) {
            assert!(datagram.len() <= MAX_DATAGRAM);
            let read = Datagram::decode(&datagram).map(|read| read.number > 0);
            assert_eq!(read, Ok(true), "one of its own that it would not take");
            sent += 1;
            assert!(sent < 200, "it sends without end");
        }
        let Some(([high, low], after)) = rest.split_first_chunk::<2>().map(|(head, after)| (*head, after)) else {
            return;
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let (datagram, after) = after.split_at(length.min(after.len()));
        rest = after;
        let Ok(received) = endpoint.receive(datagram, now) else {
            return;
        };
        for received in received {
            match received {
                Received::Update(update) => {
                    assert!(!is_sharer && (1..=MAX_UPDATE_BYTES).contains(&update.len()));
                    complete += 1;
                    endpoint.completed(picture, complete);
                }
                Received::Begun(next) => {
                    assert!(!is_sharer && next != picture);
                    (picture, complete) = (next, 0);
                }
                Received::Message(message) => assert!((1..=MAX_MESSAGE).contains(&message.len())),
                Received::Complete(now) => {
                    assert!(is_sharer && (complete + 1..=3).contains(&now));
                    complete = now;
                }
            }
        }
    }
}

/// Input as it is carried: what is read is written as the same bytes.
pub(crate) fn carried(bytes: &[u8]) {
    if let Ok(carried) = Carried::decode(bytes) {
        assert!(bytes.len() <= MAX_CARRIED_BYTES);
        assert_eq!(carried.encode(), bytes);
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// What both ends receive while a page, letters and keys travel, and every fifth datagram is lost.
    fn exchange() -> [Vec<u8>; 2] {
        let mut ends = [Endpoint::new(Side::Sharer, 1), Endpoint::new(Side::Viewer, 1)];
        let mut inputs = [vec![0], vec![1]];
        ends[0].begin();
        for sequence in 1..=3_u32 {
            let bytes = vec![sequence as u8; 900 * sequence.pow(2) as usize];
            ends[0].send_update(Planned { sequence, bytes }).unwrap();
        }
        let mut count = 0;
        for turn in 1..60_u64 {
            let now = Duration::from_millis(turn);
            if turn % 3 == 1 {
                ends[1].send_message(&turn.to_be_bytes()).unwrap();
            }
            for from in [0, 1] {
                while let Some(datagram) = ends[from].poll(now) {
                    count += 1;
                    if count % 5 == 0 {
                        continue;
                    }
                    inputs[1 - from].extend((datagram.len() as u16).to_be_bytes());
                    inputs[1 - from].extend(&datagram);
                    let received = ends[1 - from].receive(&datagram, now).unwrap();
                    if received.iter().any(|one| matches!(one, Received::Update(_))) {
                        ends[1].completed(1, 1);
                    }
                }
            }
        }
        inputs
    }

    #[test]
    fn the_corpus_holds_the_shared_vectors_and_an_exchange() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let vectors = fs::read_to_string(root.join("../../relay/protocol/vectors/carriage.json")).unwrap();
        let vectors: serde_json::Value = serde_json::from_str(&vectors).unwrap();
        let mut inputs = Vec::new();
        for case in vectors["cases"].as_array().unwrap() {
            let name = case["name"].as_str().unwrap();
            let name = name.replace(|letter: char| !letter.is_alphanumeric(), "-");
            let bytes = data_encoding::HEXLOWER
                .decode(case["datagram"].as_str().unwrap().as_bytes())
                .unwrap();
            let length = (bytes.len() as u16).to_be_bytes();
            for side in [0, 1] {
                inputs.push((format!("{name}-{side}"), [&[side], &length[..], &bytes].concat()));
            }
        }
        for (side, input) in exchange().into_iter().enumerate() {
            inputs.push((format!("exchange-{side}"), input));
        }
        for (name, input) in inputs {
            let path = root.join("corpus/carriage").join(name);
            if std::env::var_os("RENFORT_GENERATE").is_some() {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, &input).unwrap();
            }
            assert_eq!(fs::read(&path).ok(), Some(input), "{}", path.display());
        }
    }
}
