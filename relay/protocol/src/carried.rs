//! A viewer's input as it travels beside the picture, in messages of the carriage between Rust peers.
//!
//! Flow: [`Carried::encode`] -> a message of the carriage, which arrives once and in its order -> [`Carried::decode`].
//! [`Carried::Turn`] says where among them a message of the data channel `session` belongs that must keep its order with
//! input ([`crate::session::FromViewer::keeps_turn`]).
//!
//! Invariant: what [`Carried::decode`] gives is within its limits, and is written in one way only.

use crate::{
    input::{Button, InputEvent, MAX_KEY_BYTES},
    keyboard::KeyMode,
};

/// Bytes of the largest: a key with both of its names.
pub const MAX_CARRIED_BYTES: usize = 2 + 2 * (1 + MAX_KEY_BYTES);

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// Input. The `order` of a move is not carried, and 0 when it is read: these are in order already.
    Input(InputEvent),
    /// It is the turn of the next message on `session` that keeps its own.
    Turn,
}

/// Bytes that are none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what was carried is no input")]
pub struct NotCarried;

const MOVE: u8 = 1;
const BUTTON_DOWN: u8 = 2;
const BUTTON_UP: u8 = 3;
const WHEEL: u8 = 4;
const KEY_DOWN: u8 = 5;
const KEY_UP: u8 = 6;
const LOCKS: u8 = 7;
const RELEASE_ALL: u8 = 8;
const TURN: u8 = 9;

const BUTTONS: [Button; 5] = [
    Button::Left,
    Button::Middle,
    Button::Right,
    Button::Back,
    Button::Forward,
];
const MODES: [KeyMode; 2] = [KeyMode::Physical, KeyMode::Character];
const FLAGS: [bool; 2] = [false, true];
/// Of a lamp that the technician's system may not have.
const LAMPS: [Option<bool>; 3] = [Some(false), Some(true), None];

impl Carried {
    /// As bytes, at most [`MAX_CARRIED_BYTES`] of an event that is within its limits.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(MAX_CARRIED_BYTES);
        match self {
            Self::Input(InputEvent::Move { x, y, .. }) => {
                bytes.push(MOVE);
                place(&mut bytes, *x, *y);
            }
            Self::Input(InputEvent::Button { button, pressed, x, y }) => {
                bytes.extend([if *pressed { BUTTON_DOWN } else { BUTTON_UP }, at(&BUTTONS, button)]);
                place(&mut bytes, *x, *y);
            }
            Self::Input(InputEvent::Wheel { dx, dy, x, y }) => {
                bytes.push(WHEEL);
                bytes.extend(dx.to_be_bytes());
                bytes.extend(dy.to_be_bytes());
                place(&mut bytes, *x, *y);
            }
            Self::Input(InputEvent::Key {
                code,
                key,
                how,
                pressed,
            }) => {
                bytes.extend([if *pressed { KEY_DOWN } else { KEY_UP }, at(&MODES, how)]);
                for name in [code, key] {
                    // Not above its limit, see above.
                    bytes.push(name.len() as u8);
                    bytes.extend_from_slice(name.as_bytes());
                }
            }
            Self::Input(InputEvent::Locks { caps, num }) => {
                bytes.extend([LOCKS, at(&FLAGS, caps), at(&LAMPS, num)]);
            }
            Self::Input(InputEvent::ReleaseAll) => bytes.push(RELEASE_ALL),
            Self::Turn => bytes.push(TURN),
        }
        bytes
    }

    /// Reads one.
    ///
    /// # Errors
    /// When the bytes are none.
    pub fn decode(bytes: &[u8]) -> Result<Self, NotCarried> {
        let mut rest = Reader(bytes);
        let carried = match rest.byte()? {
            MOVE => Self::Input(InputEvent::Move {
                order: 0,
                x: rest.pixels()?,
                y: rest.pixels()?,
            }),
            kind @ (BUTTON_DOWN | BUTTON_UP) => Self::Input(InputEvent::Button {
                button: rest.of(&BUTTONS)?,
                pressed: kind == BUTTON_DOWN,
                x: rest.pixels()?,
                y: rest.pixels()?,
            }),
            WHEEL => Self::Input(InputEvent::Wheel {
                dx: rest.units()?,
                dy: rest.units()?,
                x: rest.pixels()?,
                y: rest.pixels()?,
            }),
            kind @ (KEY_DOWN | KEY_UP) => {
                let how = rest.of(&MODES)?;
                Self::Input(InputEvent::Key {
                    code: rest.name()?,
                    key: rest.name()?,
                    how,
                    pressed: kind == KEY_DOWN,
                })
            }
            LOCKS => Self::Input(InputEvent::Locks {
                caps: rest.of(&FLAGS)?,
                num: rest.of(&LAMPS)?,
            }),
            RELEASE_ALL => Self::Input(InputEvent::ReleaseAll),
            TURN => Self::Turn,
            _ => return Err(NotCarried),
        };
        let whole = match &carried {
            Self::Input(event) => event.is_within_limits(),
            Self::Turn => true,
        };
        if whole && rest.0.is_empty() {
            Ok(carried)
        } else {
            Err(NotCarried)
        }
    }
}

fn place(bytes: &mut Vec<u8>, x: u16, y: u16) {
    bytes.extend(x.to_be_bytes());
    bytes.extend(y.to_be_bytes());
}

/// A value's place among all there are.
fn at<T: PartialEq>(all: &[T], value: &T) -> u8 {
    all.iter().position(|one| one == value).unwrap_or_default() as u8
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], NotCarried> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(NotCarried)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], NotCarried> {
        self.take(N)?.try_into().map_err(|_| NotCarried)
    }

    fn byte(&mut self) -> Result<u8, NotCarried> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn pixels(&mut self) -> Result<u16, NotCarried> {
        self.array().map(u16::from_be_bytes)
    }

    fn units(&mut self) -> Result<i16, NotCarried> {
        self.array().map(i16::from_be_bytes)
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> Result<T, NotCarried> {
        all.get(usize::from(self.byte()?)).copied().ok_or(NotCarried)
    }

    fn name(&mut self) -> Result<String, NotCarried> {
        let length = usize::from(self.byte()?);
        let name = std::str::from_utf8(self.take(length)?).map_err(|_| NotCarried)?;
        Ok(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: &str, key: &str, how: KeyMode, pressed: bool) -> Carried {
        Carried::Input(InputEvent::Key {
            code: code.into(),
            key: key.into(),
            how,
            pressed,
        })
    }

    #[test]
    fn each_is_written_as_the_specification_says_and_read_back() {
        let (x, y) = (258, 3);
        let button = |button, pressed| Carried::Input(InputEvent::Button { button, pressed, x, y });
        let cases: &[(Carried, &[u8])] = &[
            (Carried::Input(InputEvent::Move { order: 0, x, y }), &[1, 1, 2, 0, 3]),
            (button(Button::Left, true), &[2, 0, 1, 2, 0, 3]),
            (button(Button::Forward, false), &[3, 4, 1, 2, 0, 3]),
            (
                Carried::Input(InputEvent::Wheel {
                    dx: -120,
                    dy: 240,
                    x,
                    y,
                }),
                &[4, 0xFF, 0x88, 0, 240, 1, 2, 0, 3],
            ),
            (key("", "é", KeyMode::Character, true), &[5, 1, 0, 2, 0xC3, 0xA9]),
            (key("KeyA", "a", KeyMode::Physical, false), b"\x06\x00\x04KeyA\x01a"),
            (Carried::Input(InputEvent::Locks { caps: true, num: None }), &[7, 1, 2]),
            (Carried::Input(InputEvent::ReleaseAll), &[8]),
            (Carried::Turn, &[9]),
        ];
        for (carried, bytes) in cases {
            assert_eq!(carried.encode(), *bytes);
            assert_eq!(Carried::decode(bytes).as_ref(), Ok(carried));
            for short in 0..bytes.len() {
                assert_eq!(Carried::decode(&bytes[..short]), Err(NotCarried), "{carried:?} cut off");
            }
            assert_eq!(Carried::decode(&[bytes, &[0][..]].concat()), Err(NotCarried));
        }
    }

    #[test]
    fn the_largest_key_is_taken_and_nothing_beyond_its_limits() {
        let longest = "x".repeat(MAX_KEY_BYTES);
        let largest = key(&longest, &longest, KeyMode::Character, true);
        assert_eq!(largest.encode().len(), MAX_CARRIED_BYTES);
        assert_eq!(Carried::decode(&largest.encode()), Ok(largest));
        for malformed in [
            key("KeyA", "", KeyMode::Character, true).encode(),
            key(&"x".repeat(MAX_KEY_BYTES + 1), "a", KeyMode::Character, true).encode(),
            vec![5, 0, 0, 1, 0xFF],
            vec![5, 2, 0, 1, b'a'],
            vec![2, 5, 0, 0, 0, 0],
            vec![7, 2, 0],
            vec![7, 0, 3],
            vec![0],
            vec![10],
        ] {
            assert_eq!(Carried::decode(&malformed), Err(NotCarried), "{malformed:?}");
        }
    }
}
