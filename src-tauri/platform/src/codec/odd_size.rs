//! Odd sizes in a stream that can only say even ones.
//!
//! With 4:2:0 the cropping of a sequence parameter set counts in units of two pixels (ITU-T H.264, 7.4.2.1.1). A screen
//! of an odd size is therefore padded to the next even one, and each key frame carries an SEI message (user data
//! unregistered, D.2.7) that says which sides to trim. Decoders that do not know it show one repeated row or column.
//!
//! Invariant: the message contains no zero byte, so it needs no emulation prevention (7.4.1).

use renfort_engine::seams::Size;

/// NAL unit type 6 (SEI), payload type 5, payload size 17, then the UUID that marks the message as ours.
const START: [u8; 23] = [
    0, 0, 0, 1, 6, 5, 17, 0x9d, 0x3a, 0x5e, 0x71, 0xc2, 0x4b, 0x4f, 0x86, 0xa1, 0x57, 0xe8, 0x2d, 0x93, 0xb6, 0x64,
    0x1c,
];
/// So that the byte of flags is never zero.
const FLAGS: u8 = 0x10;
const WIDTH_IS_ODD: u8 = 1;
const HEIGHT_IS_ODD: u8 = 2;
/// Stop bit of the message's RBSP.
const END: u8 = 0x80;
/// The message stands between the parameter sets and the picture, so it need not be searched for in all of a unit.
const SEARCHED_BYTES: usize = 512;

/// Which sides of the even picture are padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Trim {
    width: bool,
    height: bool,
}

impl Trim {
    /// What has to be trimmed to come back to this size.
    pub(super) const fn of(size: Size) -> Self {
        Self {
            width: size.width % 2 == 1,
            height: size.height % 2 == 1,
        }
    }

    /// The true size of a picture that was padded to this one.
    pub(super) fn apply(self, padded: Size) -> Size {
        Size {
            width: padded.width.saturating_sub(self.width.into()),
            height: padded.height.saturating_sub(self.height.into()),
        }
    }

    /// The SEI message in Annex B form; nothing when nothing has to be trimmed.
    pub(super) fn message(self) -> Vec<u8> {
        if self == Self::default() {
            return Vec::new();
        }
        let mut message = START.to_vec();
        message.push(FLAGS | if self.width { WIDTH_IS_ODD } else { 0 } | if self.height { HEIGHT_IS_ODD } else { 0 });
        message.push(END);
        message
    }

    /// What an access unit says, which can only be relied on when decoding can begin there; none for other units.
    pub(super) fn read(access_unit: &[u8]) -> Option<Self> {
        let searched = &access_unit[..access_unit.len().min(SEARCHED_BYTES)];
        let begins_sequence = searched
            .windows(4)
            .any(|window| window[..3] == [0, 0, 1] && window[3] & 0x1f == 7);
        if !begins_sequence {
            return None;
        }
        // The start code may have three or four bytes, depending on who put the unit together again.
        let mark = &START[1..];
        let flags = searched
            .windows(mark.len() + 1)
            .find(|window| window.starts_with(mark))
            .map_or(0, |window| window[mark.len()]);
        Some(Self {
            width: flags & WIDTH_IS_ODD != 0,
            height: flags & HEIGHT_IS_ODD != 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMETER_SET: [u8; 6] = [0, 0, 0, 1, 0x67, 0x42];

    #[test]
    fn an_odd_size_survives_the_way() {
        for (width, height) in [(1366, 767), (1365, 768), (1365, 767), (1366, 768)] {
            let size = Size { width, height };
            let padded = Size {
                width: width.next_multiple_of(2),
                height: height.next_multiple_of(2),
            };
            let unit = [&PARAMETER_SET[..], &Trim::of(size).message()].concat();
            assert_eq!(Trim::read(&unit).map(|trim| trim.apply(padded)), Some(size));
        }
    }

    #[test]
    fn a_unit_without_parameter_sets_says_nothing() {
        assert_eq!(Trim::read(&[0, 0, 0, 1, 0x41, 0x9a]), None);
        assert_eq!(Trim::read(&[]), None);
    }
}
