//! Session descriptions, and the packets of the picture.

use std::time::{Duration, Instant};

use bytes::Bytes;
use renfort_engine::transport::{
    Assembler, Frame, Packet, carries_datagrams, fingerprint, without_rejected_credentials,
};
use renfort_protocol::signalling::Sdp;

/// A session description: the one fingerprint that is found in it stands in it, and what the library gets of an answer says the
/// same of certificate and datagrams, and nothing more than was there.
pub(crate) fn description(bytes: &[u8]) {
    let Ok(text) = String::from_utf8(bytes.to_vec()) else {
        return;
    };
    let Ok(sdp) = Sdp::new(text) else { return };
    if let Ok(found) = fingerprint(&sdp) {
        assert!(sdp.as_str().contains(found));
    }
    let kept = without_rejected_credentials(&sdp);
    assert!(kept.len() <= sdp.as_str().len());
    if let Ok(kept) = Sdp::new(kept) {
        assert_eq!(fingerprint(&kept).ok(), fingerprint(&sdp).ok());
        assert_eq!(carries_datagrams(&kept), carries_datagrams(&sdp));
    }
}

/// Packets of the picture, each as: two bytes of sequence number, one of flags (1: the last of its unit, 2: time
/// passes before it), one of length, payload.
pub(crate) fn video(bytes: &[u8]) {
    let mut assembler = Assembler::new();
    let mut now = Instant::now();
    let mut rest = bytes;
    while let Some(([high, low, flags, length], after)) =
        rest.split_first_chunk::<4>().map(|(head, after)| (*head, after))
    {
        let (payload, after) = after.split_at(usize::from(length).min(after.len()));
        rest = after;
        if flags & 2 != 0 {
            now += Duration::from_millis(300);
            check(assembler.handle_timeout(now));
        }
        let packet = Packet {
            sequence: u16::from_be_bytes([high, low]),
            timestamp: u32::from(flags),
            marker: flags & 1 != 0,
            payload: Bytes::copy_from_slice(payload),
        };
        check(assembler.push(packet, now));
        assembler.wants_key_frame(now);
    }
}

/// What goes to the decoder begins with a start code (ITU-T H.264, annex B).
fn check(frames: Vec<Frame>) {
    for frame in frames {
        assert!(
            frame.unit.starts_with(&[0, 0, 0, 1]),
            "an access unit without a start code"
        );
    }
}
