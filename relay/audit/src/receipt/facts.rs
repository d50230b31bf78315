//! What a receipt tells, read from its records and nothing else.

use std::collections::BTreeSet;

use renfort_protocol::{ids::TicketId, ticket::Counts, time::UnixMillis};

use crate::{
    actor::Actor,
    receipt::{Fault, Included, Proof, heads::Heads, parties::Parties},
};

/// What an endpoint said of the session's records at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// It signed these, and the signature fits.
    Checked(Covered),
    /// It signed these; the key to check that with was erased.
    Unchecked(Covered),
    /// It did not agree with them.
    Disputed,
    /// It said nothing, or not yet.
    Not,
}

/// What a signature is about: the records of a session up to one of them. The end that signs has counted its own reports among
/// them, and was told the last one's hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Covered {
    /// Number of the last record that it covers, in the log.
    pub last: u64,
    /// Records of the session after that, but for what the ends themselves say of the records: not signed.
    pub after: u64,
    /// Reports of this very end among those.
    pub reports_after: u64,
}

impl Signed {
    /// What it covers, if it is a signature.
    #[must_use]
    pub const fn covered(&self) -> Option<&Covered> {
        match self {
            Self::Checked(covered) | Self::Unchecked(covered) => Some(covered),
            Self::Disputed | Self::Not => None,
        }
    }
}

/// What a receipt tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The organisation's name.
    pub organisation: String,
    /// The ticket.
    pub ticket: TicketId,
    /// What was asked; none when it was erased.
    pub summary: Option<String>,
    /// The user's name, as stated; none when it was erased.
    pub user: Option<String>,
    /// The user's machine, as stated; none when it was erased.
    pub machine: Option<String>,
    /// The technician's name; none when it was erased, or when no record tells it.
    pub technician: Option<String>,
    /// The technician's level.
    pub level: Option<u64>,
    /// The technician showed no card of the organisation, only that they knew the code that the user's machine showed.
    pub by_code: bool,
    /// When the ticket was opened.
    pub opened_at: UnixMillis,
    /// When the user said yes.
    pub allowed_at: Option<UnixMillis>,
    /// When the session ended.
    pub ended_at: UnixMillis,
    /// Why.
    pub reason: String,
    /// Time the screen was seen, in milliseconds.
    pub viewed_ms: u64,
    /// Time control was held, in milliseconds.
    pub controlled_ms: u64,
    /// What was done.
    pub counts: Counts,
    /// What was allowed at some time: `view`, `control`, `clipboard`.
    pub allowed: BTreeSet<String>,
    /// How often the user said no to a question within the session.
    pub refused: u64,
    /// How often nobody answered one, which counts as no.
    pub unanswered: u64,
    /// Pieces of input that the user's machine did not carry out.
    pub denied_inputs: u64,
    /// The user reported abuse.
    pub abuse: bool,
    /// How the technician closed the ticket after the session.
    pub outcome: Option<String>,
    /// The user's own last word: solved or not.
    pub solved: Option<bool>,
    /// What the user's machine said of the records.
    pub by_user: Signed,
    /// What the technician's machine said of the records.
    pub by_technician: Signed,
    /// Records in the receipt.
    pub records: u64,
    /// Records in the log that it was taken from.
    pub log_size: u64,
}

impl Facts {
    pub(super) fn of(proof: &Proof, log_size: u64, parties: &Parties<'_>, heads: Heads) -> Result<Self, Fault> {
        let of_session = |code: &str| {
            let fits = move |one: &&Included| one.record.session.is_some() && one.record.code == code;
            proof.records.iter().find(fits)
        };
        let opened = parties.opened;
        let ticket = opened.record.ticket.ok_or(Fault::NoTicket)?;
        let ended = of_session("session.ended").ok_or(Fault::NoEnd)?;
        let taken = taken(proof);
        let mut facts = Self {
            organisation: proof.organisation.organisation.name.to_string(),
            ticket,
            summary: opened.shown("summary").map(str::to_owned),
            user: opened.shown("name").map(str::to_owned),
            machine: opened.shown("machine").map(str::to_owned),
            technician: taken.and_then(|taken| taken.shown("technician")).map(str::to_owned),
            level: taken.and_then(|taken| taken.number("level")),
            by_code: of_session("consent.asked").and_then(|asked| asked.text("by")) == Some("code"),
            opened_at: opened.record.at,
            allowed_at: of_session("consent.granted").map(|granted| granted.record.at),
            ended_at: ended.record.at,
            reason: ended.text("reason").unwrap_or_default().to_owned(),
            viewed_ms: ended.number("viewed_ms").unwrap_or(0),
            controlled_ms: ended.number("controlled_ms").unwrap_or(0),
            counts: Counts::default(),
            allowed: BTreeSet::new(),
            refused: 0,
            unanswered: 0,
            denied_inputs: 0,
            abuse: of_session("session.abuse_reported").is_some(),
            outcome: None,
            solved: None,
            by_user: heads.sharer,
            by_technician: heads.viewer,
            records: proof.records.len() as u64,
            log_size,
        };
        let began = proof.records.iter().find(|one| one.record.session.is_some());
        let began = began.map_or(0, |first| first.record.seq);
        for one in &proof.records {
            if parties.is_users_report(one) {
                facts.add_report(one);
            } else {
                facts.add(one, began);
            }
        }
        Ok(facts)
    }

    /// What the user's machine enforced and counted.
    fn add_report(&mut self, one: &Included) {
        let number = |name: &str| one.number(name).unwrap_or(0);
        match one.record.code.as_str() {
            "control.allowed" => self.allow("control"),
            "clipboard.allowed" => self.allow("clipboard"),
            "view.refused" | "control.refused" | "clipboard.refused" => self.refuse(one),
            "input.denied" => self.denied_inputs = self.denied_inputs.saturating_add(number("times")),
            "input.counted" => {
                let sum = &mut self.counts;
                sum.keys = sum.keys.saturating_add(number("keys"));
                sum.clicks = sum.clicks.saturating_add(number("clicks"));
                sum.clipboard_to_user = sum.clipboard_to_user.saturating_add(number("clipboard_to_user"));
                sum.clipboard_from_user = sum.clipboard_from_user.saturating_add(number("clipboard_from_user"));
                sum.chat = sum.chat.saturating_add(number("chat"));
            }
            _ => {}
        }
    }

    /// `began` is the number of the session's first record: what became of the ticket counts from there.
    fn add(&mut self, one: &Included, began: u64) {
        match one.record.code.as_str() {
            "consent.granted" => {
                let words = one.text("capabilities").unwrap_or_default();
                self.allowed.extend(words.split_whitespace().map(str::to_owned));
            }
            "ticket.closed" if one.record.seq > began => {
                self.outcome = one.text("outcome").map(str::to_owned);
            }
            "ticket.escalated" if one.record.seq > began => self.outcome = Some("escalated".to_owned()),
            "ticket.feedback" if one.record.seq > began => self.solved = one.flag("solved"),
            _ => {}
        }
    }

    fn refuse(&mut self, one: &Included) {
        let sum = match (one.flag("timed_out"), one.text("by")) {
            (Some(true), _) => &mut self.unanswered,
            (_, Some("user")) => &mut self.refused,
            // Their machine did, or the record is from before it said who.
            _ => return,
        };
        *sum = sum.saturating_add(1);
    }

    fn allow(&mut self, what: &str) {
        self.allowed.insert(what.to_owned());
    }
}

/// Who took the ticket and then asked for the session.
pub(super) fn taken(proof: &Proof) -> Option<&Included> {
    let first = proof.records.iter().find(|one| one.record.session_seq == Some(0))?;
    let Actor::Person(person) = first.record.actor else {
        return None;
    };
    proof
        .records
        .iter()
        .filter(|one| one.record.code == "ticket.taken" && one.number("person") == Some(person.0))
        .rfind(|one| one.record.seq < first.record.seq)
        .or_else(|| {
            // Taking and asking are written together, in either order.
            let mut later = proof.records.iter().filter(|one| one.record.code == "ticket.taken");
            later.find(|one| one.number("person") == Some(person.0))
        })
}
