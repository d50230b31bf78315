//! From RTP payloads to H.264 access units (RFC 6184, packetization mode 1).
//!
//! The library's own reader indexes past the end of a short aggregate and keeps fragments without bound; what comes
//! from a peer is read here instead.
//!
//! Invariant: never more than [`MAX_UNIT_BYTES`] are kept.

/// Largest access unit, in bytes. A key frame of a 4K screen full of text stays below.
pub const MAX_UNIT_BYTES: usize = 8 * 1024 * 1024;

const START_CODE: [u8; 4] = [0, 0, 0, 1];
const TYPE: u8 = 0x1f;
const AGGREGATE: u8 = 24;
const FRAGMENT: u8 = 28;
const FRAGMENT_START: u8 = 0x80;
const IDR_SLICE: u8 = 5;
const PARAMETERS: u8 = 7;

/// The payload is not what RFC 6184 allows here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the payload is not H.264 in packetization mode 1")]
pub struct Malformed;

/// An access unit being put together, in Annex B form.
#[derive(Debug, Default)]
pub struct AccessUnit {
    bytes: Vec<u8>,
    key: bool,
}

impl AccessUnit {
    /// Adds the next packet's payload.
    pub fn push(&mut self, payload: &[u8]) -> Result<(), Malformed> {
        let (&head, rest) = payload.split_first().ok_or(Malformed)?;
        match head & TYPE {
            1..=23 => self.unit(payload),
            AGGREGATE => self.aggregate(rest),
            FRAGMENT => self.fragment(head, rest),
            _ => Err(Malformed),
        }
    }

    /// Nothing in it yet?
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Can decoding begin here?
    pub const fn is_key(&self) -> bool {
        self.key
    }

    /// The finished unit; this one is empty afterwards.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(self).bytes
    }

    fn unit(&mut self, unit: &[u8]) -> Result<(), Malformed> {
        let (&head, rest) = unit.split_first().ok_or(Malformed)?;
        self.begin(head)?;
        self.extend(rest)
    }

    fn aggregate(&mut self, mut rest: &[u8]) -> Result<(), Malformed> {
        while let Some((length, tail)) = rest.split_first_chunk() {
            let length = usize::from(u16::from_be_bytes(*length));
            let (unit, tail) = tail.split_at_checked(length).ok_or(Malformed)?;
            self.unit(unit)?;
            rest = tail;
        }
        if rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }

    fn fragment(&mut self, indicator: u8, rest: &[u8]) -> Result<(), Malformed> {
        let (&header, data) = rest.split_first().ok_or(Malformed)?;
        if header & FRAGMENT_START != 0 {
            self.begin((indicator & !TYPE) | (header & TYPE))?;
        } else if self.bytes.is_empty() {
            return Err(Malformed);
        }
        self.extend(data)
    }

    fn begin(&mut self, head: u8) -> Result<(), Malformed> {
        self.key |= matches!(head & TYPE, IDR_SLICE | PARAMETERS);
        self.extend(&START_CODE)?;
        self.extend(&[head])
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        if self.bytes.len() + bytes.len() > MAX_UNIT_BYTES {
            return Err(Malformed);
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;
    use rtc::rtp::{codec::h264::H264Payloader, packetizer::Payloader};

    use super::*;

    #[test]
    fn what_the_sender_splits_is_put_together_again() {
        let slice: Vec<u8> = std::iter::once(0x65)
            .chain((0..5_000_u32).map(|i| (i % 250) as u8 + 2))
            .collect();
        let unit = [
            &START_CODE[..],
            &[0x67, 1, 2],
            &START_CODE,
            &[0x68, 3, 4],
            &START_CODE,
            &slice,
        ]
        .concat();
        let payloads = H264Payloader::default()
            .payload(1_200, &Bytes::from(unit.clone()))
            .unwrap();
        assert!(payloads.len() > 4);
        let mut whole = AccessUnit::default();
        for payload in payloads {
            whole.push(&payload).unwrap();
        }
        assert!(whole.is_key());
        assert_eq!(whole.take(), unit);
        assert!(whole.is_empty() && !whole.is_key());
    }

    #[test]
    fn a_slice_that_needs_others_is_not_a_key_frame() {
        let mut unit = AccessUnit::default();
        unit.push(&[0x41, 9, 9]).unwrap();
        assert!(!unit.is_key());
    }

    #[test]
    fn broken_payloads_are_refused() {
        for payload in [
            &[][..],
            &[28],
            &[28, 0x05, 1],
            &[24, 0, 9, 1],
            &[24, 0, 1, 0x67, 7],
            &[24, 0, 0],
            &[29, 1, 2],
        ] {
            assert_eq!(AccessUnit::default().push(payload), Err(Malformed), "{payload:?}");
        }
    }

    #[test]
    fn an_endless_unit_is_refused_at_its_limit() {
        let mut unit = AccessUnit::default();
        let payload = [[0x65].as_slice(), &[1; 1_000_000]].concat();
        let refused = (0..9).find(|_| unit.push(&payload).is_err());
        assert_eq!(refused, Some(8));
    }

    proptest! {
        #[test]
        fn no_payload_makes_it_panic(payloads in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..8)) {
            let mut unit = AccessUnit::default();
            for payload in payloads {
                let _ = unit.push(&payload);
            }
        }
    }
}
