//! What a viewer says of the messages that came, while a sharer sends more.

use std::time::Duration;

use renfort_engine::messages::{Acknowledgement, Flow};

/// Bytes that may ever be on their way.
const MOST: usize = 4 << 20;
/// Updates of one input; more say nothing new.
const UPDATES: u32 = 4_096;

/// Turns and acknowledgements, each after so many half milliseconds as its first byte says, halved. Even: room is asked for, and where there is
/// some, as many updates leave as the next byte says, of 64 times as many bytes as the one after says. Odd: three bytes say how many updates
/// fewer have come than were sent, are composed than have come, and were carried out than are composed; 255 is one more. Three of 254 stand
/// for an acknowledgement as it comes, after them.
pub(crate) fn acknowledgements(bytes: &[u8]) {
    let mut now = Duration::ZERO;
    let mut flow = Flow::new(now);
    let (mut sent, mut carried_out) = (0_u32, 0);
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        now += Duration::from_micros(500) * u32::from(first / 2);
        if first % 2 == 0 {
            let Some(([updates, size], after)) = after.split_first_chunk::<2>() else {
                return;
            };
            rest = after;
            let room = flow.room(now);
            assert!(room <= MOST, "{room} bytes at once");
            let bytes = (usize::from(*size) + 1) * 64;
            if room > 0 && sent < UPDATES {
                let last = sent + u32::from(*updates);
                flow.planned(bytes * usize::from(*updates));
                flow.sent((sent + 1..=last).map(|sequence| (sequence, bytes)), now);
                sent = last;
            }
        } else {
            let Some((fewer, after)) = after.split_first_chunk::<3>() else {
                return;
            };
            rest = after;
            let said = if *fewer == [254; 3] {
                let (message, after) = rest.split_at(rest.len().min(13));
                rest = after;
                match Acknowledgement::read(message) {
                    Ok(said) => {
                        assert_eq!(said.encode(), message);
                        said
                    }
                    Err(_) => return,
                }
            } else {
                let less = |than: u32, fewer: u8| match fewer {
                    255 => than.wrapping_add(1),
                    fewer => than.saturating_sub(fewer.into()),
                };
                let arrived = less(sent, fewer[0]);
                let composed = less(arrived, fewer[1]);
                let complete = less(composed, fewer[2]);
                Acknowledgement {
                    picture: 1,
                    arrived,
                    composed,
                    complete,
                }
            };
            let can_be = said.arrived <= sent && said.composed <= said.arrived && said.complete <= said.composed;
            let heard = flow.acknowledged(said, now);
            assert_eq!(heard.is_ok(), can_be, "{said:?}");
            if heard.is_err() {
                return;
            }
        }
        assert!(flow.complete() <= sent, "what was not sent was carried out");
        assert!(flow.complete() >= carried_out, "what was carried out is not any more");
        carried_out = flow.complete();
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    /// A turn every 16 ms, of so many updates and bytes, and what the viewer says of it after so many half milliseconds each.
    fn scrolled(turns: usize, [updates, size]: [u8; 2], said: &[(u8, [u8; 3])]) -> Vec<u8> {
        let mut input = Vec::new();
        for _ in 0..turns {
            input.extend([32 * 2, updates, size]);
            for (after, fewer) in said {
                input.push(after * 2 + 1);
                input.extend(fewer);
            }
        }
        input
    }

    #[test]
    fn the_corpus_holds_viewers_of_each_kind() {
        let far = scrolled(60, [1, 200], &[(1, [9, 0, 0])]);
        let raw = [254, 254, 254, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1];
        let inputs = [
            ("one-that-composes-at-once", scrolled(60, [1, 120], &[(4, [0, 0, 0])])),
            (
                "a-page-and-one-that-is-slow",
                scrolled(20, [6, 255], &[(4, [0, 6, 0]), (120, [0, 3, 0]), (120, [0, 0, 0])]),
            ),
            ("one-that-never-rests", scrolled(60, [1, 120], &[(4, [0, 1, 0])])),
            ("one-that-hears-late", scrolled(30, [1, 120], &[(127, [1, 1, 0])])),
            ("something-was-lost", scrolled(40, [2, 90], &[(6, [0, 0, 30])])),
            ("far-away", far),
            ("nothing-is-said", scrolled(100, [2, 90], &[])),
            (
                "more-than-was-sent",
                [scrolled(3, [1, 1], &[]), vec![3, 255, 0, 0]].concat(),
            ),
            (
                "as-it-comes",
                [scrolled(3, [1, 1], &[]), vec![3], raw.to_vec()].concat(),
            ),
        ];
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/acknowledgements");
        for (name, input) in inputs {
            let path = folder.join(name);
            if std::env::var_os("RENFORT_GENERATE").is_some() {
                fs::create_dir_all(&folder).unwrap();
                fs::write(&path, &input).unwrap();
            }
            assert_eq!(fs::read(&path).ok(), Some(input), "{}", path.display());
        }
    }
}
