//! Help before the queue, and what is made of it afterwards: suggested articles for a user, canned replies and drafts
//! for a technician.
//!
//! Flow: while the sentence is written the relay is asked for articles, one question at a time and always about the
//! newest sentence; reading one, the user says that it solved the problem or goes on. A "solved" can be taken back for
//! [`UNDO_MS`]; only then it is counted.
//!
//! Invariant: none of this is ever in the way. Without the relay, or when it refuses, there are no suggestions and no word
//! about it; the sentence itself is never kept here longer than it is wanted.

use renfort_protocol::{
    article::{ArticleBody, ArticleTitle, ShownArticle, Suggestion},
    error::{Code, WireError},
    ids::{ArticleId, TicketId},
    reply::CannedReply,
    signalling::ToRelay,
    ticket::{Language, Summary},
    time::UnixMillis,
};

use super::{Controller, Turn, requests::Purpose};
use crate::view::HelpView;

/// For so long "that solved it" can be taken back before it is counted, in milliseconds.
pub(super) const UNDO_MS: u64 = 10_000;

/// What a user is offered instead of a technician.
#[derive(Debug, Default)]
pub(super) struct Help {
    suggestions: Vec<Suggestion>,
    /// Is the last question still of interest?
    wanted: bool,
    /// To be asked as soon as the question under way is answered.
    next: Option<Summary>,
    article: Option<ShownArticle>,
    solved: Option<Solved>,
}

/// An article that solved it.
#[derive(Debug)]
struct Solved {
    article: ArticleId,
    at: UnixMillis,
    counted: bool,
}

impl Help {
    /// As the interface shows it; none when there is nothing to show.
    pub(super) fn view(&self) -> Option<HelpView> {
        let anything = !self.suggestions.is_empty() || self.article.is_some() || self.solved.is_some();
        anything.then(|| HelpView {
            suggestions: self.suggestions.clone(),
            article: self.article.clone(),
            solved: self.solved.is_some(),
        })
    }
}

impl Controller {
    /// The sentence changed; none when it is too short to be asked about.
    pub(super) fn suggest(&mut self, text: Option<Summary>, turn: &mut Turn) {
        let help = &mut self.user.help;
        help.next = None;
        help.wanted = text.is_some();
        let Some(text) = text else {
            help.suggestions.clear();
            return;
        };
        if self.profile.technician() || self.user.needs_the_program() || !self.link.is_online() {
            self.user.help.suggestions.clear();
        } else if self.link.requests.any(|purpose| purpose == Purpose::Suggest) {
            self.user.help.next = Some(text);
        } else {
            let language = self.profile.language();
            self.link
                .requests
                .send(Purpose::Suggest, ToRelay::Suggest { text, language }, turn);
        }
    }

    pub(super) fn suggestions_came(&mut self, suggestions: Vec<Suggestion>) {
        if self.user.help.wanted {
            self.user.help.suggestions = suggestions;
        }
    }

    /// The last question is answered, one way or the other.
    pub(super) fn suggested(&mut self, turn: &mut Turn) {
        if let Some(text) = self.user.help.next.take() {
            self.suggest(Some(text), turn);
        }
    }

    pub(super) fn read_article(&mut self, article: ArticleId, turn: &mut Turn) {
        if self.profile.technician() || self.user.needs_the_program() {
            return self.out_of_order();
        }
        if !self.needs_relay() {
            let language = self.profile.language();
            let body = ToRelay::ReadArticle { article, language };
            self.link.requests.send(Purpose::Read(article), body, turn);
        }
    }

    pub(super) fn article_came(&mut self, article: ShownArticle) {
        if !self.user.needs_the_program() {
            self.user.help.article = Some(article);
        }
    }

    /// It cannot be read: what is suggested no longer exists, or the relay had no time.
    pub(super) fn article_refused(&mut self, article: ArticleId, error: WireError) {
        if error.code == Code::UnknownArticle {
            self.user.help.suggestions.retain(|other| other.article != article);
        }
        self.tell(error);
    }

    pub(super) fn close_article(&mut self) {
        self.user.help.article = None;
    }

    pub(super) fn article_solved(&mut self, turn: &Turn) {
        let Some(shown) = self.user.help.article.take() else {
            return self.out_of_order();
        };
        self.user.help.solved = Some(Solved {
            article: shown.article,
            at: turn.at,
            counted: false,
        });
    }

    /// It did not, after all.
    pub(super) fn not_solved_after_all(&mut self) {
        self.user.help.solved = None;
    }

    /// The thanks were read: everything of this request is forgotten.
    pub(super) fn leave_thanks(&mut self, turn: &mut Turn) {
        self.count_solved(turn);
        self.user.help = Help::default();
    }

    /// Counts what can no longer be taken back.
    pub(super) fn count_solved_in_time(&mut self, turn: &mut Turn) {
        let due = |solved: &Solved| turn.at >= solved.at.plus(UNDO_MS);
        if self.user.help.solved.as_ref().is_some_and(due) {
            self.count_solved(turn);
        }
    }

    pub(super) fn count_solved(&mut self, turn: &mut Turn) {
        let Some(solved) = self.user.help.solved.as_mut().filter(|solved| !solved.counted) else {
            return;
        };
        solved.counted = true;
        // Without the relay it is not counted: a figure that is too low does no harm.
        if self.link.is_online() {
            let body = ToRelay::Deflected {
                article: solved.article,
            };
            self.link.requests.send(Purpose::Deflected, body, turn);
        }
    }

    /// Technician: fetches the canned replies anew, each time they are looked for.
    pub(super) fn show_replies(&mut self, turn: &mut Turn) {
        if self.desk.person.is_none() {
            return self.out_of_order();
        }
        let under_way = self.link.requests.any(|purpose| purpose == Purpose::Replies);
        if !under_way && !self.needs_relay() {
            self.link.requests.send(Purpose::Replies, ToRelay::ShowReplies, turn);
        }
    }

    pub(super) fn replies_came(&mut self, replies: Vec<CannedReply>) {
        if self.desk.person.is_some() {
            self.desk.replies = Some(replies);
        }
    }

    pub(super) fn hide_replies(&mut self) {
        self.desk.replies = None;
    }

    /// Technician: keeps a draft made of the ticket in hand.
    pub(super) fn draft_article(
        &mut self,
        language: Language,
        title: ArticleTitle,
        body: ArticleBody,
        turn: &mut Turn,
    ) {
        let Some(ticket) = self.desk.in_hand() else {
            return self.out_of_order();
        };
        if !self.needs_relay() {
            let draft = ToRelay::DraftArticle {
                ticket,
                language,
                title,
                body,
            };
            self.link.requests.send(Purpose::Draft(ticket), draft, turn);
        }
    }

    pub(super) fn drafted(&mut self, ticket: TicketId) {
        self.desk.drafted = Some(ticket);
    }
}
