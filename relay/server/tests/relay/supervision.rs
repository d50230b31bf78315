//! The console's stories, histories, live page and saved views: who may ask, what is recorded, what is refused.

use renfort_protocol::{
    console::{
        history::History,
        live::{Doing, Live, LiveOpening},
        story::TicketStory,
        views::SavedView,
    },
    error::Code,
    ids::TicketId,
    signalling::{ConsentAnswer, FromRelay, ToRelay},
    ticket::TicketState,
};
use renfort_relay::{Relay, store::Store};

use crate::support::{
    World,
    apps::says_yes,
    client::{Client, technician, user},
    http::Browser,
    name,
};

/// A user's ticket that a technician took; its question is open.
async fn taken(relay: &Relay) -> (Client, Client, TicketId) {
    let mut asking = user(relay.address(), 1).await;
    let ticket = asking.open_ticket(1).await.unwrap().unwrap();
    let mut ada = technician(relay.address(), "ada", 2).await;
    ada.take(ticket).await.unwrap().unwrap();
    (asking, ada, ticket)
}

async fn log(sue: &Browser) -> String {
    sue.get("/v1/console/export/audit.jsonl").await.text()
}

async fn poll(sue: &Browser, opening: &LiveOpening, tag: Option<&str>) -> crate::support::http::Answer {
    let path = format!("/v1/console/live?opening={}", opening.opening);
    let headers: Vec<(&str, &str)> = tag.map(|tag| ("If-None-Match", tag)).into_iter().collect();
    sue.request("GET", &path, &headers, "").await
}

async fn open_live(sue: &Browser) -> LiveOpening {
    sue.request("POST", "/v1/console/live", &[], "").await.json()
}

#[tokio::test]
async fn nobody_reads_without_a_supervisors_sign_in() {
    let world = World::new().await;
    let relay = world.start().await;
    let stranger = Browser::new(relay.address());
    let opening = "live?opening=00112233445566778899aabbccddeeff";
    for (method, path) in [
        ("GET", "ticket/T-1001"),
        ("GET", "history?person=x"),
        ("POST", "live"),
        ("GET", opening),
        ("GET", "views"),
        ("POST", "views"),
        ("PUT", "views/1"),
        ("DELETE", "views/1"),
    ] {
        let (status, error) = stranger
            .request(method, &format!("/v1/console/{path}"), &[], "{}")
            .await
            .error();
        assert_eq!((status, error.code), (401, Code::SignInExpired), "{method} {path}");
    }
    let ada = Browser::signed_in(relay.address(), "ada").await;
    for path in ["ticket/T-1001", "history?person=x", opening, "views"] {
        let (status, error) = ada.get(&format!("/v1/console/{path}")).await.error();
        assert_eq!((status, error.code), (403, Code::NotAllowed), "a technician: {path}");
    }
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let store = world.store().await;
    store
        .disable_person(&name("sue"), false, renfort_relay::clock::now())
        .await
        .unwrap();
    store.close().await;
    assert_eq!(sue.get("/v1/console/history?person=x").await.status, 401);
    relay.stop().await;
}

#[tokio::test]
async fn what_makes_no_sense_gets_a_worded_error() {
    let world = World::new().await;
    let relay = world.start().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let long = "x".repeat(81);
    for (path, status, code) in [
        ("ticket/nonsense", 404, Code::UnknownTicket),
        ("ticket/T-9", 404, Code::UnknownTicket),
        ("ticket/T-9?from=x", 400, Code::Malformed),
        ("history", 400, Code::Malformed),
        ("history?person=a&machine=b", 400, Code::Malformed),
        ("history?person=", 400, Code::Malformed),
        (&format!("history?person={long}"), 400, Code::Malformed),
        ("history?person=a&after=';drop", 400, Code::Malformed),
        ("history?anything=a", 400, Code::Malformed),
        ("live", 400, Code::Malformed),
        ("live?opening=nonsense", 400, Code::Malformed),
        ("live?opening=00112233445566778899aabbccddeeff", 404, Code::OutOfOrder),
        ("tickets?level=4", 400, Code::Malformed),
        ("tickets?state=gone", 400, Code::Malformed),
        (&format!("tickets?text={long}"), 400, Code::Malformed),
        ("tickets?text=a+b+c+d+e+f+g+h+i+j+k+l+m", 400, Code::Malformed),
    ] {
        let (answered, error) = sue.get(&format!("/v1/console/{path}")).await.error();
        assert_eq!((answered, error.code), (status, code), "{path}");
    }
    relay.stop().await;
}

#[tokio::test]
async fn a_ticket_is_read_with_all_its_sessions_and_reading_it_is_recorded() {
    let world = World::new().await;
    let relay = world.start().await;
    let (mut asking, mut ada, ticket) = taken(&relay).await;
    let session = ada
        .hear(|message| match message {
            FromRelay::Asked { session } => Some(session.id),
            _ => None,
        })
        .await
        .unwrap();
    let answer = ConsentAnswer::Refuse { timed_out: false };
    asking
        .ask(ToRelay::AnswerConsent { session, answer })
        .await
        .unwrap()
        .unwrap();
    ada.ask_again(ticket).await.unwrap().unwrap();

    let sue = Browser::signed_in(relay.address(), "sue").await;
    let story: TicketStory = sue.get(&format!("/v1/console/ticket/{ticket}")).await.json();
    assert_eq!(
        (story.ticket.id, story.ticket.sessions, story.sessions.len()),
        (ticket, 2, 2)
    );
    assert_eq!(story.sessions[0].id, session);
    let asked: Vec<_> = story
        .timeline
        .iter()
        .filter(|entry| entry.code == "consent.asked")
        .filter_map(|entry| entry.session)
        .collect();
    assert_eq!(asked, [story.sessions[0].id, story.sessions[1].id], "of both sessions");
    let refused = story
        .timeline
        .iter()
        .find(|entry| entry.code == "consent.refused")
        .unwrap();
    assert!(refused.denied);
    assert_eq!(story.next, None);
    assert!(
        story.timeline.iter().any(|entry| entry.code == "console.viewed"),
        "this very look"
    );

    let last = story.timeline.last().unwrap().seq;
    let rest: TicketStory = sue
        .get(&format!("/v1/console/ticket/{ticket}?from={last}"))
        .await
        .json();
    assert_eq!(rest.timeline.iter().filter(|entry| entry.seq < last).count(), 0);
    assert_eq!(log(&sue).await.matches(r#""view":"ticket""#).count(), 2);
    relay.stop().await;
}

#[tokio::test]
async fn a_history_is_read_by_whole_name_and_the_name_is_recorded_as_personal() {
    let world = World::new().await;
    let relay = world.start().await;
    let (_asking, _ada, ticket) = taken(&relay).await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let history: History = sue.get("/v1/console/history?person=USER%201").await.json();
    assert_eq!(
        (history.totals.tickets, history.totals.open, history.totals.sessions),
        (1, 1, 1)
    );
    assert_eq!(history.totals.companions[0].name.as_str(), "pc-1");
    let [row] = &history.tickets.rows[..] else {
        panic!("{history:?}")
    };
    assert_eq!(
        (row.ticket.id, row.ticket.state, row.sessions.len()),
        (ticket, TicketState::Taken, 1)
    );
    let part: History = sue.get("/v1/console/history?person=User").await.json();
    assert_eq!(part.totals.tickets, 0, "a part of a name is no name");
    let machine: History = sue.get("/v1/console/history?machine=PC-1").await.json();
    assert_eq!(machine.totals.companions[0].name.as_str(), "User 1");

    let log = log(&sue).await;
    for view in ["person", "machine"] {
        assert!(log.contains(&format!(r#""view":"{view}""#)), "{view}");
    }
    let public = log.lines().filter_map(|line| {
        let record: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(record["record"]["fields"].to_string())
    });
    assert!(
        public.into_iter().all(|fields| !fields.contains("USER 1")),
        "a name is no public field"
    );
    relay.stop().await;
}

#[tokio::test]
async fn what_goes_on_is_shown_recorded_once_an_opening_and_told_only_when_it_changes() {
    let world = World::new().await;
    let relay = world.start().await;
    let (mut asking, mut ada, ticket) = taken(&relay).await;
    let mut waiting = user(relay.address(), 7).await;
    waiting.open_ticket(1).await.unwrap().unwrap();
    let _bob = technician(relay.address(), "bob", 3).await;
    let sue = Browser::signed_in(relay.address(), "sue").await;

    let opening = open_live(&sue).await;
    let live = &opening.live;
    assert_eq!((live.users_online, live.waiting_total, live.sessions_total), (2, 1, 1));
    assert_eq!(live.waiting[0].user.name.as_str(), "User 7");
    let doing: Vec<_> = live
        .technicians
        .iter()
        .map(|one| (one.technician.name.as_str(), one.online, one.doing.clone()))
        .collect();
    assert!(
        matches!(&doing[..], [("Ada Tech", true, Doing::Asking { ticket: of, .. }), ("Bob Tech", true, Doing::Free)] if *of == ticket),
        "{doing:?}"
    );
    let session = live.sessions[0].id;
    assert!(live.sessions[0].capabilities.is_empty() && live.sessions[0].started_at.is_none());

    let first = poll(&sue, &opening, None).await;
    let tag = first.header("etag").unwrap().to_owned();
    let unchanged = poll(&sue, &opening, Some(&tag)).await;
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));

    let expires_at = renfort_relay::clock::now().plus(600_000);
    assert_eq!(says_yes(&mut asking, &mut ada, expires_at).await, session);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let changed = poll(&sue, &opening, Some(&tag)).await;
    let live: Live = changed.json();
    assert_eq!(
        (live.sessions[0].expires_at, live.sessions[0].capabilities.len()),
        (Some(expires_at), 1)
    );
    assert!(matches!(live.technicians[0].doing, Doing::InSession { session: of, .. } if of == session));

    let outcome = renfort_protocol::ticket::Outcome::Solved;
    let (message, note) = (None, None);
    ada.ask(ToRelay::WrapUp {
        ticket,
        outcome,
        message,
        note,
    })
    .await
    .unwrap()
    .unwrap();
    assert_eq!(
        log(&sue).await.matches(r#""view":"live""#).count(),
        1,
        "polls are not recorded"
    );

    let other = Browser::signed_in(relay.address(), "admin").await;
    let (status, error) = poll(&other, &opening, None).await.error();
    assert_eq!(
        (status, error.code),
        (404, Code::OutOfOrder),
        "an opening is its opener's"
    );
    let evil = [("Origin", "https://evil.example")];
    assert_eq!(sue.request("POST", "/v1/console/live", &evil, "").await.status, 403);
    relay.stop().await;
}

#[tokio::test]
async fn an_opening_does_not_outlive_the_relay_but_the_sign_in_does() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut sue = Browser::signed_in(relay.address(), "sue").await;
    let opening = open_live(&sue).await;
    relay.stop().await;
    let relay = world.start().await;
    sue.address = relay.address();
    let (status, error) = poll(&sue, &opening, None).await.error();
    assert_eq!((status, error.code), (404, Code::OutOfOrder));
    let again = open_live(&sue).await;
    assert!(
        again.live.relay_since > opening.live.relay_since,
        "the restart can be told"
    );
    relay.stop().await;
}

#[tokio::test]
async fn saved_views_follow_the_person_and_only_the_person() {
    let world = World::new().await;
    let relay = world.start().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let body = r#"{"name":"Mine <b>","list":"tickets","filter":{"level":2,"since":"week"}}"#;
    let kept: SavedView = sue.request("POST", "/v1/console/views", &[], body).await.json();
    let elsewhere = Browser::signed_in(relay.address(), "sue").await;
    let views: Vec<SavedView> = elsewhere.get("/v1/console/views").await.json();
    assert_eq!(views, std::slice::from_ref(&kept));
    let admin = Browser::signed_in(relay.address(), "admin").await;
    assert_eq!(admin.get("/v1/console/views").await.json::<Vec<SavedView>>(), []);

    let path = format!("/v1/console/views/{}", kept.id);
    let renamed = r#"{"name":"Ours"}"#;
    for (browser, method, body, path, status, code) in [
        (&admin, "PUT", renamed, path.as_str(), 404, Code::UnknownView),
        (&admin, "DELETE", "", &path, 404, Code::UnknownView),
        (&sue, "PUT", r#"{"name":""}"#, &path, 400, Code::Malformed),
        (&sue, "PUT", renamed, "/v1/console/views/x", 404, Code::UnknownView),
        (&sue, "POST", body, "/v1/console/views", 409, Code::NameTaken),
        (
            &sue,
            "POST",
            r#"{"name":"a","list":"people","filter":{}}"#,
            "/v1/console/views",
            400,
            Code::Malformed,
        ),
        (
            &sue,
            "POST",
            r#"{"name":"a","list":"tickets","filter":{"technician":18446744073709551615}}"#,
            "/v1/console/views",
            400,
            Code::Malformed,
        ),
    ] {
        let (answered, error) = browser.request(method, path, &[], body).await.error();
        assert_eq!((answered, error.code), (status, code), "{method} {path} {body}");
    }
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(9_000));
    assert_eq!(
        sue.request("POST", "/v1/console/views", &[], &large)
            .await
            .error()
            .1
            .code,
        Code::TooLarge
    );
    let evil = [("Origin", "https://evil.example")];
    assert_eq!(sue.request("DELETE", &path, &evil, "").await.status, 403);
    assert_eq!(sue.request("PUT", &path, &[], renamed).await.status, 204);
    let views: Vec<SavedView> = elsewhere.get("/v1/console/views").await.json();
    assert_eq!(views[0].name.as_str(), "Ours");
    assert_eq!(elsewhere.request("DELETE", &path, &[], "").await.status, 204);
    assert_eq!(
        sue.request("DELETE", &path, &[], "").await.error().1.code,
        Code::UnknownView
    );
    relay.stop().await;
}
