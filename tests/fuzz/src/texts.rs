//! Texts that people write and that others' programs read: words of a search, cells of a spreadsheet, business hours.

use renfort_figures::Calendar;
use renfort_protocol::time::UnixMillis;
use renfort_relay::{
    figures::parse_hours,
    http::console::csv_text::{Cell, lines},
    store::articles::terms::{MAX_TERM_CHARS, MAX_TERMS, Terms, words},
};

/// Words that somebody searches for, and what is looked for.
pub(crate) fn search(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        found_by_itself(text);
    }
}

/// A text is found by its own words, however many, long or odd they are.
pub(crate) fn found_by_itself(text: &str) {
    let words = words(text);
    assert!(
        words
            .iter()
            .all(|word| !word.is_empty() && word.chars().all(char::is_alphanumeric))
    );
    for terms in [Terms::of_search(text), Terms::of_sentence(text)] {
        assert!(terms.all_in(&words));
        assert!(terms.hits(&words) <= MAX_TERMS);
        assert!(
            terms
                .iter()
                .all(|term| term.chars().count() <= MAX_TERM_CHARS && term.chars().all(char::is_alphanumeric))
        );
    }
    assert_eq!(Terms::of_search(text).is_empty(), words.is_empty());
}

/// Cells, one a line: each reads back as one, and none is a formula, whatever the spreadsheet takes for the separator.
pub(crate) fn spreadsheet(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let cells: Vec<&str> = text.split('\0').collect();
    let file = lines([cells.iter().map(Cell::text).collect()]);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&file[..]);
    let mut rows = reader.records();
    let row = rows
        .next()
        .expect("a row of cells is one")
        .expect("what we write reads back");
    assert!(rows.next().is_none());
    assert_eq!(row.len(), cells.len());
    for (read, written) in row.iter().zip(&cells) {
        let bare = |text: &str| text.replace('\'', "");
        assert_eq!(bare(read), bare(written), "only apostrophes are added");
        // As a spreadsheet would see them that splits at these and skips white space and quotes.
        for seen in read.split([';', '\t', '\r', '\n']) {
            let begins = seen.chars().find(|char| !char.is_whitespace() && *char != '"');
            assert!(
                !begins.is_some_and(|char| "=+-@＝＋－＠".contains(char)),
                "{seen:?} is a formula"
            );
        }
    }
}

/// A file of business hours: what is taken is told as it was written, and counts no more time than passes.
pub(crate) fn hours(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(hours) = parse_hours(text) else { return };
    let written = serde_json::to_string(hours.file()).expect("a file of hours is plain JSON");
    let again = parse_hours(&written).expect("what was taken is taken again");
    assert_eq!(again.file(), hours.file());
    assert!(!hours.week_text().is_empty());
    // A week in which European clocks are put forward, and one in which they are put back.
    for from in [1_711_500_000_000, 1_729_800_000_000] {
        let (from, to) = (UnixMillis(from), UnixMillis(from + 7 * 24 * 3_600_000));
        let calendar = Calendar::new(&hours, from, to);
        let (whole, half) = (calendar.open_ms(from, to), UnixMillis((from.0 + to.0) / 2));
        assert!(whole <= to.0 - from.0);
        assert_eq!(calendar.open_ms(from, half) + calendar.open_ms(half, to), whole);
    }
}
