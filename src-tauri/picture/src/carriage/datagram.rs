//! Datagrams as bytes. The layout stands in the protocol's README.
//!
//! Invariant: what [`Datagram::decode`] gives is inside its limits, whatever the bytes, and the bytes say one thing only.

use super::{CarriageError, MAX_DATAGRAM, MAX_MESSAGE, MAX_MESSAGES, MAX_RUNS, PIECE};
use crate::wire::{MAX_UPDATE_BYTES, Reader, Sequence, WireError, write_number};

/// What is in a datagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// Which picture its pieces are of, or what was carried out.
    pub picture: u8,
    /// Its number: 1, 2, 3 and so on. One may be left out; none is used twice.
    pub number: u32,
    /// What has come.
    pub acknowledgement: Option<Acknowledgement>,
    /// Every update up to this one has been carried out.
    pub complete: Option<Sequence>,
    /// Messages that follow each other.
    pub messages: Option<Messages<'a>>,
    /// Does it ask to be acknowledged, with nothing else in it to be?
    pub asks: bool,
    /// Pieces of updates.
    pub pieces: Vec<Piece<'a>>,
}

/// Which datagrams have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// From when the highest of them came until this was sent, in microseconds.
    pub delay: u32,
    /// First and last number of each run, the highest run first; at least one number is missing between two.
    pub runs: Vec<(u32, u32)>,
}

/// Messages that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Messages<'a> {
    /// Number of the first: 1, 2, 3 and so on.
    pub first: u32,
    /// At least one.
    pub bytes: Vec<&'a [u8]>,
}

/// A piece of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The update's number.
    pub sequence: Sequence,
    /// Bytes of the whole update.
    pub length: u32,
    /// Its place: it begins at `index` times [`PIECE`] bytes.
    pub index: u16,
    /// [`PIECE`] of them, or what is left.
    pub bytes: &'a [u8],
}

const ACKNOWLEDGEMENT: u8 = 1;
const COMPLETE: u8 = 2;
const MESSAGES: u8 = 3;
const ASK: u8 = 4;
const UPDATE: u8 = 5;

impl From<WireError> for CarriageError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::CutOff => Self::CutOff,
            _ => Self::Number,
        }
    }
}

/// Where a piece stands in an update of so many bytes.
pub(super) fn place(length: usize, index: u16) -> Option<std::ops::Range<usize>> {
    let start = usize::from(index) * PIECE;
    (start < length).then(|| start..length.min(start + PIECE))
}

impl<'a> Datagram<'a> {
    /// Reads one.
    ///
    /// # Errors
    /// When the bytes are none.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, CarriageError> {
        if bytes.len() > MAX_DATAGRAM {
            return Err(CarriageError::TooLarge);
        }
        let (&picture, rest) = bytes.split_first().ok_or(CarriageError::CutOff)?;
        let (number, rest) = rest.split_first_chunk::<4>().ok_or(CarriageError::CutOff)?;
        let number = nonzero(u32::from_be_bytes(*number))?;
        if rest.is_empty() {
            return Err(CarriageError::CutOff);
        }
        let mut datagram = Self {
            picture,
            number,
            acknowledgement: None,
            complete: None,
            messages: None,
            asks: false,
            pieces: Vec::new(),
        };
        let mut input = Reader(rest);
        let mut before = 0;
        while !input.0.is_empty() {
            let kind = input.byte()?;
            if kind < before || kind == before && kind != UPDATE {
                return Err(CarriageError::Part);
            }
            before = kind;
            match kind {
                ACKNOWLEDGEMENT => datagram.acknowledgement = Some(acknowledgement(&mut input)?),
                COMPLETE => datagram.complete = Some(nonzero(input.number()?)?),
                MESSAGES => datagram.messages = Some(messages(&mut input)?),
                ASK => datagram.asks = true,
                UPDATE => datagram.pieces.push(piece(&mut input)?),
                _ => return Err(CarriageError::Part),
            }
        }
        Ok(datagram)
    }

    /// Is it acknowledged? One that only acknowledges is not, or there would be no end.
    #[must_use]
    pub const fn elicits(&self) -> bool {
        self.asks || self.messages.is_some() || !self.pieces.is_empty()
    }
}

const fn nonzero(number: u32) -> Result<u32, CarriageError> {
    if number == 0 {
        return Err(CarriageError::Number);
    }
    Ok(number)
}

fn acknowledgement(input: &mut Reader) -> Result<Acknowledgement, CarriageError> {
    let mut last = nonzero(input.number()?)?;
    let delay = input.number()?;
    let gaps = input.number()? as usize;
    if gaps >= MAX_RUNS {
        return Err(CarriageError::Number);
    }
    let mut runs = Vec::with_capacity(gaps + 1);
    for place in 0..=gaps {
        if place > 0 {
            let gap = nonzero(input.number()?)?;
            let (first, _) = runs[place - 1];
            let below = u32::checked_sub(first, gap).and_then(|number| number.checked_sub(1));
            last = nonzero(below.ok_or(CarriageError::Number)?)?;
        }
        let span = nonzero(input.number()?)?;
        let first = nonzero(last.checked_sub(span - 1).ok_or(CarriageError::Number)?)?;
        runs.push((first, last));
    }
    Ok(Acknowledgement { delay, runs })
}

fn messages<'a>(input: &mut Reader<'a>) -> Result<Messages<'a>, CarriageError> {
    let first = nonzero(input.number()?)?;
    let count = nonzero(input.number()?)?;
    if count > MAX_MESSAGES || first.checked_add(count).is_none() {
        return Err(CarriageError::Number);
    }
    let mut bytes = Vec::new();
    for _ in 0..count {
        let length = nonzero(input.number()?)? as usize;
        if length > MAX_MESSAGE {
            return Err(CarriageError::Number);
        }
        bytes.push(input.bytes(length)?);
    }
    Ok(Messages { first, bytes })
}

fn piece<'a>(input: &mut Reader<'a>) -> Result<Piece<'a>, CarriageError> {
    let sequence = nonzero(input.number()?)?;
    let length = nonzero(input.number()?)?;
    let index = u16::try_from(input.number()?).map_err(|_| CarriageError::Number)?;
    if length as usize > MAX_UPDATE_BYTES {
        return Err(CarriageError::Number);
    }
    let place = place(length as usize, index).ok_or(CarriageError::Number)?;
    let bytes = input.bytes(place.len())?;
    Ok(Piece {
        sequence,
        length,
        index,
        bytes,
    })
}

/// Bytes that a number takes.
pub(super) const fn width(number: u32) -> usize {
    (32 - (number | 1).leading_zeros()).div_ceil(7) as usize
}

/// Writes a datagram part by part, in the order of the methods.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub fn new(picture: u8, number: u32) -> Self {
        let mut bytes = Vec::with_capacity(MAX_DATAGRAM);
        bytes.push(picture);
        bytes.extend(number.to_be_bytes());
        Self(bytes)
    }

    /// Bytes that still fit.
    pub const fn space(&self) -> usize {
        MAX_DATAGRAM - self.0.len()
    }

    pub fn finish(self) -> Vec<u8> {
        self.0
    }

    fn part(&mut self, kind: u8, numbers: impl IntoIterator<Item = u32>) {
        self.0.push(kind);
        for number in numbers {
            write_number(&mut self.0, number);
        }
    }

    /// The highest runs, as many as fit into `most` bytes; there is at least one.
    pub fn acknowledgement(&mut self, delay: u32, runs: impl Iterator<Item = (u32, u32)>, most: usize) {
        let mut numbers = Vec::new();
        let (mut newest, mut below, mut count, mut bytes) = (0, 0, 0_u32, 12);
        for (first, last) in runs.take(MAX_RUNS) {
            let span = last - first + 1;
            if newest == 0 {
                newest = last;
                bytes += width(span);
            } else {
                let gap = below - last - 1;
                bytes += width(gap) + width(span);
                if bytes > most {
                    break;
                }
                numbers.push(gap);
                count += 1;
            }
            numbers.push(span);
            below = first;
        }
        self.part(ACKNOWLEDGEMENT, [newest, delay, count]);
        for number in numbers {
            write_number(&mut self.0, number);
        }
    }

    pub fn complete(&mut self, complete: Sequence) {
        self.part(COMPLETE, [complete]);
    }

    pub fn messages<'a>(&mut self, first: u32, count: u32, messages: impl Iterator<Item = &'a [u8]>) {
        self.part(MESSAGES, [first, count]);
        for message in messages {
            write_number(&mut self.0, message.len() as u32);
            self.0.extend_from_slice(message);
        }
    }

    pub fn ask(&mut self) {
        self.part(ASK, []);
    }

    pub fn piece(&mut self, piece: &Piece) {
        self.part(UPDATE, [piece.sequence, piece.length, piece.index.into()]);
        self.0.extend_from_slice(piece.bytes);
    }
}

impl Piece<'_> {
    /// Bytes that it takes in a datagram.
    pub(super) const fn width(&self) -> usize {
        1 + width(self.sequence) + width(self.length) + width(self.index as u32) + self.bytes.len()
    }
}
