//! The team's figures from outside: tickets over real sockets, figures over HTTP.

use std::time::Duration;

use jiff::{Span, Timestamp, tz::TimeZone};
use renfort_protocol::{
    console::{Page, SessionRow},
    error::Code,
    figures::{Backlog, PersonFigures, Satisfaction, Share, TeamFigures},
    ids::TicketId,
    people::Level,
    signalling::ToRelay,
    ticket::Outcome,
};
use renfort_relay::figures::{parse_hours, save_hours};
use serde_json::json;

use crate::support::{
    ADMIN, World,
    apps::says_yes,
    client::{Client, technician, user},
    http::{Answer, Browser},
    program::run,
};

const FIGURES: &str = "/v1/console/figures";

/// A day of these tests, so many days from today; their business hours are all hours of UTC.
fn day(from_today: i64) -> String {
    let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    today.saturating_add(Span::new().days(from_today)).to_string()
}

fn query() -> String {
    format!("{FIGURES}?from={}&to={}&by=day", day(-6), day(1))
}

/// A world where every hour is a business hour.
async fn world() -> World {
    let world = World::new().await;
    let all = r#"[{"from":"00:00","to":"24:00"}]"#;
    let days = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let week: Vec<String> = days.iter().map(|day| format!("\"{day}\":{all}")).collect();
    let hours = parse_hours(&format!(r#"{{"time_zone":"UTC","week":{{{}}}}}"#, week.join(","))).unwrap();
    let store = world.store().await;
    save_hours(&store, &hours, renfort_relay::clock::now()).await.unwrap();
    renfort_relay::store::Store::close(&store).await;
    world
}

async fn wrap_up(technician: &mut Client, ticket: TicketId, outcome: Outcome) {
    let done = ToRelay::WrapUp {
        ticket,
        outcome,
        message: None,
        note: None,
    };
    technician.ask(done).await.unwrap().unwrap();
}

/// Four users: solved with a session, solved but not really, escalated, given up.
async fn work(address: std::net::SocketAddr) {
    let (mut ada, mut bob) = (
        technician(address, "ada", 100).await,
        technician(address, "bob", 101).await,
    );
    let mut first = user(address, 1).await;
    let ticket = first.open_ticket(1).await.unwrap().unwrap();
    ada.take(ticket).await.unwrap().unwrap();
    let until = renfort_relay::clock::now().plus(60_000);
    says_yes(&mut first, &mut ada, until).await;
    wrap_up(&mut ada, ticket, Outcome::Solved).await;
    first
        .ask(ToRelay::Feedback { ticket, solved: true })
        .await
        .unwrap()
        .unwrap();

    let mut second = user(address, 2).await;
    let ticket = second.open_ticket(2).await.unwrap().unwrap();
    bob.take(ticket).await.unwrap().unwrap();
    wrap_up(&mut bob, ticket, Outcome::Solved).await;
    second
        .ask(ToRelay::Feedback { ticket, solved: false })
        .await
        .unwrap()
        .unwrap();

    let mut third = user(address, 3).await;
    let ticket = third.open_ticket(3).await.unwrap().unwrap();
    ada.take(ticket).await.unwrap().unwrap();
    wrap_up(&mut ada, ticket, Outcome::Escalated { to: Level::Two }).await;

    let mut fourth = user(address, 4).await;
    let ticket = fourth.open_ticket(4).await.unwrap().unwrap();
    fourth.ask(ToRelay::CancelTicket { ticket }).await.unwrap().unwrap();
}

async fn figures(browser: &Browser) -> TeamFigures {
    browser.get(&query()).await.json()
}

#[tokio::test]
async fn what_happened_over_sockets_is_counted_also_after_a_restart_and_from_nothing() {
    let world = world().await;
    let relay = world.start().await;
    work(relay.address()).await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let shown = figures(&sue).await;
    let whole = shown.whole;
    assert_eq!(
        (whole.opened, whole.cancelled, whole.solved, whole.reopened),
        (4, 1, 2, 1)
    );
    assert_eq!(whole.escalations.one_to_two, 1);
    assert_eq!(whole.first_contact, Share { part: 1, of: 2 });
    assert_eq!(whole.first_contact_open, 1);
    assert_eq!(whole.handled_by_first_level, Share { part: 3, of: 3 });
    assert_eq!(whole.resolved_by_first_level, Share { part: 2, of: 2 });
    let said = Satisfaction {
        asked: 2,
        answered: 2,
        solved: 1,
    };
    assert_eq!(whole.satisfaction, said);
    let open = Backlog {
        hours: 2,
        ..Backlog::default()
    };
    assert_eq!(whole.backlog, open);
    assert_eq!(
        (whole.waiting.count, whole.first_response.count, whole.resolution.count),
        (3, 3, 1)
    );
    assert_eq!(shown.groups.len(), 8);
    assert_eq!(shown.hours.time_zone, "UTC");
    relay.stop().await;

    let relay = world.start().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    assert_eq!(figures(&sue).await.whole, whole);
    let mut fifth = user(relay.address(), 5).await;
    fifth.open_ticket(5).await.unwrap().unwrap();
    let grown = figures(&sue).await.whole;
    assert_eq!(grown.opened, 5, "it follows on");
    relay.stop().await;

    for file in ["figures.db", "figures.db-wal", "figures.db-shm"] {
        drop(std::fs::remove_file(world.data().join(file)));
    }
    let relay = world.start().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    assert_eq!(figures(&sue).await.whole, grown);
    relay.stop().await;
}

#[tokio::test]
async fn a_relay_whose_figures_cannot_be_kept_helps_people_all_the_same() {
    let world = world().await;
    // Neither to be opened nor to be removed.
    std::fs::create_dir(world.data().join("figures.db")).unwrap();
    let relay = world.start().await;
    work(relay.address()).await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    assert_eq!(figures(&sue).await.whole.opened, 4, "they are kept in memory");
    relay.stop().await;
}

#[tokio::test]
async fn looking_at_figures_and_taking_them_away_is_recorded() {
    let world = world().await;
    let relay = world.start().await;
    work(relay.address()).await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    figures(&sue).await;
    let file = sue.get(&query().replace("figures?", "figures.csv?")).await;
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(
        file.header("content-disposition")
            .unwrap()
            .starts_with("attachment; filename=\"figures-20")
    );
    let text = file.text();
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 1 + 8);
    let columns = lines[0].split(',').count();
    assert!(lines.iter().all(|line| line.split(',').count() == columns), "{text}");
    let today = lines.iter().find(|line| line.starts_with(&day(0))).unwrap();
    let opened: Vec<&str> = today.split(',').collect();
    assert_eq!((lines[0].split(',').nth(2), opened[2]), (Some("opened"), "4"));

    let log = sue.get("/v1/console/export/audit.jsonl").await.text();
    assert!(log.contains("\"console.viewed\"") && log.contains("\"view\":\"figures\""));
    assert!(log.contains("\"console.exported\""));
    relay.stop().await;
}

async fn person(browser: &Browser, body: &serde_json::Value) -> Answer {
    browser
        .request("POST", "/v1/console/figures/person", &[], &body.to_string())
        .await
}

/// Ada's account number.
async fn ada(browser: &Browser) -> u64 {
    let sessions: Page<SessionRow> = browser.get("/v1/console/sessions").await.json();
    sessions
        .rows
        .iter()
        .find(|row| row.technician.name.as_str() == "Ada Tech")
        .unwrap()
        .technician
        .id
        .0
}

#[tokio::test]
async fn one_technicians_figures_need_a_purpose_which_is_recorded_before_they_are_shown() {
    let world = world().await;
    let relay = world.start().await;
    work(relay.address()).await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let ada_id = ada(&sue).await;
    let purpose = "Entretien annuel, convenu avec l'intéressée";
    let asked = json!({ "technician": ada_id, "purpose": purpose, "from": day(-6), "to": day(1) });
    let shown: PersonFigures = person(&sue, &asked).await.json();
    assert_eq!(shown.technician.name.as_str(), "Ada Tech");
    assert_eq!(shown.figures, None, "of two tickets nothing is told");

    let (mut one, mut tech) = (
        user(relay.address(), 9).await,
        technician(relay.address(), "ada", 100).await,
    );
    for request in 0..3 {
        let ticket = one.open_ticket(90 + request).await.unwrap().unwrap();
        tech.take(ticket).await.unwrap().unwrap();
        wrap_up(&mut tech, ticket, Outcome::NotSolved).await;
    }
    let shown: PersonFigures = person(&sue, &asked).await.json();
    let told = shown.figures.unwrap();
    assert_eq!(
        (told.tickets, told.solved, told.not_solved, told.escalated),
        (5, 1, 3, 1)
    );
    assert_eq!(told.reopened, Share { part: 0, of: 4 });

    let log = sue.get("/v1/console/export/audit.jsonl").await.text();
    let records: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let viewed: Vec<_> = records
        .iter()
        .filter(|line| line["record"]["code"] == "figures.person_viewed")
        .collect();
    assert_eq!(viewed.len(), 2);
    let record = &viewed[0]["record"];
    assert_eq!(
        (&record["fields"]["person"], &record["fields"]["from"]),
        (&json!(ada_id), &json!(day(-6)))
    );
    assert!(
        record["fields"].get("purpose").is_none(),
        "what somebody wrote is personal"
    );
    assert_eq!(viewed[0]["revealed"]["purpose"]["value"], purpose);
    relay.stop().await;
}

#[tokio::test]
async fn what_is_not_recorded_is_not_shown() {
    let world = world().await;
    let mut config = world.config();
    config.sqlite.max_pages = Some(150);
    let relay = renfort_relay::Relay::start(config).await.unwrap();
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let asked = json!({ "technician": 3, "purpose": "x".repeat(500), "from": day(-6), "to": day(1) });
    let mut last = person(&sue, &asked).await;
    for _ in 0..2_000 {
        if last.status != 200 {
            break;
        }
        last = person(&sue, &asked).await;
    }
    let (status, error) = last.error();
    assert_eq!((status, error.code), (500, Code::NotRecorded));
    relay.stop().await;
}

#[tokio::test]
async fn technicians_and_strangers_see_no_figures_and_administrators_see_no_persons() {
    let world = world().await;
    let relay = world.start().await;
    let asked = json!({ "technician": 3, "purpose": "a purpose of some length", "from": day(-6), "to": day(1) });
    let stranger = Browser::new(relay.address());
    let ada = Browser::signed_in(relay.address(), "ada").await;
    for path in [query(), query().replace("figures?", "figures.csv?")] {
        assert_eq!(stranger.get(&path).await.error().1.code, Code::SignInExpired);
        let (status, error) = ada.get(&path).await.error();
        assert_eq!((status, error.code), (403, Code::NotAllowed), "{path}");
    }
    assert_eq!(person(&stranger, &asked).await.status, 401);
    assert_eq!(person(&ada, &asked).await.status, 403);

    let admin = Browser::signed_in(relay.address(), ADMIN).await;
    assert_eq!(admin.get(&query()).await.status, 200);
    let (status, error) = person(&admin, &asked).await.error();
    assert_eq!((status, error.code), (403, Code::NotAllowed));
    let log = admin.get("/v1/console/export/audit.jsonl").await.text();
    assert!(log.contains("console.figures.person"), "the attempt is recorded");
    assert!(!log.contains("figures.person_viewed"));
    relay.stop().await;
}

#[tokio::test]
async fn rubbish_gets_a_worded_error_and_is_not_recorded_as_a_look() {
    let world = world().await;
    let relay = world.start().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let with = |query: &str| format!("{FIGURES}?{query}");
    for bad in [
        with(""),
        with("from=2026-01-01"),
        with("from=2026-01-01&to=2026-01-02"),
        with("from=2026-02-30&to=2026-03-02&by=day"),
        with("from=2026-01-02&to=2026-01-01&by=day"),
        with("from=2024-01-01&to=2026-01-01&by=day"),
        with("from=2026-01-01&to=2026-01-02&by=year"),
        with("from=2026-01-01&to=2026-01-02&by=day&level=4"),
        with("from=2026-01-01&to=2026-01-02&by=day&level=one"),
        with("from=2026-01-01&to=2026-01-02&by=day&impact=%27;drop"),
        with("from=2026-01-01&to=2026-01-02&by=day&technician=3"),
        with("from=%00&to=%F0%9F%98%80&by=day"),
    ] {
        for path in [bad.clone(), bad.replace("figures?", "figures.csv?")] {
            let (status, error) = sue.get(&path).await.error();
            assert_eq!((status, error.code), (400, Code::Malformed), "{path}");
        }
    }
    let good = json!({ "technician": 3, "purpose": "a purpose of some length", "from": day(-6), "to": day(1) });
    for (member, value, named) in [
        ("technician", json!(1), "technician"),
        ("technician", json!(999), "technician"),
        ("technician", json!(u64::MAX), "technician"),
        ("purpose", json!("too short"), "purpose"),
        ("purpose", json!("          "), "purpose"),
        ("purpose", json!("x".repeat(501)), "purpose"),
        ("purpose", json!("two lines\nof a purpose"), "purpose"),
        ("purpose", json!("turned \u{202e}around"), "purpose"),
        ("from", json!("yesterday"), "from"),
        ("from", json!(day(0)), "to"),
        ("from", json!(day(2)), "to"),
        ("from", json!("2020-01-01"), "to"),
    ] {
        let mut bad = good.clone();
        bad[member] = value;
        let (status, error) = person(&sue, &bad).await.error();
        assert_eq!((status, error.code), (400, Code::Malformed), "{bad}");
        assert_eq!(error.params.get("member").map(String::as_str), Some(named), "{bad}");
    }
    for body in ["", "{", "[]", "null", "{\"technician\":3}"] {
        let answer = sue.request("POST", "/v1/console/figures/person", &[], body).await;
        assert_eq!(answer.error().1.code, Code::Malformed, "{body}");
    }
    let evil = [("Origin", "https://evil.example")];
    assert_eq!(
        sue.request("POST", "/v1/console/figures/person", &evil, &good.to_string())
            .await
            .status,
        403
    );
    let log = sue.get("/v1/console/export/audit.jsonl").await.text();
    assert!(!log.contains("figures.person_viewed") && !log.contains("\"view\":\"figures\""));
    relay.stop().await;
}

// The command waits for the relay, which runs in this very process.
#[tokio::test(flavor = "multi_thread")]
async fn business_hours_are_set_while_the_relay_runs_and_stand_in_the_log() {
    let world = World::new().await;
    let relay = world.start().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let shown: TeamFigures = sue.get(&query()).await.json();
    assert_eq!(shown.hours.time_zone, "Europe/Paris");
    assert_eq!(
        (shown.hours.week[0][0].from.as_str(), shown.hours.week[6].len()),
        ("08:00", 0)
    );

    let data = world.data();
    let data = data.to_str().unwrap();
    let file = world.folder.path().join("hours.json");
    let hours = format!(
        r#"{{"time_zone":"Indian/Reunion","week":{{"monday":[{{"from":"07:30","to":"12:00"}},{{"from":"13:00","to":"16:30"}}]}},"holidays":["{}"]}}"#,
        day(0)
    );
    std::fs::write(&file, hours).unwrap();
    let set = run(&["hours", "set", "--data", data, file.to_str().unwrap()], "");
    assert!(set.status.success(), "{set:?}");
    let said = String::from_utf8(set.stdout).unwrap();
    assert!(
        said.contains("mon 07:30-12:00 13:00-16:30") && said.contains("Indian/Reunion"),
        "{said}"
    );
    let printed = run(&["hours", "show", "--data", data], "");
    assert!(String::from_utf8(printed.stdout).unwrap().contains("Indian/Reunion"));

    let shown: TeamFigures = sue.get(&query()).await.json();
    assert_eq!(shown.hours.time_zone, "Indian/Reunion");
    assert_eq!(shown.hours.week[0].len(), 2);
    assert_eq!(shown.hours.holidays.len(), 1);
    let mut log = String::new();
    for _ in 0..100 {
        log = sue.get("/v1/console/export/audit.jsonl").await.text();
        if log.contains("\"hours.changed\"") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(
        log.contains("\"hours.changed\"") && log.contains("mon 07:30-12:00 13:00-16:30"),
        "{log}"
    );
    tokio::time::sleep(Duration::from_secs(3)).await;
    let log = sue.get("/v1/console/export/audit.jsonl").await.text();
    assert_eq!(log.matches("\"hours.changed\"").count(), 1, "once for each change");

    for (text, says) in [
        ("{", "this is no file of business hours"),
        (r#"{"time_zone":"Mars/Olympus","week":{}}"#, "is no time zone"),
        (r#"{"time_zone":"UTC","week":{}}"#, "not one hour of the week is open"),
    ] {
        std::fs::write(&file, text).unwrap();
        let refused = run(&["hours", "set", "--data", data, file.to_str().unwrap()], "");
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && said.contains(says), "{said}");
    }
    std::fs::write(&file, " ".repeat(70_000)).unwrap();
    let refused = run(&["hours", "set", "--data", data, file.to_str().unwrap()], "");
    assert!(
        String::from_utf8(refused.stderr)
            .unwrap()
            .contains("at most 65536 bytes")
    );
    let printed = run(&["hours", "show", "--data", data], "");
    assert!(
        String::from_utf8(printed.stdout).unwrap().contains("Indian/Reunion"),
        "nothing was changed"
    );
    relay.stop().await;
}
