//! What a list is narrowed by, and the key at which its next page begins.
//!
//! Invariant: a page key names the last row shown, so rows that arrive meanwhile never shift a page.

use renfort_protocol::{
    console::{
        Filter, OutcomeFilter,
        views::{MAX_SEARCH_CHARS, StateFilter},
    },
    ids::{PersonId, TicketId},
    people::Level,
    time::UnixMillis,
};

use super::supervision::Exactly;

/// Words that are searched for at most; with more, the filter is refused.
pub const MAX_WORDS: usize = 12;

/// A [`Filter`] that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Criteria {
    /// One ticket.
    pub ticket: Option<TicketId>,
    /// Words, each in summary, name or machine; in lower case.
    pub words: Vec<String>,
    /// Part of name or machine, in lower case.
    pub search: Option<String>,
    /// Part of the machine's name, in lower case.
    pub machine: Option<String>,
    /// One person's or machine's history.
    pub history: Option<Exactly>,
    /// A technician.
    pub technician: Option<PersonId>,
    /// The ticket's level.
    pub level: Option<Level>,
    /// Where the ticket stands.
    pub state: Option<StateFilter>,
    /// Only tickets that came back.
    pub reopened: bool,
    /// Not before.
    pub from: Option<UnixMillis>,
    /// Before.
    pub to: Option<UnixMillis>,
    /// How it ended.
    pub outcome: Option<OutcomeFilter>,
    /// The last row of the page before.
    pub after: Option<PageKey>,
}

/// The last row of a page: its instant, and its id as text, which settles ties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageKey {
    /// When it was opened or asked.
    pub at: UnixMillis,
    /// A session's id, or a ticket's number.
    pub id: String,
}

/// A filter that makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the filter's {0} is not valid")]
pub struct FilterError(pub &'static str);

impl Criteria {
    /// Checks a filter.
    ///
    /// # Errors
    /// Names the member that is wrong.
    pub fn new(filter: &Filter) -> Result<Self, FilterError> {
        let words: Vec<String> = text(filter.text.as_deref(), "text")?
            .map(|text| text.split_whitespace().map(str::to_owned).collect())
            .unwrap_or_default();
        if words.len() > MAX_WORDS {
            return Err(FilterError("text"));
        }
        if [filter.from, filter.to]
            .into_iter()
            .flatten()
            .any(|at| i64::try_from(at.0).is_err())
        {
            return Err(FilterError("from"));
        }
        if filter.technician.is_some_and(|id| i64::try_from(id).is_err()) {
            return Err(FilterError("technician"));
        }
        Ok(Self {
            ticket: filter.ticket,
            words,
            search: text(filter.person.as_deref(), "person")?,
            machine: text(filter.machine.as_deref(), "machine")?,
            history: None,
            technician: filter.technician.map(PersonId),
            level: filter.level,
            state: filter.state,
            reopened: filter.reopened.unwrap_or(false),
            from: filter.from,
            to: filter.to,
            outcome: filter.outcome,
            after: filter.after.as_deref().map(PageKey::parse).transpose()?,
        })
    }
}

/// What somebody looks for, in lower case; none when there is nothing but white space.
fn text(typed: Option<&str>, member: &'static str) -> Result<Option<String>, FilterError> {
    let typed = typed.map(str::trim).filter(|text| !text.is_empty());
    if typed.is_some_and(|text| text.chars().count() > MAX_SEARCH_CHARS) {
        return Err(FilterError(member));
    }
    Ok(typed.map(str::to_lowercase))
}

impl PageKey {
    /// Reads one back.
    ///
    /// # Errors
    /// When the text is none.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        const WRONG: FilterError = FilterError("after");
        let (at, id) = text.split_once('_').ok_or(WRONG)?;
        let at = at
            .parse::<u64>()
            .ok()
            .filter(|at| i64::try_from(*at).is_ok())
            .ok_or(WRONG)?;
        let known = !id.is_empty() && id.len() <= 32 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if known {
            Ok(Self {
                at: UnixMillis(at),
                id: id.to_owned(),
            })
        } else {
            Err(WRONG)
        }
    }
}

impl std::fmt::Display for PageKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{}", self.at.0, self.id)
    }
}

impl Criteria {
    /// What was searched for in texts about people, for the record of who looked.
    #[must_use]
    pub fn searched(&self) -> Option<String> {
        let parts: Vec<&str> = [&self.search, &self.machine]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .chain(self.words.iter().map(String::as_str))
            .collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

/// The summary as words are searched in it.
#[must_use]
pub fn searchable_summary(summary: &renfort_protocol::ticket::Summary) -> String {
    summary.as_str().to_lowercase()
}

/// What names are searched in: name and machine, in lower case as Unicode has it (SQLite knows ASCII only).
#[must_use]
pub fn searchable(user: &renfort_protocol::people::Stated) -> String {
    format!("{}\n{}", user.name, user.machine).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_key_reads_back_and_rubbish_is_refused() {
        let key = PageKey {
            at: UnixMillis(5),
            id: "1001".into(),
        };
        let filter = Filter {
            after: Some(key.to_string()),
            ..Filter::default()
        };
        assert_eq!(Criteria::new(&filter).unwrap().after, Some(key));
        for wrong in ["", "5", "x_1", "5_", "5_'; drop", "99999999999999999999_1"] {
            let filter = Filter {
                after: Some(wrong.into()),
                ..Filter::default()
            };
            assert_eq!(Criteria::new(&filter), Err(FilterError("after")), "{wrong:?}");
        }
    }

    #[test]
    fn a_search_ignores_case_and_surrounding_space_and_has_a_limit() {
        let search = |text: &str| {
            Criteria::new(&Filter {
                person: Some(text.into()),
                ..Filter::default()
            })
        };
        assert_eq!(search("  ÉLODIE ").unwrap().search.as_deref(), Some("élodie"));
        assert_eq!(search("  ").unwrap().search, None);
        assert_eq!(search(&"x".repeat(81)), Err(FilterError("person")));
    }
}
