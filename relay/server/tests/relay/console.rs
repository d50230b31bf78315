//! The console: who gets in, and what of it stands in the log.

use renfort_protocol::{
    console::{LogStatus, Page, SessionDetail, SessionRow, SignedIn, TicketRow},
    error::Code,
};

use crate::support::{
    PASSWORD, World,
    client::{technician, user},
    http::Browser,
};

#[tokio::test]
async fn nothing_is_shown_without_a_sign_in() {
    let world = World::new().await;
    let relay = world.start().await;
    let stranger = Browser::new(relay.address());
    for path in [
        "me",
        "sessions",
        "tickets",
        "log",
        "session/00112233445566778899aabbccddeeff",
        "export/audit.jsonl",
    ] {
        let (status, error) = stranger.get(&format!("/v1/console/{path}")).await.error();
        assert_eq!((status, error.code), (401, Code::SignInExpired), "{path}");
    }
    let mut forged = Browser::new(relay.address());
    forged.cookie = Some(format!("renfort={}", "ab".repeat(32)));
    assert_eq!(forged.get("/v1/console/me").await.status, 401);
    relay.stop().await;
}

#[tokio::test]
async fn a_supervisor_signs_in_and_out() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut sue = Browser::new(relay.address());
    let answer = sue.sign_in("sue", PASSWORD).await;
    let me = answer.json::<SignedIn>().me;
    assert_eq!(
        (me.person.name.as_str(), me.organisation.as_str()),
        ("Sue Visor", "Mairie")
    );
    assert_eq!(me.technicians.len(), 2);
    let cookie = answer.header("set-cookie").unwrap();
    for flag in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    assert!(
        !cookie.contains("Secure"),
        "without TLS the browser would not send it back"
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(
        answer
            .header("content-security-policy")
            .unwrap()
            .contains("frame-ancestors 'none'")
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));

    assert_eq!(sue.request("POST", "/v1/console/sign-out", &[], "").await.status, 204);
    assert_eq!(
        sue.get("/v1/console/me").await.status,
        401,
        "the cookie is worth nothing any more"
    );
    relay.stop().await;
}

#[tokio::test]
async fn guessing_passwords_is_slowed_down_even_for_the_right_one() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut guesser = Browser::new(relay.address());
    for _ in 0..5 {
        assert_eq!(
            guesser.sign_in("sue", "wrong horse").await.error().1.code,
            Code::SignInFailed
        );
    }
    for password in ["wrong horse", PASSWORD] {
        let (status, error) = guesser.sign_in("sue", password).await.error();
        assert_eq!((status, error.code), (429, Code::SignInLimited));
        assert!(error.params["seconds"].parse::<u64>().unwrap() > 0);
    }
    assert_eq!(
        guesser.sign_in("admin", PASSWORD).await.status,
        200,
        "other accounts are not held up"
    );
    let log = guesser.get("/v1/console/export/audit.jsonl").await.text();
    assert_eq!(log.matches("\"signin.failed\"").count(), 5);
    assert_eq!(log.matches("\"signin.limited\"").count(), 1);
    relay.stop().await;
}

#[tokio::test]
async fn a_post_from_another_site_is_refused() {
    let world = World::new().await;
    let relay = world.start().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let evil = [("Origin", "https://evil.example")];
    let body = format!("{{\"login\":\"sue\",\"password\":\"{PASSWORD}\"}}");
    assert_eq!(
        sue.request("POST", "/v1/console/sign-in", &evil, &body).await.status,
        403
    );
    assert_eq!(sue.request("POST", "/v1/console/sign-out", &evil, "").await.status, 403);
    assert_eq!(sue.get("/v1/console/me").await.status, 200, "still signed in");
    relay.stop().await;
}

#[tokio::test]
async fn rubbish_gets_a_worded_error() {
    let world = World::new().await;
    let relay = world.start().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    for (path, status, code) in [
        ("sessions?ticket=nonsense", 400, Code::Malformed),
        ("sessions?unknown=1", 400, Code::Malformed),
        ("sessions?after=';drop", 400, Code::Malformed),
        ("session/nonsense", 404, Code::UnknownSession),
        ("session/00112233445566778899aabbccddeeff", 404, Code::UnknownSession),
        ("export/people.csv", 404, Code::OutOfOrder),
        ("nothing", 404, Code::OutOfOrder),
    ] {
        let (answered, error) = sue.get(&format!("/v1/console/{path}")).await.error();
        assert_eq!((answered, error.code), (status, code), "{path}");
    }
    let (status, error) = sue.request("POST", "/v1/console/sign-in", &[], "{").await.error();
    assert_eq!((status, error.code), (400, Code::Malformed));
    let (status, error) = sue
        .request("POST", "/v1/console/sign-in", &[], &"x".repeat(9_000))
        .await
        .error();
    assert_eq!((status, error.code), (413, Code::TooLarge));
    relay.stop().await;
}

#[tokio::test]
async fn a_session_is_read_with_its_timeline_and_reading_it_is_recorded() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut asking = user(relay.address(), 1).await;
    let ticket = asking.open_ticket(1).await.unwrap().unwrap();
    let mut ada = technician(relay.address(), "ada", 2).await;
    assert_eq!(ada.take(ticket).await.unwrap(), Ok(()));

    let sue = Browser::signed_in(relay.address(), "sue").await;
    let sessions: Page<SessionRow> = sue.get("/v1/console/sessions").await.json();
    let [row] = &sessions.rows[..] else {
        panic!("{sessions:?}")
    };
    assert_eq!(
        (row.ticket, row.technician.name.as_str(), row.user.machine.as_str()),
        (ticket, "Ada Tech", "pc-1")
    );

    let detail: SessionDetail = sue.get(&format!("/v1/console/session/{}", row.id)).await.json();
    let codes: Vec<&str> = detail.timeline.iter().map(|entry| entry.code.as_str()).collect();
    for code in ["ticket.opened", "ticket.taken", "consent.asked", "console.viewed"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    let opened = detail
        .timeline
        .iter()
        .find(|entry| entry.code == "ticket.opened")
        .unwrap();
    assert_eq!(
        serde_json::to_value(&opened.fields["summary"]).unwrap(),
        "L'écran est noir"
    );
    assert_eq!(detail.ticket.id, ticket);

    let tickets: Page<TicketRow> = sue.get("/v1/console/tickets?person=USER%201&outcome=open").await.json();
    assert_eq!((tickets.total, tickets.rows[0].sessions), (1, 1));
    let none: Page<TicketRow> = sue.get("/v1/console/tickets?outcome=solved").await.json();
    assert_eq!(none.total, 0);

    let status: LogStatus = sue.get("/v1/console/log").await.json();
    assert_eq!(status.broken, None);
    let log = sue.get("/v1/console/export/audit.jsonl").await.text();
    for code in ["console.viewed", "log.checked", "signin.succeeded"] {
        assert!(log.contains(&format!("\"{code}\"")), "{code}");
    }
    relay.stop().await;
}

#[tokio::test]
async fn a_log_that_was_altered_in_the_database_is_found_broken() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut asking = user(relay.address(), 1).await;
    asking.open_ticket(1).await.unwrap().unwrap();
    let mut database = sqlx_connection(&world).await;
    for statement in [
        "DROP TRIGGER records_are_never_changed",
        "UPDATE records SET record = replace(record, 'person', 'organisation') WHERE code = 'ticket.opened'",
    ] {
        sqlx::query(statement).execute(&mut database).await.unwrap();
    }
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let status: LogStatus = sue.get("/v1/console/log").await.json();
    assert_eq!(status.broken.unwrap().fault, "altered");
    relay.stop().await;
}

async fn sqlx_connection(world: &World) -> sqlx::SqliteConnection {
    use sqlx::Connection;
    let path = world.data().join("relay.db");
    sqlx::SqliteConnection::connect(&format!("sqlite://{}", path.display()))
        .await
        .unwrap()
}

#[tokio::test]
async fn whose_relay_it_is_is_said_without_a_sign_in_and_nothing_else() {
    let world = World::new().await;
    let relay = world.start().await;
    let stranger = Browser::new(relay.address());
    let answer = stranger.get("/v1/organisation").await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (200, r#"{"name":"Mairie","codes":true}"#)
    );
    relay.stop().await;
}

#[tokio::test]
async fn the_technicians_page_runs_only_the_relays_own_files_and_talks_to_nobody_else() {
    let world = World::new().await;
    let relay = world.start().await;
    let answer = Browser::new(relay.address()).get("/technician").await;
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(policy.contains("connect-src 'self';"), "{policy}");
    for loose in ["ws:", "wss:", "inline", "eval", "blob:", "*", "http"] {
        assert!(!policy.contains(loose), "{policy}");
    }
    relay.stop().await;
}
