//! Exported files.

use renfort_audit::export::{Against, ExportVerifier};
use renfort_protocol::{
    console::{PAGE_ROWS, Page, TicketRow},
    signalling::ToRelay,
};

use crate::support::{
    World,
    client::{Client, user},
    http::Browser,
};

/// Opens and cancels tickets of one user.
async fn make_tickets(client: &mut Client, how_many: u32, summary: &str) {
    for number in 0..how_many {
        let ticket = client
            .open_ticket_saying(number.into(), summary)
            .await
            .unwrap()
            .unwrap();
        client.ask(ToRelay::CancelTicket { ticket }).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn an_export_has_all_rows_and_not_just_a_page() {
    let world = World::new().await;
    let relay = world.start().await;
    // Fewer requests for each user than the relay's rate limit, more rows in all than a page has.
    let users = 3_u8;
    let each = PAGE_ROWS / 2;
    for seed in 1..=users {
        make_tickets(&mut user(relay.address(), seed).await, each, "Imprimante").await;
    }
    let all = u64::from(users) * u64::from(each);
    let sue = Browser::signed_in(relay.address(), "sue").await;

    let first: Page<TicketRow> = sue.get("/v1/console/tickets").await.json();
    assert_eq!((first.rows.len() as u32, first.total), (PAGE_ROWS, all));
    let second: Page<TicketRow> = sue
        .get(&format!("/v1/console/tickets?after={}", first.next.unwrap()))
        .await
        .json();
    assert_eq!(
        (second.rows.len() as u64, second.total, second.next),
        (all - u64::from(PAGE_ROWS), all, None)
    );
    assert!(second.rows.iter().all(|row| !first.rows.contains(row)), "no row twice");

    let lines = sue.get("/v1/console/export/tickets.jsonl").await.text();
    assert_eq!(lines.lines().count() as u64, all);
    let some = sue.get("/v1/console/export/tickets.jsonl?person=pc-2").await.text();
    assert_eq!(some.lines().count() as u32, each);
    let csv = sue.get("/v1/console/export/tickets.csv").await;
    assert_eq!(csv.text().lines().count() as u64, all + 1);
    assert!(csv.header("content-disposition").unwrap().contains("tickets.csv"));

    let log = sue.get("/v1/console/export/audit.jsonl").await.text();
    let mut verifier = ExportVerifier::new(Against::default());
    for line in log.lines() {
        verifier.push(line).unwrap();
    }
    assert!(verifier.finish().unwrap().checkpoint.size > 2 * all);
    relay.stop().await;
}

#[tokio::test]
async fn a_csv_cannot_smuggle_a_formula_into_a_spreadsheet() {
    let world = World::new().await;
    let relay = world.start().await;
    let formula = "=HYPERLINK(\"http://evil.example\",\"été\")";
    make_tickets(&mut user(relay.address(), 1).await, 1, formula).await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let bytes = sue.get("/v1/console/export/tickets.csv").await.body;
    assert!(
        bytes.starts_with(&[0xef, 0xbb, 0xbf]),
        "a byte order mark tells Excel that this is UTF-8"
    );
    let mut reader = csv::Reader::from_reader(&bytes[3..]);
    let column = reader
        .headers()
        .unwrap()
        .iter()
        .position(|name| name == "summary")
        .unwrap();
    let record = reader.records().next().unwrap().unwrap();
    assert_eq!(&record[column], format!("'{formula}"));
    relay.stop().await;
}

#[tokio::test]
async fn an_export_is_recorded_with_its_rows() {
    let world = World::new().await;
    let relay = world.start().await;
    make_tickets(&mut user(relay.address(), 1).await, 2, "Imprimante").await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    for file in ["tickets.csv", "sessions.csv", "sessions.jsonl", "audit.csv"] {
        let answer = sue.get(&format!("/v1/console/export/{file}")).await;
        assert_eq!(answer.status, 200, "{file}");
    }
    let log = sue.get("/v1/console/export/audit.jsonl").await.text();
    assert_eq!(log.matches("\"console.exported\"").count(), 4);
    assert!(
        log.contains(r#""fields":{"format":"csv","rows":2,"view":"tickets"}"#),
        "{log}"
    );
    relay.stop().await;
}
