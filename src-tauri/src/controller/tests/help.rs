//! Articles before a request, canned replies during one, a draft after it.

use renfort_protocol::{
    article::{ArticleBody, ArticleTitle, ShownArticle, Suggestion},
    ids::ArticleId,
};

use super::{super::help::UNDO_MS, *};
use crate::view::HelpView;

const ARTICLE: ArticleId = ArticleId([9; 16]);

fn sentence(text: &str) -> Action {
    Action::Suggest {
        text: Some(Summary::new(text).unwrap()),
    }
}

fn suggestion() -> Suggestion {
    Suggestion {
        article: ARTICLE,
        language: Language::En,
        title: ArticleTitle::new("Blocked printer").unwrap(),
    }
}

fn suggestions(re: u32) -> FromRelay {
    FromRelay::Suggestions {
        re,
        suggestions: vec![suggestion()],
    }
}

fn article() -> FromRelay {
    FromRelay::Article {
        re: 1,
        article: Box::new(ShownArticle {
            article: ARTICLE,
            language: Language::En,
            title: ArticleTitle::new("Blocked printer").unwrap(),
            body: ArticleBody::new("Switch it off.").unwrap(),
            at: START,
        }),
    }
}

impl Stage {
    fn help(&self) -> Option<HelpView> {
        match self.user_page() {
            UserPage::Home { help, .. } => help,
            other => panic!("not at home: {other:?}"),
        }
    }

    /// Up to an article that is read.
    fn reading() -> Self {
        let mut stage = Self::user();
        stage.act(Action::ReadArticle { article: ARTICLE });
        let re = stage.only_request();
        stage.relay(article());
        stage.relay(FromRelay::Done { re });
        stage
    }
}

#[test]
fn the_newest_sentence_is_asked_about_one_question_at_a_time() {
    let mut stage = Stage::user();
    stage.act(sentence("My printer"));
    let re = stage.only_request();
    stage.act(sentence("My printer is"));
    stage.act(sentence("My printer is blocked"));
    assert!(stage.sent().is_empty(), "the relay has not answered yet");
    stage.relay(suggestions(re));
    assert_eq!(stage.help().unwrap().suggestions, [suggestion()]);
    stage.relay(FromRelay::Done { re });
    assert!(
        matches!(stage.sent()[..], [ToRelay::Suggest { text, language: Language::En }] if text.as_str() == "My printer is blocked")
    );
}

#[test]
fn a_refusal_says_nothing_and_the_next_sentence_is_asked_about() {
    let mut stage = Stage::user();
    stage.act(sentence("My printer"));
    let re = stage.only_request();
    stage.relay(refused(re, Code::TooFast));
    assert_eq!((stage.notice(), stage.help()), (None, None));
    stage.act(sentence("My printer is blocked"));
    stage.only_request();
}

#[test]
fn an_answer_to_a_sentence_that_is_gone_is_not_shown() {
    let mut stage = Stage::user();
    stage.act(sentence("My printer"));
    let re = stage.only_request();
    stage.act(Action::Suggest { text: None });
    stage.relay(suggestions(re));
    assert_eq!(stage.help(), None);
}

#[test]
fn without_the_relay_there_are_no_suggestions_and_no_word_about_it() {
    let mut stage = Stage::user();
    stage.offline();
    stage.act(sentence("My printer"));
    assert!(stage.sent().is_empty());
    assert_eq!((stage.notice(), stage.help()), (None, None));
    stage.act(Action::ReadArticle { article: ARTICLE });
    assert_eq!(stage.notice(), Some(Code::RelayUnreachable), "a click is answered");
}

#[test]
fn what_solved_it_is_counted_once_it_can_no_longer_be_taken_back() {
    let mut stage = Stage::reading();
    assert!(stage.help().unwrap().article.is_some());
    stage.act(Action::ArticleSolved);
    assert!(stage.help().unwrap().solved);
    assert!(stage.sent().is_empty());
    stage.after(UNDO_MS - 1);
    assert!(stage.sent().is_empty());
    stage.after(1);
    assert!(matches!(stage.sent()[..], [ToRelay::Deflected { article: ARTICLE }]));
    stage.after(UNDO_MS);
    stage.act(Action::LeaveThanks);
    assert!(stage.sent().is_empty(), "it is counted once");
    assert_eq!(stage.help(), None);
}

#[test]
fn what_is_taken_back_in_time_is_not_counted() {
    let mut stage = Stage::reading();
    stage.act(Action::ArticleSolved);
    stage.act(Action::NotSolvedAfterAll);
    stage.after(2 * UNDO_MS);
    assert!(stage.sent().is_empty());
    assert_eq!(stage.help(), None);
}

#[test]
fn leaving_the_thanks_or_the_program_counts_at_once() {
    for leave in [false, true] {
        let mut stage = Stage::reading();
        stage.act(Action::ArticleSolved);
        if leave {
            stage.act(Action::LeaveThanks);
        } else {
            stage.handle(Event::Quit);
            assert!(
                !stage.did(|effect| matches!(effect, Effect::Exit)),
                "it waits for the answer"
            );
        }
        assert!(matches!(stage.sent()[..], [ToRelay::Deflected { .. }]));
    }
}

#[test]
fn a_refused_count_is_nobodys_business() {
    let mut stage = Stage::reading();
    stage.act(Action::ArticleSolved);
    stage.act(Action::LeaveThanks);
    let re = stage.only_request();
    stage.relay(refused(re, Code::OutOfOrder));
    assert_eq!(stage.notice(), None);
}

#[test]
fn nothing_is_solved_by_an_article_that_is_not_read() {
    let mut stage = Stage::user();
    stage.act(Action::ArticleSolved);
    assert_eq!(stage.notice(), Some(Code::OutOfOrder));
    assert_eq!(stage.help(), None);
}

#[test]
fn an_article_that_was_withdrawn_meanwhile_is_no_longer_suggested() {
    let mut stage = Stage::user();
    stage.act(sentence("My printer"));
    let re = stage.only_request();
    stage.relay(suggestions(re));
    stage.act(Action::ReadArticle { article: ARTICLE });
    let re = stage.only_request();
    stage.relay(refused(re, Code::UnknownArticle));
    assert_eq!((stage.notice(), stage.help()), (Some(Code::UnknownArticle), None));
}

#[test]
fn asking_for_help_puts_the_articles_away() {
    let mut stage = Stage::reading();
    stage.act(Action::RequestHelp {
        summary: summary(),
        impact: Impact::Person,
        urgency: Urgency::Low,
    });
    assert_eq!(stage.help(), None);
    stage.act(sentence("My printer"));
    assert!(stage.sent().is_empty(), "the request is under way");
    stage.relay(article());
    assert_eq!(stage.help(), None);
}

fn in_hand() -> Stage {
    let mut stage = Stage::new(true);
    stage.welcome_technician(vec![entry(TicketState::Taken, true)], None);
    stage.relay(detail(entry(TicketState::Taken, true)));
    stage
}

#[test]
fn replies_are_fetched_when_they_are_looked_for_and_put_away_after() {
    let mut stage = in_hand();
    stage.act(Action::ShowReplies);
    assert!(matches!(stage.sent()[..], [ToRelay::ShowReplies]));
    let re = stage.only_request();
    stage.act(Action::ShowReplies);
    assert!(stage.sent().is_empty(), "they are on their way");
    stage.relay(FromRelay::Replies {
        re,
        replies: Vec::new(),
    });
    let shown = |stage: &Stage| matches!(stage.technician_page(), TechnicianPage::Ticket { replies: Some(_), .. });
    assert!(shown(&stage));
    stage.act(Action::HideReplies);
    assert!(!shown(&stage));
}

#[test]
fn a_draft_is_of_the_ticket_in_hand_and_told_once_it_is_kept() {
    let draft = || Action::DraftArticle {
        language: Language::Fr,
        title: ArticleTitle::new("Imprimante").unwrap(),
        body: ArticleBody::new("Éteindre.").unwrap(),
    };
    let mut stage = in_hand();
    let drafted = |stage: &Stage| match stage.technician_page() {
        TechnicianPage::Ticket { drafted, busy, .. } => (drafted, busy),
        other => panic!("no ticket is in hand: {other:?}"),
    };
    stage.act(draft());
    let re = stage.only_request();
    assert_eq!(drafted(&stage), (false, true));
    stage.relay(refused(re, Code::TooMany));
    assert_eq!((drafted(&stage), stage.notice()), ((false, false), Some(Code::TooMany)));
    stage.act(draft());
    let re = stage.only_request();
    stage.relay(FromRelay::Done { re });
    assert_eq!(drafted(&stage), (true, false));

    let mut stage = Stage::technician();
    stage.act(draft());
    assert_eq!(stage.notice(), Some(Code::OutOfOrder), "no ticket is in hand");
}
