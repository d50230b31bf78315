//! The page: plain language, printable, one file, without script and without anything from outside.
//!
//! Invariant: what stands in a record is never read as markup: texts are escaped, and the embedded JSON holds no `<`.

use super::{
    Facts, Receipt, Signed,
    date::Clock,
    steps,
    words::{self, Words},
};
use crate::hash::Digest;

/// What stands before the embedded JSON.
pub(super) const DATA_BEGIN: &str = "<script type=\"application/json\" id=\"renfort-receipt\">";
/// What stands after it.
pub(super) const DATA_END: &str = "</script>\n</body>\n</html>\n";

const STYLE: &str = "\
:root{color-scheme:light}\
body{font:16px/1.5 system-ui,sans-serif;color:#1b1f24;background:#fff;margin:0}\
main{max-width:44rem;margin:0 auto;padding:2rem 1.25rem}\
h1{font-size:1.6rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.25rem 0}\
dl{display:grid;grid-template-columns:minmax(9rem,16rem) 1fr;gap:.35rem 1rem;margin:.5rem 0}\
dt{color:#57606a}dd{margin:0;overflow-wrap:anywhere}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.2rem .75rem .2rem 0;border-bottom:1px solid #d0d7de}\
td.n,th.n{white-space:nowrap;font-variant-numeric:tabular-nums}.q{color:#57606a}code{font-size:.85rem;overflow-wrap:anywhere}\
@media print{main{max-width:none;padding:0}h2{break-after:avoid}tr{break-inside:avoid}}";

/// Text as HTML shows it. Both directions of writing are kept apart by `<bdi>` around it.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

fn isolated(text: &str) -> String {
    format!("<bdi>{}</bdi>", escaped(text))
}

/// JSON that means the same, and cannot end the element that it stands in.
fn embedded(receipt: &Receipt) -> String {
    serde_json::to_string(receipt)
        .expect("a receipt is plain JSON")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

/// `1 h 02 min 05 s`.
fn duration(ms: u64, words: &Words) -> String {
    let seconds = ms / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let Words {
        hour, minute, second, ..
    } = words;
    if hours > 0 {
        format!("{hours} {hour} {minutes:02} {minute} {seconds:02} {second}")
    } else if minutes > 0 {
        format!("{minutes} {minute} {seconds:02} {second}")
    } else {
        format!("{seconds} {second}")
    }
}

/// How far a signature goes, and what came after it.
fn signed_in_words(signed: Signed, words: &Words) -> String {
    let (how, covered) = match signed {
        Signed::Checked(covered) => (words.fits, covered),
        Signed::Unchecked(covered) => (words.unchecked, covered),
        Signed::Disputed => return words.disputed.to_owned(),
        Signed::Not => return words.unsigned.to_owned(),
    };
    let told = format!("{} {}{how}", words.signed, covered.last);
    match covered.after {
        0 => told,
        after => format!("{told} ({}{} {after})", words.after, words.colon),
    }
}

/// Writes the page from its top to its bottom.
struct Page<'a> {
    out: String,
    words: &'a Words,
    clock: Clock,
}

impl Page<'_> {
    fn push(&mut self, html: &str) {
        self.out.push_str(html);
        self.out.push('\n');
    }

    fn heading(&mut self, text: &str) {
        self.push(&format!("<h2>{}</h2>", escaped(text)));
    }

    /// A line of a list; `html` is safe already.
    fn row(&mut self, name: &str, html: &str) {
        self.push(&format!("<dt>{}</dt><dd>{html}</dd>", escaped(name)));
    }

    fn person(&self, shown: Option<&String>) -> String {
        match shown {
            Some(text) => isolated(text),
            None => format!("<i>{}</i>", self.words.erased),
        }
    }

    fn head(&mut self, facts: &Facts) {
        let words = self.words;
        self.push("<!doctype html>");
        self.push(&format!("<html lang=\"{}\">", words.lang));
        self.push("<head>");
        self.push("<meta charset=\"utf-8\">");
        // Nothing but this very style applies (CSP Level 3, hashes): not even one that a record could smuggle in.
        let style = data_encoding::BASE64.encode(&Digest::of(&[STYLE.as_bytes()]).0);
        self.push(&format!(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{style}'\">"
        ));
        self.push("<meta name=\"viewport\" content=\"width=device-width\">");
        self.push(&format!("<title>{} {}</title>", words.title, facts.ticket));
        self.push(&format!("<style>{STYLE}</style>"));
        self.push("</head>");
        self.push("<body>");
        self.push("<main>");
        self.push(&format!("<h1>{}</h1>", words.title));
        self.push(&format!("<p>{} {}</p>", words.from, isolated(&facts.organisation)));
    }

    fn who_and_when(&mut self, facts: &Facts) {
        let words = self.words;
        self.push("<dl>");
        self.row(words.ticket, &facts.ticket.to_string());
        let summary = self.person(facts.summary.as_ref());
        self.row(words.asked, &summary);
        let user = self.person(facts.user.as_ref());
        self.row(
            words.user,
            &format!("{user} <span class=\"q\">({})</span>", words.stated),
        );
        let machine = self.person(facts.machine.as_ref());
        self.row(words.machine, &machine);
        let technician = self.person(facts.technician.as_ref());
        let level = facts
            .level
            .map_or_else(String::new, |level| format!(", {} {level}", words.level));
        let shown = if facts.by_code { words.by_code } else { words.by_card };
        self.row(
            words.technician,
            &format!("{technician}{level} <span class=\"q\">({shown})</span>"),
        );
        let opened = self.clock.moment(facts.opened_at);
        self.row(words.opened, &opened);
        let allowed = facts
            .allowed_at
            .map_or_else(|| words.not_allowed.to_owned(), |at| self.clock.moment(at));
        self.row(words.allowed, &allowed);
        let ended = self.clock.moment(facts.ended_at);
        self.row(words.ended, &ended);
        self.push("</dl>");
        let zone = self.clock.zone();
        self.push(&format!("<p class=\"q\">{} {zone}.</p>", words.zone));
    }

    fn what(&mut self, facts: &Facts) {
        let words = self.words;
        self.heading(words.used);
        self.push("<dl>");
        let capabilities = [
            ("view", words.view, Some(facts.viewed_ms)),
            ("control", words.control, Some(facts.controlled_ms)),
            ("clipboard", words.clipboard, None),
        ];
        for (capability, name, lasted) in capabilities {
            let told = match (facts.allowed.contains(capability), lasted) {
                (false, _) => words.never.to_owned(),
                (true, None) => words.permitted.to_owned(),
                (true, Some(ms)) => format!("{}, {}", words.permitted, duration(ms, words)),
            };
            self.row(name, &told);
        }
        let counts = &facts.counts;
        let figures = [
            (words.keys, counts.keys),
            (words.clicks, counts.clicks),
            (words.to_user, counts.clipboard_to_user),
            (words.from_user, counts.clipboard_from_user),
            (words.chat, counts.chat),
            (words.refused, facts.refused),
            (words.unanswered, facts.unanswered),
            (words.denied, facts.denied_inputs),
        ];
        for (name, count) in figures {
            self.row(name, &count.to_string());
        }
        self.push("</dl>");
        self.push(&format!("<p class=\"q\">{}</p>", words.contents));
        let late = facts.by_user.covered().map_or(0, |covered| covered.reports_after);
        if late > 0 {
            self.push(&format!("<p>{}{} {late}.</p>", words.late, words.colon));
        }
    }

    fn end(&mut self, facts: &Facts) {
        let words = self.words;
        let language = self.clock.language;
        self.heading(words.how);
        let reason = words::reason(language, &facts.reason).map_or_else(|| isolated(&facts.reason), escaped);
        self.push(&format!("<p>{reason}</p>"));
        if let Some(outcome) = &facts.outcome {
            let told = words::outcome(language, outcome).map_or_else(|| isolated(outcome), escaped);
            self.push(&format!("<p>{}{} {told}.</p>", words.outcome, words.colon));
        }
        if let Some(solved) = facts.solved {
            let told = if solved { words.yes } else { words.no };
            self.push(&format!("<p>{}{} {told}.</p>", words.your_word, words.colon));
        }
        let abuse = if facts.abuse {
            words.abuse_reported
        } else {
            words.no_abuse
        };
        self.push(&format!("<p>{}{} {}</p>", words.abuse, words.colon, escaped(abuse)));
    }

    fn signatures(&mut self, facts: &Facts) {
        let words = self.words;
        self.heading(words.signatures);
        self.push("<dl>");
        for (name, signed) in [
            (words.by_user, facts.by_user),
            (words.by_technician, facts.by_technician),
        ] {
            let told = signed_in_words(signed, words);
            self.row(name, &escaped(&told));
        }
        self.push("</dl>");
    }

    fn steps(&mut self, receipt: &Receipt) {
        let words = self.words;
        self.heading(words.steps);
        self.push("<table>");
        self.push(&format!(
            "<thead><tr><th class=\"n\" scope=\"col\">{}</th><th class=\"n\" scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead>",
            words.number, words.time, words.what
        ));
        self.push("<tbody>");
        for included in &receipt.proof.records {
            let record = &included.record;
            let time = self.clock.time(record.at);
            let told = steps::words(self.clock.language, included)
                .map_or_else(|| format!("<code>{}</code>", escaped(&record.code)), escaped);
            self.push(&format!(
                "<tr><td class=\"n\">{}</td><td class=\"n\">{time}</td><td>{told}</td></tr>",
                record.seq
            ));
        }
        self.push("</tbody>");
        self.push("</table>");
        self.push(&format!("<p class=\"q\">{}</p>", escaped(words.numbers)));
    }

    fn proof(&mut self, receipt: &Receipt, facts: &Facts) {
        let words = self.words;
        let proof = &receipt.proof;
        self.heading(words.proof);
        self.push(&format!("<p>{}</p>", escaped(words.proof_text)));
        self.push(&format!("<p><code>{}</code></p>", words.command));
        self.push("<dl>");
        self.row(words.records, &facts.records.to_string());
        self.row(words.log_size, &facts.log_size.to_string());
        self.row(words.log, &format!("<code>{}</code>", escaped(proof.origin.as_str())));
        self.row(words.key, &format!("<code>{}</code>", proof.key.0));
        self.row(
            words.organisation_key,
            &format!("<code>{}</code>", proof.organisation.organisation.key),
        );
        self.row(words.session, &format!("<code>{}</code>", proof.session));
        self.push("</dl>");
    }
}

pub(super) fn render(receipt: &Receipt, facts: &Facts) -> String {
    let mut page = Page {
        out: String::new(),
        words: words::of(receipt.language),
        clock: Clock {
            language: receipt.language,
            utc_offset: receipt.utc_offset,
        },
    };
    page.head(facts);
    page.who_and_when(facts);
    page.what(facts);
    page.end(facts);
    page.signatures(facts);
    page.steps(receipt);
    page.proof(receipt, facts);
    page.push("</main>");
    page.out.push_str(DATA_BEGIN);
    page.out.push_str(&embedded(receipt));
    page.out.push_str(DATA_END);
    page.out
}
