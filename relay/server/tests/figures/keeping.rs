//! What every store of figures keeps.

use renfort_audit::hash::Digest;
use renfort_figures::{Fact, What};
use renfort_protocol::{
    ids::{ArticleId, TicketId},
    people::Level,
    ticket::{Impact, Language, Urgency},
    time::UnixMillis,
};
use renfort_relay::figures::{Deflection, FigureStore, Noted, Progress, Told};

const OPENED: What = What::Opened {
    impact: Impact::Team,
    urgency: Urgency::High,
    level: Level::One,
};
const CLOSED: What = What::Closed { solved: true };

fn fact(at: u64, what: What) -> Fact {
    Fact {
        at: UnixMillis(at),
        what,
    }
}

fn noted(seq: u64, ticket: u64, at: u64, what: What) -> Noted {
    Noted {
        seq,
        what: Told::Ticket(TicketId(ticket), fact(at, what)),
    }
}

fn deflection(seq: u64, at: u64) -> Noted {
    Noted {
        seq,
        what: Told::Deflection(Deflection {
            at: UnixMillis(at),
            article: ArticleId([7; 16]),
            language: Language::Fr,
        }),
    }
}

fn until(next: u64) -> Progress {
    Progress {
        next,
        last: Some(Digest([next as u8; 32])),
    }
}

/// Numbers of the tickets of this time.
async fn found(store: &dyn FigureStore, from: u64, to: u64) -> Vec<u64> {
    let tickets = store
        .tickets(UnixMillis(from), UnixMillis(to), None, 100)
        .await
        .unwrap();
    tickets.iter().map(|ticket| ticket.id.0).collect()
}

pub async fn facts_come_back_in_order_with_how_far_the_log_was_read(store: &dyn FigureStore) {
    assert_eq!(store.progress().await.unwrap(), Progress::default());
    let told = [
        noted(3, 1001, 10, OPENED),
        noted(4, 1002, 11, OPENED),
        noted(5, 1001, 12, What::UserLeft { since: UnixMillis(9) }),
        noted(8, 1001, 20, CLOSED),
    ];
    store.add(&told, &until(9)).await.unwrap();
    assert_eq!(store.progress().await.unwrap(), until(9));
    store.add(&[], &until(12)).await.unwrap();
    assert_eq!(
        store.progress().await.unwrap(),
        until(12),
        "records that do not count are read too"
    );
    let tickets = store.tickets(UnixMillis(0), UnixMillis(100), None, 10).await.unwrap();
    assert_eq!(tickets.len(), 2);
    let expected = [
        fact(10, OPENED),
        fact(12, What::UserLeft { since: UnixMillis(9) }),
        fact(20, CLOSED),
    ];
    assert_eq!((tickets[0].id, &tickets[0].facts[..]), (TicketId(1001), &expected[..]));
    assert_eq!(tickets[1].facts, [fact(11, OPENED)]);
}

pub async fn what_is_added_twice_is_there_once(store: &dyn FigureStore) {
    let told = [
        noted(3, 1001, 10, OPENED),
        noted(4, 1001, 20, CLOSED),
        noted(5, 1001, 30, What::Reopened),
        deflection(6, 40),
    ];
    for _ in 0..2 {
        store.add(&told, &until(7)).await.unwrap();
    }
    let tickets = store.tickets(UnixMillis(0), UnixMillis(100), None, 10).await.unwrap();
    assert_eq!((tickets.len(), tickets[0].facts.len()), (1, 3));
    assert_eq!(
        found(store, 90, 100).await,
        [1001],
        "it is open, as the last fact has it"
    );
    assert_eq!(
        store.deflections(UnixMillis(0), UnixMillis(100)).await.unwrap().len(),
        1
    );
}

pub async fn a_fact_about_an_unknown_ticket_is_left_out(store: &dyn FigureStore) {
    store
        .add(&[noted(3, 1001, 10, What::Reopened)], &until(4))
        .await
        .unwrap();
    assert_eq!(found(store, 0, 100).await, [0_u64; 0]);
    assert_eq!(store.progress().await.unwrap(), until(4));
}

pub async fn tickets_are_found_by_when_they_were_open_or_touched(store: &dyn FigureStore) {
    let told = [
        noted(1, 1001, 10, OPENED),
        noted(2, 1001, 20, CLOSED),
        noted(3, 1002, 15, OPENED),
        noted(4, 1003, 50, OPENED),
        noted(5, 1003, 60, What::Cancelled),
        noted(6, 1001, 25, What::Feedback { solved: true }),
    ];
    store.add(&told, &until(7)).await.unwrap();
    assert_eq!(found(store, 0, 10).await, [0_u64; 0], "opened before, not at, the end");
    assert_eq!(found(store, 0, 11).await, [1001]);
    assert_eq!(found(store, 25, 40).await, [1001, 1002], "touched at the beginning");
    assert_eq!(found(store, 26, 40).await, [1002], "still open");
    assert_eq!(found(store, 60, 99).await, [1002, 1003]);
    assert_eq!(found(store, 61, 99).await, [1002]);
}

pub async fn tickets_come_in_pages_without_gaps(store: &dyn FigureStore) {
    let told: Vec<Noted> = (0..25).map(|one| noted(one, 1001 + one, one, OPENED)).collect();
    store.add(&told, &until(25)).await.unwrap();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.tickets(UnixMillis(0), UnixMillis(100), after, 10).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        assert!(page.len() <= 10);
        seen.extend(page.into_iter().map(|ticket| ticket.id.0));
    }
    assert_eq!(seen, (1001..1026).collect::<Vec<_>>());
}

pub async fn deflections_are_found_by_when_they_happened(store: &dyn FigureStore) {
    store
        .add(&[deflection(1, 10), deflection(2, 20), deflection(3, 30)], &until(4))
        .await
        .unwrap();
    let found = store.deflections(UnixMillis(10), UnixMillis(30)).await.unwrap();
    let expected = |at| Deflection {
        at: UnixMillis(at),
        article: ArticleId([7; 16]),
        language: Language::Fr,
    };
    assert_eq!(found, [expected(10), expected(20)]);
}

pub async fn what_is_old_and_closed_is_forgotten_and_what_is_open_stays(store: &dyn FigureStore) {
    let told = [
        noted(1, 1001, 10, OPENED),
        noted(2, 1001, 20, CLOSED),
        noted(3, 1002, 10, OPENED),
        noted(4, 1003, 10, OPENED),
        noted(5, 1003, 50, CLOSED),
        deflection(6, 20),
        deflection(7, 50),
    ];
    store.add(&told, &until(8)).await.unwrap();
    store.forget_before(UnixMillis(50)).await.unwrap();
    assert_eq!(found(store, 0, 100).await, [1002, 1003]);
    assert_eq!(
        store.deflections(UnixMillis(0), UnixMillis(100)).await.unwrap().len(),
        1
    );
    // What is said of a forgotten ticket later has nothing to stand on.
    store
        .add(&[noted(8, 1001, 60, What::Reopened)], &until(9))
        .await
        .unwrap();
    assert_eq!(found(store, 0, 100).await, [1002, 1003]);
}

pub async fn after_a_reset_nothing_is_left(store: &dyn FigureStore) {
    store
        .add(&[noted(1, 1001, 10, OPENED), deflection(2, 20)], &until(3))
        .await
        .unwrap();
    store.reset().await.unwrap();
    assert_eq!(store.progress().await.unwrap(), Progress::default());
    assert_eq!(found(store, 0, 100).await, [0_u64; 0]);
    assert_eq!(store.deflections(UnixMillis(0), UnixMillis(100)).await.unwrap(), []);
}
