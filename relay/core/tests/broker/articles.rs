//! Help before the queue: who may ask about articles, how often, and what counts.

use renfort_core::{Answer, Conn, FailReason, Question, articles::CONSULTS_PER_WINDOW};
use renfort_protocol::{
    article::{ArticleBody, ArticleState, ArticleTitle, ShownArticle, Suggestion},
    error::Code,
    ids::{ArticleId, TicketId},
    limits::RATE_WINDOW_MS,
    signalling::{FromRelay, ToRelay},
    ticket::{Impact, Language, Outcome, Summary, Urgency},
    time::UnixMillis,
};

use crate::harness::{World, open};

const ARTICLE: ArticleId = ArticleId([5; 16]);

fn suggest(text: &str) -> ToRelay {
    ToRelay::Suggest {
        text: Summary::new(text).unwrap(),
        language: Language::Fr,
    }
}

fn read(article: ArticleId) -> ToRelay {
    ToRelay::ReadArticle {
        article,
        language: Language::Fr,
    }
}

fn shown(article: ArticleId) -> Option<Answer> {
    Some(Answer::Article(Some(Box::new(ShownArticle {
        article,
        language: Language::En,
        title: ArticleTitle::new("Blocked printer").unwrap(),
        body: ArticleBody::new("Switch it off and on.").unwrap(),
        at: UnixMillis(1),
    }))))
}

fn draft(ticket: TicketId) -> ToRelay {
    ToRelay::DraftArticle {
        ticket,
        language: Language::Fr,
        title: ArticleTitle::new("Imprimante bloquée").unwrap(),
        body: ArticleBody::new("Éteindre, rallumer.").unwrap(),
    }
}

/// Asks and lets the store show the article.
fn has_read(world: &mut World, user: Conn, article: ArticleId) {
    world.say(user, read(article));
    world.consulted(shown(article));
}

#[test]
fn a_sentence_is_answered_with_suggestions_and_stands_in_no_record() {
    let mut world = World::new();
    let user = world.user(1);
    let re = world.say(user, suggest("imprimante bloquée"));
    let (_, _, question) = &world.questions[0];
    assert!(matches!(
        question,
        Question::Suggest {
            language: Language::Fr,
            ..
        }
    ));
    let suggestions = vec![Suggestion {
        article: ARTICLE,
        language: Language::Fr,
        title: ArticleTitle::new("Imprimante").unwrap(),
    }];
    world.consulted(Some(Answer::Suggestions(suggestions.clone())));
    assert!(world.heard[&user].contains(&FromRelay::Suggestions { re, suggestions }));
    assert_eq!(world.outcome(user, re), Some(Ok(())));
    assert_eq!(world.store.codes(), Vec::<&str>::new());
}

#[test]
fn a_store_that_cannot_say_and_an_article_that_is_not_published_are_refused() {
    let mut world = World::new();
    let user = world.user(1);
    let re = world.say(user, suggest("imprimante"));
    world.consulted(None);
    assert_eq!(world.outcome(user, re), Some(Err(Code::Busy)));
    let re = world.say(user, read(ARTICLE));
    world.consulted(Some(Answer::Article(None)));
    assert_eq!(world.outcome(user, re), Some(Err(Code::UnknownArticle)));
    // Not read, so not what solved it.
    assert_eq!(
        world.ask(user, ToRelay::Deflected { article: ARTICLE }),
        Some(Err(Code::OutOfOrder))
    );
}

#[test]
fn one_question_at_a_time_and_not_too_many_but_the_connection_goes_on() {
    let mut world = World::new();
    let user = world.user(1);
    world.say(user, suggest("imprimante"));
    assert_eq!(world.ask(user, suggest("imprimante bloquée")), Some(Err(Code::TooFast)));
    assert_eq!(world.questions.len(), 1);
    world.consulted(Some(Answer::Suggestions(Vec::new())));
    for _ in 2..CONSULTS_PER_WINDOW {
        world.say(user, suggest("imprimante"));
        world.consulted(Some(Answer::Suggestions(Vec::new())));
    }
    assert_eq!(world.ask(user, suggest("imprimante")), Some(Err(Code::TooFast)));
    assert!(!world.closed.contains_key(&user));
    world.wait(RATE_WINDOW_MS);
    world.say(user, suggest("imprimante"));
    assert_eq!(world.questions.len(), 1);
}

#[test]
fn an_answer_that_comes_after_the_connection_is_gone_is_dropped() {
    let mut world = World::new();
    let user = world.user(1);
    world.say(user, suggest("imprimante"));
    world.leave(user);
    world.consulted(Some(Answer::Suggestions(Vec::new())));
    assert!(world.questions.is_empty());
}

#[test]
fn a_deflection_counts_once_for_a_device_an_article_and_a_day() {
    let mut world = World::new();
    let user = world.user(1);
    let deflected = ToRelay::Deflected { article: ARTICLE };
    assert_eq!(
        world.ask(user, deflected.clone()),
        Some(Err(Code::OutOfOrder)),
        "nobody read it"
    );
    has_read(&mut world, user, ARTICLE);
    for _ in 0..3 {
        world.must(user, deflected.clone());
    }
    // The same device on another connection.
    let again = world.user(1);
    has_read(&mut world, again, ARTICLE);
    world.must(again, deflected.clone());
    assert_eq!(world.store.codes(), ["article.solved"]);
    assert_eq!(world.store.events[0].actor.to_string(), "relay", "not who it was");
    // Another device, and another day.
    let other = world.user(2);
    has_read(&mut world, other, ARTICLE);
    world.must(other, deflected.clone());
    world.now += 24 * 60 * 60_000;
    world.must(again, deflected);
    assert_eq!(world.store.codes(), ["article.solved"; 3]);
}

#[test]
fn a_deflection_that_was_not_written_can_be_said_again() {
    let mut world = World::new();
    let user = world.user(1);
    has_read(&mut world, user, ARTICLE);
    world.hold = true;
    let re = world.say(user, ToRelay::Deflected { article: ARTICLE });
    assert_eq!(
        world.outcome(user, re),
        None,
        "nothing is answered before it is durable"
    );
    world.fail(FailReason::Storage);
    assert_eq!(world.outcome(user, re), Some(Err(Code::NotRecorded)));
    world.hold = false;
    world.must(user, ToRelay::Deflected { article: ARTICLE });
    assert_eq!(world.store.codes(), ["article.solved"]);
}

#[test]
fn whoever_waits_in_the_queue_deflects_nothing() {
    let mut world = World::new();
    let user = world.user(1);
    has_read(&mut world, user, ARTICLE);
    world.must(user, open(1, Impact::Person, Urgency::Low));
    for body in [
        suggest("imprimante"),
        read(ARTICLE),
        ToRelay::Deflected { article: ARTICLE },
    ] {
        assert_eq!(world.ask(user, body), Some(Err(Code::TicketOpen)));
    }
    assert!(world.questions.is_empty());
}

#[test]
fn each_role_asks_for_its_own_only() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    for body in [ToRelay::ShowReplies, draft(TicketId(1001))] {
        assert_eq!(world.ask(user, body), Some(Err(Code::NotAllowed)));
        assert_eq!(world.store.codes().last(), Some(&"message.refused"));
    }
    for body in [suggest("x y z"), read(ARTICLE), ToRelay::Deflected { article: ARTICLE }] {
        assert_eq!(world.ask(ada, body), Some(Err(Code::NotAllowed)));
        assert_eq!(world.store.codes().last(), Some(&"message.refused"));
    }
    assert!(world.questions.is_empty());
}

#[test]
fn a_technician_gets_the_replies_of_their_team() {
    let mut world = World::new();
    let chloe = world.technician("Chloé");
    let re = world.say(chloe, ToRelay::ShowReplies);
    let (_, _, question) = &world.questions[0];
    assert!(matches!(question, Question::Replies { team } if u8::from(*team) == 2));
    world.consulted(Some(Answer::Replies(Vec::new())));
    let replies = Vec::new();
    assert!(world.heard[&chloe].contains(&FromRelay::Replies { re, replies }));
}

#[test]
fn a_draft_is_kept_by_whoever_has_the_ticket_or_had_it_last() {
    let mut world = World::new();
    let (user, ada, bob) = (world.user(1), world.technician("Ada"), world.technician("Bob"));
    let ticket = world.opened(user);
    assert_eq!(
        world.ask(bob, draft(ticket)),
        Some(Err(Code::NotAllowed)),
        "nobody has it yet"
    );
    world.must(ada, world.take(ada, ticket));
    assert_eq!(world.ask(bob, draft(ticket)), Some(Err(Code::NotAllowed)));
    assert_eq!(world.ask(ada, draft(TicketId(9))), Some(Err(Code::UnknownTicket)));
    world.must(ada, draft(ticket));
    let (outcome, message, note) = (Outcome::Solved, None, None);
    world.must(
        ada,
        ToRelay::WrapUp {
            ticket,
            outcome,
            message,
            note,
        },
    );
    world.must(ada, draft(ticket));
    let kept = &world.store.articles;
    assert_eq!(kept.len(), 2);
    assert_ne!(kept[0].article, kept[1].article);
    assert!(
        kept.iter()
            .all(|text| text.state == ArticleState::Draft && text.ticket == Some(ticket))
    );
    assert_eq!(
        world
            .store
            .codes()
            .iter()
            .filter(|code| **code == "article.changed")
            .count(),
        2
    );
}

#[test]
fn a_draft_for_which_there_is_no_room_is_refused_with_words() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.must(ada, world.take(ada, ticket));
    world.hold = true;
    let re = world.say(ada, draft(ticket));
    world.fail(FailReason::Conflict);
    assert_eq!(world.outcome(ada, re), Some(Err(Code::TooMany)));
    let told = world.heard[&ada].iter().find_map(|message| match message {
        FromRelay::Refused { re: of, error } if *of == re => Some(error.params["of"].as_str()),
        _ => None,
    });
    assert_eq!(told, Some("articles"), "which cannot be deleted to make room");
}
