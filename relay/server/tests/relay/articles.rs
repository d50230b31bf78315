//! Articles and canned replies from outside: through the console's API, and as users and technicians get them.

use renfort_protocol::{
    article::{Article, ArticleBody, ArticleHead, ArticleList, ArticleState, ArticleText, ArticleTitle},
    error::Code,
    reply::CannedReply,
    signalling::{FromRelay, ToRelay},
    ticket::{Language, Summary},
};
use serde_json::{Value, json};

use crate::support::{
    World,
    client::{self, Client, user},
    http::{Answer, Browser},
};

const ARTICLES: &str = "/v1/console/articles";
const REPLIES: &str = "/v1/console/replies";

async fn post(browser: &Browser, path: &str, body: &Value) -> Answer {
    browser.request("POST", path, &[], &body.to_string()).await
}

async fn written(browser: &Browser, language: &str, title: &str, body: &str) -> Article {
    let new = json!({ "language": language, "title": title, "body": body });
    post(browser, ARTICLES, &new).await.json()
}

async fn published(browser: &Browser, language: &str, title: &str, body: &str) -> Article {
    let article = written(browser, language, title, body).await;
    let path = format!("{ARTICLES}/{}/{language}/publish", article.id);
    post(browser, &path, &json!({ "version": 1 })).await.json()
}

fn suggest(text: &str, language: Language) -> ToRelay {
    let text = Summary::new(text).unwrap();
    ToRelay::Suggest { text, language }
}

async fn titles(user: &mut Client, text: &str) -> Vec<String> {
    user.ask(suggest(text, Language::Fr)).await.unwrap().unwrap();
    user.hear(|message| match message {
        FromRelay::Suggestions { suggestions, .. } => {
            Some(suggestions.into_iter().map(|one| one.title.to_string()).collect())
        }
        _ => None,
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn a_technician_writes_publishes_and_withdraws_an_article_and_each_step_stands_in_the_log() {
    let world = World::new().await;
    let relay = world.start().await;
    let ada = Browser::signed_in(relay.address(), "ada").await;
    let article = written(
        &ada,
        "fr",
        "Imprimante bloquée",
        "Éteignez-la, **attendez**, rallumez-la.",
    )
    .await;
    assert_eq!(article.texts.len(), 1);
    assert_eq!(article.texts[0].state, ArticleState::Draft);
    assert_eq!(article.texts[0].author.name.as_str(), "Ada Tech");

    let mut jeanne = user(relay.address(), 1).await;
    assert!(
        titles(&mut jeanne, "mon imprimante est bloquee").await.is_empty(),
        "a draft is for nobody"
    );
    let text = format!("{ARTICLES}/{}/fr", article.id);
    let shown: Article = post(&ada, &format!("{text}/publish"), &json!({ "version": 1 }))
        .await
        .json();
    assert_eq!(
        (shown.texts[0].version, shown.texts[0].state),
        (2, ArticleState::Published)
    );
    assert_eq!(
        titles(&mut jeanne, "mon imprimante est bloquee").await,
        ["Imprimante bloquée"]
    );

    let saved = json!({ "version": 2, "title": "Imprimante qui bloque", "body": "Appelez-nous." });
    let saved: Article = post(&ada, &text, &saved).await.json();
    assert_eq!(
        saved.texts[0].state,
        ArticleState::Published,
        "what is published stays so when it is changed"
    );
    assert_eq!(titles(&mut jeanne, "imprimante").await, ["Imprimante qui bloque"]);
    let restored: Article = post(&ada, &format!("{text}/restore"), &json!({ "version": 3, "from": 1 }))
        .await
        .json();
    assert_eq!(restored.texts[0].title.as_str(), "Imprimante bloquée");
    let withdrawn: Article = post(&ada, &format!("{text}/withdraw"), &json!({ "version": 4 }))
        .await
        .json();
    assert_eq!(
        (withdrawn.texts[0].version, withdrawn.texts[0].state),
        (5, ArticleState::Withdrawn)
    );
    assert!(titles(&mut jeanne, "imprimante").await.is_empty());

    let history: Vec<ArticleHead> = ada.get(&format!("{text}/history")).await.json();
    assert_eq!(
        history.iter().map(|one| one.version).collect::<Vec<_>>(),
        [5, 4, 3, 2, 1]
    );
    let third: ArticleText = ada.get(&format!("{text}/history/3")).await.json();
    assert_eq!(third.body.as_str(), "Appelez-nous.", "nothing is lost");

    let log = Browser::signed_in(relay.address(), "sue")
        .await
        .get("/v1/console/export/audit.jsonl")
        .await
        .text();
    assert_eq!(log.matches("\"article.changed\"").count(), 5);
    for action in ["created", "published", "changed", "restored", "withdrawn"] {
        assert!(log.contains(&format!("\"action\":\"{action}\"")), "{action}");
    }
    assert!(log.contains(&article.id.to_string()));
    assert!(
        !log.contains("mprimante") && !log.contains("Appelez"),
        "no text stands in the log"
    );
    relay.stop().await;
}

#[tokio::test]
async fn somebody_elses_save_meanwhile_is_told_and_nothing_is_overwritten() {
    let world = World::new().await;
    let relay = world.start().await;
    let (ada, bob) = (
        Browser::signed_in(relay.address(), "ada").await,
        Browser::signed_in(relay.address(), "bob").await,
    );
    let article = written(&ada, "en", "Screen", "Black.").await;
    let text = format!("{ARTICLES}/{}/en", article.id);
    let save = |body: &str| json!({ "version": 1, "title": "Screen", "body": body });
    assert_eq!(post(&bob, &text, &save("Bob's")).await.status, 200);
    let (status, error) = post(&ada, &text, &save("Ada's")).await.error();
    assert_eq!((status, error.code), (409, Code::ChangedMeanwhile));
    assert_eq!(error.params["author"], "Bob Tech");
    for (step, version) in [("publish", 1), ("withdraw", 2), ("restore", 1)] {
        let asked = if step == "restore" {
            json!({ "version": version, "from": 1 })
        } else {
            json!({ "version": version })
        };
        let (_, error) = post(&ada, &format!("{text}/{step}"), &asked).await.error();
        assert_eq!(error.code, Code::ChangedMeanwhile, "{step}");
    }
    let stored: Article = ada.get(&format!("{ARTICLES}/{}", article.id)).await.json();
    assert_eq!(stored.texts[0].body.as_str(), "Bob's");
    // Both at once: one of the two is told.
    let second = json!({ "version": 2, "title": "Screen", "body": "x" });
    let (one, other) = tokio::join!(post(&ada, &text, &second), post(&bob, &text, &second));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    // The same language twice.
    let again = json!({ "version": null, "title": "Screen", "body": "x" });
    assert_eq!(post(&ada, &text, &again).await.error().1.code, Code::ChangedMeanwhile);
    relay.stop().await;
}

#[tokio::test]
async fn a_translation_is_added_and_the_list_says_where_one_is_missing() {
    let world = World::new().await;
    let relay = world.start().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let one = written(&sue, "fr", "Réseau", "Débranchez.").await;
    written(&sue, "en", "Sound", "Turn it up.").await;
    let rows = async |query: &str| {
        let list: ArticleList = sue.get(&format!("{ARTICLES}?{query}")).await.json();
        list.rows
            .iter()
            .map(|row| row.texts[0].title.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(rows("missing=en").await, ["Réseau"]);
    assert_eq!(rows("search=reseau").await, ["Réseau"]);
    assert_eq!(rows("language=en&state=draft").await, ["Sound"]);
    assert_eq!(rows("state=published").await, Vec::<String>::new());
    let translation = json!({ "version": null, "title": "Network", "body": "Unplug." });
    let both: Article = post(&sue, &format!("{ARTICLES}/{}/en", one.id), &translation)
        .await
        .json();
    assert_eq!(
        both.texts.iter().map(|text| text.title.as_str()).collect::<Vec<_>>(),
        ["Network", "Réseau"]
    );
    assert_eq!(rows("missing=en").await, Vec::<String>::new());
    relay.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_and_nothing_is_kept() {
    let world = World::new().await;
    let relay = world.start().await;
    let ada = Browser::signed_in(relay.address(), "ada").await;
    let new = |title: &str, body: &str| json!({ "language": "fr", "title": title, "body": body });
    let unknown = format!("{ARTICLES}/{}", "ab".repeat(16));
    let cases = [
        (ARTICLES.to_owned(), new("", "b"), 400, Code::Malformed),
        (ARTICLES.to_owned(), new("t", " \n "), 400, Code::Malformed),
        (ARTICLES.to_owned(), new(&"t".repeat(121), "b"), 400, Code::Malformed),
        (ARTICLES.to_owned(), new("t", &"b".repeat(12_001)), 400, Code::Malformed),
        (ARTICLES.to_owned(), new("t\u{202e}", "b"), 400, Code::Malformed),
        (
            ARTICLES.to_owned(),
            new("t", &"b".repeat(65 * 1024)),
            413,
            Code::TooLarge,
        ),
        (
            ARTICLES.to_owned(),
            json!({ "language": "de", "title": "t", "body": "b" }),
            400,
            Code::Malformed,
        ),
        (ARTICLES.to_owned(), json!({ "language": "fr" }), 400, Code::Malformed),
        (
            format!("{unknown}/fr"),
            json!({ "version": null, "title": "t", "body": "b" }),
            404,
            Code::UnknownArticle,
        ),
        (
            format!("{unknown}/fr/publish"),
            json!({ "version": 1 }),
            404,
            Code::UnknownArticle,
        ),
        (
            format!("{ARTICLES}/nonsense/fr/publish"),
            json!({ "version": 1 }),
            404,
            Code::UnknownArticle,
        ),
        (
            format!("{unknown}/de/publish"),
            json!({ "version": 1 }),
            404,
            Code::UnknownArticle,
        ),
    ];
    for (path, body, status, code) in cases {
        let (got, error) = post(&ada, &path, &body).await.error();
        assert_eq!((got, error.code), (status, code), "{path} {:.80}", body.to_string());
    }
    let (_, error) = post(&ada, ARTICLES, &new("t", &"b".repeat(65 * 1024))).await.error();
    assert_eq!(error.params["limit"], "65536");
    for path in [
        format!("{unknown}/fr/history"),
        format!("{unknown}/fr/history/99999999999999999999"),
        unknown.clone(),
        format!("{ARTICLES}/..%2f"),
    ] {
        assert_eq!(
            ada.get(&path).await.error(),
            (404, Code::UnknownArticle.into()),
            "{path}"
        );
    }
    for query in [
        "language=de",
        "state=x",
        "unknown=1",
        &format!("search={}", "x".repeat(201)),
    ] {
        assert_eq!(
            ada.get(&format!("{ARTICLES}?{query}")).await.error().1.code,
            Code::Malformed,
            "{query}"
        );
    }
    let list: ArticleList = ada.get(ARTICLES).await.json();
    assert_eq!(list.total, 0);
    // The longest that there can be, in characters of four bytes.
    let longest = new(&"𝕏".repeat(120), &"𝕏".repeat(12_000));
    assert_eq!(post(&ada, ARTICLES, &longest).await.status, 200);
    relay.stop().await;
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let world = World::new().await;
    let relay = world.start().await;
    let ada = Browser::signed_in(relay.address(), "ada").await;
    let article = written(&ada, "fr", "Réseau", "x").await;
    let text = format!("{ARTICLES}/{}/fr", article.id);
    let body = r#"{"language":"fr","title":"t","body":"b","version":1,"team":null,"en":"x","fr":null,"from":1}"#;
    let elsewhere = [("Origin", "https://evil.example")];
    for path in [
        ARTICLES.to_owned(),
        text.clone(),
        format!("{text}/publish"),
        format!("{text}/withdraw"),
        format!("{text}/restore"),
        REPLIES.to_owned(),
        format!("{REPLIES}/{}", "ab".repeat(16)),
        format!("{REPLIES}/{}/remove", "ab".repeat(16)),
    ] {
        let (status, error) = ada.request("POST", &path, &elsewhere, body).await.error();
        assert_eq!((status, error.code), (403, Code::NotAllowed), "{path}");
    }
    relay.stop().await;
}

#[tokio::test]
async fn in_the_console_a_technician_reaches_articles_and_replies_and_nothing_else() {
    let world = World::new().await;
    let relay = world.start().await;
    let ada = Browser::signed_in(relay.address(), "ada").await;
    let me: Value = ada.get("/v1/console/me").await.json();
    assert_eq!(
        (
            me["person"]["role"].as_str(),
            me["technicians"].as_array().map(Vec::len)
        ),
        (Some("technician"), Some(0))
    );
    for path in [ARTICLES, REPLIES] {
        assert_eq!(ada.get(path).await.status, 200);
    }
    let forbidden = [
        ("GET", "sessions"),
        ("GET", "tickets"),
        ("GET", "session/00112233445566778899aabbccddeeff"),
        ("GET", "ticket/T-1001"),
        ("GET", "history?person=x"),
        ("GET", "live"),
        ("POST", "live"),
        ("GET", "views"),
        ("POST", "views"),
        ("PUT", "views/1"),
        ("DELETE", "views/1"),
        ("GET", "log"),
        ("GET", "figures"),
        ("GET", "figures.csv"),
        ("POST", "figures/person"),
        ("GET", "export/sessions.csv"),
        ("GET", "export/tickets.jsonl"),
        ("GET", "export/audit.jsonl"),
    ];
    for (method, path) in forbidden {
        let (status, error) = ada
            .request(method, &format!("/v1/console/{path}"), &[], "{}")
            .await
            .error();
        assert_eq!((status, error.code), (403, Code::NotAllowed), "{method} {path}");
    }
    assert_eq!(ada.get(ARTICLES).await.status, 200, "being refused does not sign out");
    let log = Browser::signed_in(relay.address(), "sue")
        .await
        .get("/v1/console/export/audit.jsonl")
        .await
        .text();
    assert_eq!(log.matches("\"message.refused\"").count(), forbidden.len());
    relay.stop().await;
}

#[tokio::test]
async fn nobody_reads_or_writes_without_signing_in() {
    let world = World::new().await;
    let relay = world.start().await;
    let stranger = Browser::new(relay.address());
    for path in [ARTICLES, REPLIES] {
        assert_eq!(stranger.get(path).await.status, 401);
        assert_eq!(post(&stranger, path, &json!({})).await.status, 401);
    }
    relay.stop().await;
}

#[tokio::test]
async fn a_user_reads_an_article_that_solves_it_and_that_is_counted_once() {
    let world = World::new().await;
    let relay = world.start().await;
    let ada = Browser::signed_in(relay.address(), "ada").await;
    let article = published(&ada, "en", "Printer shows blank pages", "Change the *cartridge*.")
        .await
        .id;
    let mut jeanne = user(relay.address(), 1).await;
    let language = Language::Fr;
    let deflected = ToRelay::Deflected { article };
    assert_eq!(
        jeanne.ask(deflected.clone()).await.unwrap().unwrap_err().code,
        Code::OutOfOrder
    );
    jeanne
        .ask(ToRelay::ReadArticle { article, language })
        .await
        .unwrap()
        .unwrap();
    let shown = jeanne.hear(|message| match message {
        FromRelay::Article { article, .. } => Some(article),
        _ => None,
    });
    let shown = shown.await.unwrap();
    assert_eq!(
        (shown.language, shown.body.as_str()),
        (Language::En, "Change the *cartridge*.")
    );
    for _ in 0..3 {
        jeanne.ask(deflected.clone()).await.unwrap().unwrap();
    }
    let log = Browser::signed_in(relay.address(), "sue")
        .await
        .get("/v1/console/export/audit.jsonl")
        .await
        .text();
    assert_eq!(log.matches("\"article.solved\"").count(), 1);
    relay.stop().await;
}

#[tokio::test]
async fn a_draft_made_of_a_ticket_is_found_among_the_drafts() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut jeanne = user(relay.address(), 1).await;
    let mut ada = client::technician(relay.address(), "ada", 2).await;
    let ticket = jeanne.open_ticket(1).await.unwrap().unwrap();
    ada.take(ticket).await.unwrap().unwrap();
    let draft = ToRelay::DraftArticle {
        ticket,
        language: Language::Fr,
        title: ArticleTitle::new("Imprimante bloquée").unwrap(),
        body: ArticleBody::new("𝕏".repeat(12_000)).unwrap(),
    };
    ada.ask(draft.clone()).await.unwrap().unwrap();
    assert_eq!(jeanne.ask(draft).await.unwrap().unwrap_err().code, Code::NotAllowed);
    let bob = Browser::signed_in(relay.address(), "bob").await;
    let list: ArticleList = bob.get(&format!("{ARTICLES}?state=draft")).await.json();
    assert_eq!(list.rows.len(), 1);
    assert_eq!(list.rows[0].texts[0].ticket, Some(ticket));
    relay.stop().await;
}

#[tokio::test]
async fn canned_replies_are_kept_for_a_team_and_reach_its_technicians() {
    let world = World::new().await;
    let relay = world.start().await;
    let bob = Browser::signed_in(relay.address(), "bob").await;
    let save = |version: Option<u64>, team: Option<u8>, title: &str, en: &str| json!({ "version": version, "team": team, "title": title, "en": en, "fr": null });
    let hello: CannedReply = post(
        &bob,
        REPLIES,
        &save(None, None, "Hello", "Hello {user}, {technician} here."),
    )
    .await
    .json();
    let experts = post(&bob, REPLIES, &save(None, Some(3), "Experts", "x")).await;
    assert_eq!(experts.status, 200);
    for (title, text, code) in [
        ("a", "{password}", Code::UnknownPlaceholder),
        ("b", &"{user}".repeat(30), Code::ReplyTooLong),
        ("", "x", Code::Malformed),
    ] {
        let (status, error) = post(&bob, REPLIES, &save(None, None, title, text)).await.error();
        assert_eq!((status, error.code), (400, code), "{text}");
    }
    let nothing = json!({ "version": null, "team": null, "title": "t", "en": null, "fr": null });
    assert_eq!(post(&bob, REPLIES, &nothing).await.error().1.params["member"], "text");

    let path = format!("{REPLIES}/{}", hello.id);
    let changed: CannedReply = post(&bob, &path, &save(Some(1), None, "Hello", "Hi {user}"))
        .await
        .json();
    assert_eq!(changed.version, 2);
    assert_eq!(
        post(&bob, &path, &save(Some(1), None, "Hello", "Mine")).await.error(),
        (
            409,
            renfort_protocol::error::WireError::from(Code::ChangedMeanwhile).with("author", "Bob Tech")
        )
    );

    let mut ada = client::technician(relay.address(), "ada", 2).await;
    ada.ask(ToRelay::ShowReplies).await.unwrap().unwrap();
    let replies = ada.hear(|message| match message {
        FromRelay::Replies { replies, .. } => Some(replies),
        _ => None,
    });
    assert_eq!(replies.await.unwrap(), [changed], "not those of the experts");

    let remove = format!("{path}/remove");
    assert_eq!(
        post(&bob, &remove, &json!({ "version": 1 })).await.error().1.code,
        Code::ChangedMeanwhile
    );
    assert_eq!(post(&bob, &remove, &json!({ "version": 2 })).await.status, 204);
    assert_eq!(
        post(&bob, &remove, &json!({ "version": 2 })).await.error(),
        (404, Code::UnknownReply.into())
    );
    let log = Browser::signed_in(relay.address(), "sue")
        .await
        .get("/v1/console/export/audit.jsonl")
        .await
        .text();
    assert_eq!(log.matches("\"reply.changed\"").count(), 4);
    assert!(!log.contains("Hello {user}"));
    relay.stop().await;
}
