//! The console's lists.

use renfort_core::contract::{SessionRecord, TicketRecord};
use renfort_protocol::{
    console::{Filter, OutcomeFilter},
    ids::TicketId,
    people::Level,
    signalling::EndReason,
    ticket::{Outcome, TicketState},
    time::UnixMillis,
};
use renfort_relay::store::{Store, filter::Criteria};

use crate::samples::{log, logged, put, put_session, session, technician, ticket, user, write};

pub async fn lists_are_narrowed(store: &dyn Store) {
    let other = TicketRecord {
        user: user("Bob"),
        state: TicketState::Solved,
        technician: Some(technician(8)),
        closed_at: Some(UnixMillis(5_000)),
        ..ticket(1002)
    };
    write(
        store,
        &[put(ticket(1001), None), put(other, None), put(ticket(1003), None)],
    )
    .await;
    let refused = SessionRecord {
        ended_at: Some(UnixMillis(9)),
        end: Some(EndReason::Refused),
        ..session(1, 1001)
    };
    let escalated = SessionRecord {
        ended_at: Some(UnixMillis(9)),
        end: Some(EndReason::EndedByTechnician),
        outcome: Some(Outcome::Escalated { to: Level::Two }),
        ..session(2, 1001)
    };
    let solved = SessionRecord {
        technician: technician(8),
        user: user("Bob"),
        ended_at: Some(UnixMillis(9)),
        outcome: Some(Outcome::Solved),
        ..session(3, 1002)
    };
    let open = SessionRecord {
        abuse_reported_at: Some(UnixMillis(7)),
        ..session(4, 1003)
    };
    write(
        store,
        &[refused, escalated, solved, open].map(|record| put_session(record, None)),
    )
    .await;
    log(store, &[logged(0, "ticket.escalated", Some(1001), None)]).await;

    let all = Filter::default();
    let outcome = |outcome| Filter {
        outcome: Some(outcome),
        ..Filter::default()
    };
    for (filter, sessions, tickets) in [
        (all.clone(), &[4, 3, 2, 1][..], &[1003, 1002, 1001][..]),
        (
            Filter {
                ticket: Some(TicketId(1001)),
                ..all.clone()
            },
            &[2, 1],
            &[1001],
        ),
        (
            Filter {
                person: Some("ÉLODIE".into()),
                ..all.clone()
            },
            &[4, 2, 1],
            &[1003, 1001],
        ),
        (
            Filter {
                person: Some("pc-42".into()),
                ..all.clone()
            },
            &[4, 3, 2, 1],
            &[1003, 1002, 1001],
        ),
        (
            Filter {
                person: Some("%".into()),
                ..all.clone()
            },
            &[],
            &[],
        ),
        (
            Filter {
                technician: Some(8),
                ..all.clone()
            },
            &[3],
            &[1002],
        ),
        (
            Filter {
                technician: Some(7),
                ..all.clone()
            },
            &[4, 2, 1],
            &[1003, 1001],
        ),
        (
            Filter {
                from: Some(UnixMillis(3)),
                to: Some(UnixMillis(4)),
                ..all.clone()
            },
            &[3],
            &[],
        ),
        (
            Filter {
                from: Some(UnixMillis(1002)),
                to: Some(UnixMillis(1003)),
                ..all
            },
            &[],
            &[1002],
        ),
        (outcome(OutcomeFilter::Solved), &[3], &[1002]),
        (outcome(OutcomeFilter::NotSolved), &[], &[]),
        (outcome(OutcomeFilter::Escalated), &[2], &[1001]),
        (outcome(OutcomeFilter::Refused), &[1], &[1001]),
        (outcome(OutcomeFilter::Reported), &[4], &[1003]),
        (outcome(OutcomeFilter::Open), &[4], &[1003, 1001]),
    ] {
        let criteria = Criteria::new(&filter).unwrap();
        let listed = store.sessions(&criteria, 10).await.unwrap();
        let ids: Vec<u8> = listed.rows.iter().map(|row| row.record.id.0[0]).collect();
        assert_eq!(
            (ids.as_slice(), listed.total),
            (sessions, sessions.len() as u64),
            "sessions of {filter:?}"
        );
        let listed = store.tickets(&criteria, 10).await.unwrap();
        let ids: Vec<u64> = listed.rows.iter().map(|row| row.record.id.0).collect();
        assert_eq!(
            (ids.as_slice(), listed.total),
            (tickets, tickets.len() as u64),
            "tickets of {filter:?}"
        );
    }
    let first = store
        .tickets(
            &Criteria {
                ticket: Some(TicketId(1001)),
                ..Criteria::default()
            },
            1,
        )
        .await
        .unwrap();
    assert_eq!(first.rows[0].sessions, 2);
}

pub async fn pages_follow_each_other_without_gaps_when_rows_arrive(store: &dyn Store) {
    // Numbers of different length and equal instants: neither may confuse the order.
    let numbers: Vec<u64> = (9..=11).chain(99..=101).collect();
    for number in &numbers {
        write(
            store,
            &[put(
                TicketRecord {
                    opened_at: UnixMillis(50),
                    ..ticket(*number)
                },
                None,
            )],
        )
        .await;
    }
    let mut criteria = Criteria::default();
    let mut seen = Vec::new();
    loop {
        let page = store.tickets(&criteria, 2).await.unwrap();
        assert!(page.rows.len() <= 2);
        seen.extend(page.rows.iter().map(|row| row.record.id.0));
        // A newer ticket arrives between two pages.
        let newer = 1_000 + seen.len() as u64;
        write(
            store,
            &[put(
                TicketRecord {
                    opened_at: UnixMillis(60),
                    ..ticket(newer)
                },
                None,
            )],
        )
        .await;
        criteria.after = page.next;
        if criteria.after.is_none() {
            break;
        }
    }
    assert_eq!(seen, numbers.into_iter().rev().collect::<Vec<_>>());
}
