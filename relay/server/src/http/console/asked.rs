//! What a request to the console asks, read from the pieces of its path, from its query and from its body.
//!
//! Flow: axum takes a request apart; a handler that knows who asks has the rest read here.
//!
//! Invariant: reading is a function of the request's bytes alone, and what it gives is no longer and no larger than stores
//! can search and count.

use renfort_audit::event::{ConsoleView, ExportFormat};
use renfort_protocol::{
    article::ArticleFilter,
    console::{Filter, history::HistoryOf, story::StoryPart, views::NewView},
    error::{Code, WireError},
    figures::{PersonQuery, Purpose},
    ids::{ArticleId, PersonId, ReplyId, SessionId, TicketId},
    people::Name,
    reply::SaveReply,
    ticket::Language,
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::store::{
    filter::{Criteria, FilterError, PageKey},
    supervision::{Exactly, folded},
};

/// Characters of a search among articles that are looked at.
const MAX_SEARCH_CHARS: usize = 200;

/// The refusal that names a member.
pub(super) fn wrong(member: &str) -> WireError {
    WireError::from(Code::Malformed).with("member", member)
}

impl From<FilterError> for WireError {
    fn from(error: FilterError) -> Self {
        wrong(error.0)
    }
}

/// A query as it stands in the address; none is an empty one.
///
/// # Errors
/// [`Code::Malformed`].
pub fn query<T: DeserializeOwned>(text: Option<&str>) -> Result<T, WireError> {
    serde_urlencoded::from_str(text.unwrap_or_default()).map_err(|_| Code::Malformed.into())
}

/// A body of JSON.
///
/// # Errors
/// [`Code::Malformed`].
pub fn body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WireError> {
    serde_json::from_slice(bytes).map_err(|_| Code::Malformed.into())
}

/// Which sessions or tickets are to be listed.
///
/// # Errors
/// [`Code::Malformed`], with the member that is wrong where it is one.
pub fn list(text: Option<&str>) -> Result<Criteria, WireError> {
    Ok(Criteria::new(&query::<Filter>(text)?)?)
}

/// Which articles are to be listed.
///
/// # Errors
/// As [`list`].
pub fn articles(text: Option<&str>) -> Result<ArticleFilter, WireError> {
    let filter: ArticleFilter = query(text)?;
    let searched = filter.search.as_deref().unwrap_or_default();
    if searched.chars().nth(MAX_SEARCH_CHARS).is_some() {
        return Err(wrong("search"));
    }
    Ok(filter)
}

/// One person's or one machine's past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// As the log names the page.
    pub view: ConsoleView,
    /// As it was asked for.
    pub name: Name,
    /// As it is looked for.
    pub exactly: Exactly,
    /// The last row of the page before.
    pub after: Option<PageKey>,
}

/// Whose past is to be shown.
///
/// # Errors
/// As [`list`].
pub fn history(text: Option<&str>) -> Result<Past, WireError> {
    let HistoryOf { person, machine, after } = query(text)?;
    let after = after.as_deref().map(PageKey::parse).transpose()?;
    let (view, name, exactly) = match (person, machine) {
        (Some(name), None) => (
            ConsoleView::Person,
            name.clone(),
            Exactly::Person(folded(name.as_str())),
        ),
        (None, Some(name)) => (
            ConsoleView::Machine,
            name.clone(),
            Exactly::Machine(folded(name.as_str())),
        ),
        _ => return Err(wrong("person")),
    };
    Ok(Past {
        view,
        name,
        exactly,
        after,
    })
}

/// The first record that is to be shown of a ticket's story.
///
/// # Errors
/// As [`list`].
pub fn story(text: Option<&str>) -> Result<u64, WireError> {
    let StoryPart { from } = query(text)?;
    countable(from.unwrap_or(0)).ok_or_else(|| wrong("from"))
}

/// A view to be kept.
///
/// # Errors
/// As [`list`].
pub fn new_view(bytes: &[u8]) -> Result<NewView, WireError> {
    let view: NewView = body(bytes)?;
    match view.filter.technician {
        Some(id) if countable(id).is_none() => Err(wrong("technician")),
        _ => Ok(view),
    }
}

/// A reply to be kept, which is a new one.
///
/// # Errors
/// As [`list`], and what [`renfort_protocol::reply::ReplyContent::check`] finds.
pub fn new_reply(bytes: &[u8]) -> Result<SaveReply, WireError> {
    reply(bytes, false)
}

/// A reply to be kept in place of one of its versions.
///
/// # Errors
/// As [`new_reply`].
pub fn changed_reply(bytes: &[u8]) -> Result<SaveReply, WireError> {
    reply(bytes, true)
}

fn reply(bytes: &[u8], known: bool) -> Result<SaveReply, WireError> {
    let reply: SaveReply = body(bytes)?;
    if reply.version.is_some() != known {
        return Err(Code::Malformed.into());
    }
    reply.content.check()?;
    Ok(reply)
}

/// A [`PersonQuery`] before its members are looked at, so that the wrong one can be named.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonAsked {
    technician: PersonId,
    purpose: String,
    from: String,
    to: String,
}

/// Whose figures are wanted, and why.
///
/// # Errors
/// As [`list`].
pub fn person_figures(bytes: &[u8]) -> Result<PersonQuery, WireError> {
    let asked: PersonAsked = body(bytes)?;
    Ok(PersonQuery {
        technician: asked.technician,
        purpose: Purpose::new(asked.purpose).map_err(|_| wrong("purpose"))?,
        from: asked.from.parse().map_err(|_| wrong("from"))?,
        to: asked.to.parse().map_err(|_| wrong("to"))?,
    })
}

/// The ticket that a path names.
///
/// # Errors
/// When that is none.
pub fn ticket(text: &str) -> Result<TicketId, WireError> {
    text.parse().map_err(|_| Code::UnknownTicket.into())
}

/// The session that a path names.
///
/// # Errors
/// When that is none.
pub fn session(text: &str) -> Result<SessionId, WireError> {
    text.parse().map_err(|_| Code::UnknownSession.into())
}

/// The article that a path names.
///
/// # Errors
/// When that is none.
pub fn article(text: &str) -> Result<ArticleId, WireError> {
    text.parse().map_err(|_| Code::UnknownArticle.into())
}

/// The language that a path names.
///
/// # Errors
/// When there is no article in it.
pub fn language(text: &str) -> Result<Language, WireError> {
    match text {
        "en" => Ok(Language::En),
        "fr" => Ok(Language::Fr),
        _ => Err(Code::UnknownArticle.into()),
    }
}

/// The version of an article that a path names.
///
/// # Errors
/// When that is none.
pub fn version(text: &str) -> Result<u64, WireError> {
    let version = text.parse().ok().and_then(countable);
    version.ok_or_else(|| Code::UnknownArticle.into())
}

/// The canned reply that a path names.
///
/// # Errors
/// When that is none.
pub fn reply_id(text: &str) -> Result<ReplyId, WireError> {
    text.parse().map_err(|_| Code::UnknownReply.into())
}

/// The saved view that a path names.
///
/// # Errors
/// When that is none.
pub fn view(text: &str) -> Result<u64, WireError> {
    let id = text.parse().ok().and_then(countable);
    id.ok_or_else(|| Code::UnknownView.into())
}

/// The file that a path names, by what is in it and in which form.
///
/// # Errors
/// When there is no such file.
pub fn file(text: &str) -> Result<(ConsoleView, ExportFormat), WireError> {
    match text {
        "sessions.csv" => Ok((ConsoleView::Sessions, ExportFormat::Csv)),
        "sessions.jsonl" => Ok((ConsoleView::Sessions, ExportFormat::Jsonl)),
        "tickets.csv" => Ok((ConsoleView::Tickets, ExportFormat::Csv)),
        "tickets.jsonl" => Ok((ConsoleView::Tickets, ExportFormat::Jsonl)),
        "audit.csv" => Ok((ConsoleView::Audit, ExportFormat::Csv)),
        "audit.jsonl" => Ok((ConsoleView::Audit, ExportFormat::Jsonl)),
        _ => Err(Code::OutOfOrder.into()),
    }
}

/// A number, unless it is larger than any that a database can hold.
fn countable(number: u64) -> Option<u64> {
    i64::try_from(number).is_ok().then_some(number)
}
