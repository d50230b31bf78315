//! Comma-separated values (RFC 4180) that are safe to open in a spreadsheet.
//!
//! Spreadsheets take text that begins with `=`, `+`, `-` or `@` for a formula and run it (OWASP, CSV injection), so such a
//! character gets an apostrophe before it: at the start of a cell, and wherever a spreadsheet may see a cell's start,
//! for where the list separator is `;` a comma separates nothing, quotes inside do not count, and a text is split at its
//! own semicolons, tabs and line ends. The file begins with a byte order mark, without which
//! Excel reads UTF-8 as something else.

use jiff::Timestamp;
use renfort_protocol::time::UnixMillis;
use serde::Serialize;

/// UTF-8's byte order mark.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A cell.
pub enum Cell {
    /// Anything that somebody may have written, and fixed words.
    Text(String),
    /// A number of ours.
    Number(u64),
    /// Nothing.
    Empty,
}

impl Cell {
    /// Any text.
    pub fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }

    /// An instant, as ISO 8601 in UTC.
    pub fn instant(at: UnixMillis) -> Self {
        let timestamp = i64::try_from(at.0)
            .ok()
            .and_then(|millis| Timestamp::from_millisecond(millis).ok());
        timestamp.map_or(Self::Empty, |timestamp| Self::Text(timestamp.to_string()))
    }

    /// A value that is one word in JSON.
    pub fn word(value: impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(serde_json::Value::String(word)) => Self::Text(word),
            _ => Self::Empty,
        }
    }

    /// A cell that may be empty.
    pub fn maybe<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Empty, cell)
    }

    fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Empty => Vec::new(),
            Self::Number(number) => number.to_string().into_bytes(),
            Self::Text(text) => harmless(&text).into_bytes(),
        }
    }
}

/// The text with an apostrophe before whatever could begin a formula.
fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    if text.starts_with(['\t', '\r']) {
        out.push('\'');
    }
    let mut at_start = true;
    for char in text.chars() {
        match char {
            ';' | '\t' | '\r' | '\n' => at_start = true,
            // Skipped by spreadsheets before they look for a formula.
            '"' => {}
            blank if blank.is_whitespace() => {}
            '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' if at_start => {
                out.push('\'');
                at_start = false;
            }
            _ => at_start = false,
        }
        out.push(char);
    }
    out
}

/// Lines of cells.
///
/// # Panics
/// Never: it writes to memory.
pub fn lines(rows: impl IntoIterator<Item = Vec<Cell>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(Vec::new());
    for row in rows {
        writer
            .write_record(row.into_iter().map(Cell::into_bytes))
            .expect("memory takes every line");
    }
    writer.into_inner().expect("memory takes every line")
}

/// The line of column names, after the byte order mark.
pub fn heading(columns: &[&str]) -> Vec<u8> {
    let mut bytes = BYTE_ORDER_MARK.as_bytes().to_vec();
    bytes.extend(lines([columns.iter().map(Cell::text).collect()]));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_text_and_a_number_stays_one() {
        for (formula, text) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            ("＠SUM(A1)", "'＠SUM(A1)"),
            (" =1", " '=1"),
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r'=1"),
            ("a;=1+1", "a;'=1+1"),
            ("a; \"=1", "a; \"'=1"),
            ("a\t+1", "a\t'+1"),
            ("a\r\n-1", "a\r\n'-1"),
            ("a;;＋1;b=c", "a;;'＋1;b=c"),
            ("a = b - c; d @ e", "a = b - c; d @ e"),
        ] {
            let bytes = lines([vec![Cell::text(formula)]]);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
            let record = reader.records().next().unwrap().unwrap();
            assert_eq!(&record[0], text);
        }
        assert_eq!(
            lines([vec![Cell::Number(5), Cell::Empty, Cell::text("a=b")]]),
            b"5,,a=b\r\n"
        );
    }

    #[test]
    fn quotes_commas_line_ends_and_accents_survive() {
        let text = "L'écran, \"noir\"\nencore";
        let bytes = lines([vec![Cell::text(text)]]);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
        assert_eq!(&reader.records().next().unwrap().unwrap()[0], text);
        assert!(heading(&["a", "b"]).starts_with(&[0xef, 0xbb, 0xbf]));
    }

    #[test]
    fn an_instant_is_written_as_iso_8601() {
        let bytes = lines([vec![Cell::instant(UnixMillis(1_700_000_000_000))]]);
        assert_eq!(bytes, b"2023-11-14T22:13:20Z\r\n");
    }
}
