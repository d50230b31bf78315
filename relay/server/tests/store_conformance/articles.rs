//! Articles and canned replies: versions, words, states.

use renfort_core::contract::Change;
use renfort_protocol::{
    article::{
        ArticleAction, ArticleBody, ArticleFilter, ArticleState, ArticleText, ArticleTitle, Author, MAX_ARTICLES,
    },
    ids::{ArticleId, PersonId, ReplyId, TicketId},
    reply::{CannedReply, ReplyContent, ReplyText, ReplyTitle},
    ticket::Language,
    time::UnixMillis,
};
use renfort_relay::store::{Applied, Store, articles::terms::Terms};

use crate::samples::{name, write};

const EN: Language = Language::En;
const FR: Language = Language::Fr;

fn id(number: u64) -> ArticleId {
    ArticleId(u128::from(number).to_be_bytes())
}

fn text(number: u64, language: Language, title: &str, body: &str) -> ArticleText {
    ArticleText {
        article: id(number),
        language,
        version: 1,
        state: ArticleState::Published,
        action: ArticleAction::Created,
        title: ArticleTitle::new(title).unwrap(),
        body: ArticleBody::new(body).unwrap(),
        author: Author {
            id: PersonId(3),
            name: name("Ada"),
        },
        at: UnixMillis(number),
        ticket: None,
    }
}

fn put(text: ArticleText, expected_version: Option<u64>) -> Change {
    Change::PutArticle {
        text: Box::new(text),
        expected_version,
    }
}

async fn keep(store: &dyn Store, texts: &[ArticleText]) {
    for text in texts {
        assert_eq!(write(store, &[put(text.clone(), None)]).await, Applied::All);
    }
}

async fn found(store: &dyn Store, search: &str) -> Vec<u64> {
    let filter = ArticleFilter {
        search: Some(search.into()),
        ..ArticleFilter::default()
    };
    numbers(store, &filter).await
}

async fn numbers(store: &dyn Store, filter: &ArticleFilter) -> Vec<u64> {
    let list = store.article_list(filter).await.unwrap();
    let number = |id: ArticleId| u128::from_be_bytes(id.0) as u64;
    list.rows.into_iter().map(|row| number(row.id)).collect()
}

pub async fn a_text_is_written_once_a_version_and_keeps_all_of_them(store: &dyn Store) {
    let first = text(1, FR, "Imprimante", "Éteindre.");
    let second = ArticleText {
        version: 2,
        action: ArticleAction::Changed,
        title: ArticleTitle::new("Imprimante bloquée").unwrap(),
        ticket: Some(TicketId(1042)),
        ..first.clone()
    };
    keep(store, std::slice::from_ref(&first)).await;
    assert_eq!(
        write(store, &[put(first.clone(), None)]).await,
        Applied::Conflict,
        "it is there"
    );
    assert_eq!(write(store, &[put(second.clone(), Some(2))]).await, Applied::Conflict);
    assert_eq!(write(store, &[put(second.clone(), Some(1))]).await, Applied::All);
    assert_eq!(
        write(store, &[put(second.clone(), Some(1))]).await,
        Applied::Conflict,
        "somebody else was first"
    );
    assert_eq!(store.article_texts(id(1)).await.unwrap(), std::slice::from_ref(&second));
    assert_eq!(
        store.article_history(id(1), FR).await.unwrap(),
        [second.head(), first.head()]
    );
    assert_eq!(store.article_version(id(1), FR, 1).await.unwrap(), Some(first));
    assert_eq!(store.article_version(id(1), FR, 3).await.unwrap(), None);
    assert_eq!(store.article_history(id(1), EN).await.unwrap(), []);
    assert_eq!(store.article(id(2)).await.unwrap(), None);
}

pub async fn a_language_is_added_once_and_the_other_stays(store: &dyn Store) {
    let (fr, en) = (text(1, FR, "Bonjour", "a"), text(1, EN, "Hello", "b"));
    keep(store, &[fr.clone(), en.clone()]).await;
    assert_eq!(write(store, &[put(en.clone(), None)]).await, Applied::Conflict);
    assert_eq!(store.article(id(1)).await.unwrap().unwrap().texts, [en, fr]);
}

pub async fn words_are_found_whatever_their_accents_case_and_ending(store: &dyn Store) {
    keep(
        store,
        &[
            text(
                1,
                FR,
                "Imprimante bloquée",
                "Videz la file d’impression, puis éteignez l’appareil.",
            ),
            text(2, FR, "Mot de passe", "Il expire tous les 90 jours."),
        ],
    )
    .await;
    for search in [
        "imprimante bloquee",
        "IMPRIMANTE",
        "bloquée imprimante",
        "impri",
        "imprimantes",
        "file impress",
        "d'impression",
        "e\u{301}teignez",
    ] {
        assert_eq!(found(store, search).await, [1], "{search}");
    }
    assert_eq!(found(store, "90").await, [2]);
    assert_eq!(
        found(store, "imprimante passe").await,
        Vec::<u64>::new(),
        "every word is needed"
    );
    assert_eq!(found(store, "").await.len(), 2);
}

pub async fn a_word_in_the_title_weighs_more(store: &dyn Store) {
    keep(
        store,
        &[
            text(
                1,
                EN,
                "Something else",
                "vpn here, vpn there, and a long text about other things too",
            ),
            text(
                2,
                EN,
                "The vpn",
                "Nothing more about it in here, but for some words that fill the text up",
            ),
        ],
    )
    .await;
    assert_eq!(found(store, "vpn").await, [2, 1]);
    let suggested = store.suggestions("my vpn", EN).await.unwrap();
    assert_eq!(suggested[0].article, id(2));
}

pub async fn operators_of_the_search_engine_are_words_like_others(store: &dyn Store) {
    keep(store, &[text(1, EN, "A printer", "Near the door.")]).await;
    for search in [
        "\"",
        "*",
        "printer\" OR \"x",
        "title:printer",
        "NEAR(printer door)",
        "^printer",
        "printer NOT door",
        "(",
        "-x",
        "{title} : y",
        "'; DROP TABLE article_texts; --",
        "printer\0",
        "👋🏽",
    ] {
        assert!(found(store, search).await.len() <= 1, "{search}");
        assert!(store.suggestions(search, EN).await.unwrap().len() <= 1, "{search}");
    }
    assert_eq!(found(store, "*").await, Vec::<u64>::new());
    assert_eq!(found(store, "near").await, [1]);
    assert_eq!(
        store
            .article_matches(&Terms::of_search(&"x".repeat(10_000)))
            .await
            .unwrap(),
        []
    );
}

pub async fn the_list_is_narrowed_and_ordered(store: &dyn Store) {
    let draft = ArticleText {
        state: ArticleState::Draft,
        ..text(2, FR, "Deux", "b")
    };
    keep(
        store,
        &[
            text(1, EN, "One", "a"),
            draft,
            text(3, EN, "Three", "c"),
            text(3, FR, "Trois", "c"),
        ],
    )
    .await;
    let all = ArticleFilter::default();
    let cases = [
        (all.clone(), vec![3, 2, 1]),
        (
            ArticleFilter {
                language: Some(FR),
                ..all.clone()
            },
            vec![3, 2],
        ),
        (
            ArticleFilter {
                state: Some(ArticleState::Draft),
                ..all.clone()
            },
            vec![2],
        ),
        (
            ArticleFilter {
                language: Some(EN),
                state: Some(ArticleState::Draft),
                ..all.clone()
            },
            vec![],
        ),
        (
            ArticleFilter {
                missing: Some(FR),
                ..all.clone()
            },
            vec![1],
        ),
        (
            ArticleFilter {
                missing: Some(EN),
                ..all.clone()
            },
            vec![2],
        ),
        (
            ArticleFilter {
                search: Some("trois".into()),
                ..all.clone()
            },
            vec![3],
        ),
        (
            ArticleFilter {
                search: Some("trois".into()),
                missing: Some(FR),
                ..all
            },
            vec![],
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(numbers(store, &filter).await, expected, "{filter:?}");
        assert_eq!(store.article_list(&filter).await.unwrap().total, 3);
    }
}

pub async fn only_what_is_published_is_suggested_and_shown(store: &dyn Store) {
    let published = text(1, FR, "Imprimante", "a");
    keep(
        store,
        &[
            published.clone(),
            ArticleText {
                state: ArticleState::Draft,
                ..text(2, FR, "Imprimante brouillon", "a")
            },
            ArticleText {
                state: ArticleState::Withdrawn,
                ..text(3, FR, "Imprimante retirée", "a")
            },
        ],
    )
    .await;
    let suggested = async || store.suggestions("l’imprimante", FR).await.unwrap().len();
    assert_eq!(suggested().await, 1);
    assert!(store.published(id(1), FR).await.unwrap().is_some());
    for number in [2, 3, 4] {
        assert_eq!(store.published(id(number), FR).await.unwrap(), None);
    }
    let withdrawn = ArticleText {
        version: 2,
        state: ArticleState::Withdrawn,
        ..published
    };
    write(store, &[put(withdrawn, Some(1))]).await;
    assert_eq!(suggested().await, 0);
    assert_eq!(store.published(id(1), FR).await.unwrap(), None);
}

pub async fn a_suggestion_is_in_the_users_language_where_there_is_one(store: &dyn Store) {
    keep(
        store,
        &[
            text(1, EN, "Outlook does not open", "Restart outlook."),
            text(1, FR, "Outlook ne s’ouvre pas", "Relancez outlook."),
            text(2, EN, "Outlook rules", "Write outlook rules."),
            text(3, FR, "Rien à voir", "Outlook est nommé une fois."),
        ],
    )
    .await;
    let suggested = store.suggestions("mon outlook est fermé", FR).await.unwrap();
    let mut named: Vec<(ArticleId, Language)> = suggested.iter().map(|one| (one.article, one.language)).collect();
    named.sort_by_key(|(article, _)| *article);
    assert_eq!(named, [(id(1), FR), (id(2), EN)], "one word of a body is too little");
    assert_eq!(store.published(id(1), FR).await.unwrap().unwrap().language, FR);
    assert_eq!(store.published(id(2), FR).await.unwrap().unwrap().language, EN);
    assert_eq!(store.suggestions("bonjour, merci pour tout", FR).await.unwrap(), []);
}

pub async fn a_changed_text_is_found_by_its_new_words_only(store: &dyn Store) {
    let old = text(1, EN, "Scanner", "Press the button.");
    keep(store, std::slice::from_ref(&old)).await;
    let new = ArticleText {
        version: 2,
        ..text(1, EN, "Projector", "Turn the wheel.")
    };
    write(store, &[put(new, Some(1))]).await;
    assert_eq!(found(store, "scanner").await, Vec::<u64>::new());
    assert_eq!(found(store, "button").await, Vec::<u64>::new());
    assert_eq!(found(store, "projector wheel").await, [1]);
}

pub async fn there_are_no_more_articles_than_can_be_kept(store: &dyn Store) {
    let all: Vec<Change> = (0..MAX_ARTICLES as u64)
        .map(|number| put(text(number, EN, "t", "b"), None))
        .collect();
    assert_eq!(write(store, &all).await, Applied::All);
    assert_eq!(
        write(store, &[put(text(9_999, EN, "t", "b"), None)]).await,
        Applied::Conflict
    );
    assert_eq!(
        write(store, &[put(text(5, FR, "t", "b"), None)]).await,
        Applied::All,
        "another language is no other article"
    );
}

pub async fn replies_are_kept_changed_and_removed_by_version(store: &dyn Store) {
    let reply = |number: u8, version, title: &str| CannedReply {
        id: ReplyId([number; 16]),
        version,
        content: ReplyContent {
            team: None,
            title: ReplyTitle::new(title).unwrap(),
            en: Some(ReplyText::new("Hello {user}").unwrap()),
            fr: None,
        },
        author: Author {
            id: PersonId(3),
            name: name("Ada"),
        },
        at: UnixMillis(1),
    };
    let put = |reply: &CannedReply, expected_version| Change::PutReply {
        reply: Box::new(reply.clone()),
        expected_version,
    };
    let (a, b) = (reply(1, 1, "zebra"), reply(2, 1, "Éclair"));
    assert_eq!(write(store, &[put(&a, None), put(&b, None)]).await, Applied::All);
    assert_eq!(write(store, &[put(&a, None)]).await, Applied::Conflict);
    assert_eq!(
        store.replies().await.unwrap(),
        [b.clone(), a.clone()],
        "by title, whatever its accents"
    );
    let newer = reply(1, 2, "zebra");
    assert_eq!(write(store, &[put(&newer, Some(1))]).await, Applied::All);
    assert_eq!(write(store, &[put(&newer, Some(1))]).await, Applied::Conflict);
    assert_eq!(store.reply(a.id).await.unwrap(), Some(newer));
    let delete = |expected_version| Change::DeleteReply {
        reply: a.id,
        expected_version,
    };
    assert_eq!(write(store, &[delete(1)]).await, Applied::Conflict);
    assert_eq!(write(store, &[delete(2)]).await, Applied::All);
    assert_eq!(store.replies().await.unwrap(), [b]);
}
