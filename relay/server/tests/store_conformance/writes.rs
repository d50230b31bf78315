//! Rows: all or nothing, and only over the version that was expected.

use renfort_core::contract::{Change, FIRST_TICKET, TicketRecord};
use renfort_protocol::{
    ids::{DeviceKey, SessionId, TicketId},
    ticket::TicketState,
    time::UnixMillis,
};
use renfort_relay::store::{Applied, Store};

use crate::samples::{logged, note, person, put, put_session, session, ticket, write};

pub async fn a_write_with_the_wrong_version_leaves_nothing_and_the_transaction_goes_on(store: &dyn Store) {
    assert_eq!(write(store, &[put(ticket(1001), None)]).await, Applied::All);
    let second = TicketRecord {
        version: 2,
        state: TicketState::Taken,
        ..ticket(1001)
    };
    let mut transaction = store.begin().await.unwrap();
    let note_first = Change::AddNote {
        ticket: TicketId(1001),
        note: note("lost"),
    };
    for wrong in [
        vec![note_first.clone(), put(second.clone(), Some(2))],
        vec![note_first.clone(), put(second.clone(), None)],
        vec![note_first.clone(), put(ticket(1002), Some(1))],
        vec![note_first, put_session(session(1, 9999), None)],
        vec![Change::AddNote {
            ticket: TicketId(9999),
            note: note("of no ticket"),
        }],
    ] {
        assert_eq!(transaction.apply(&wrong).await.unwrap(), Applied::Conflict, "{wrong:?}");
    }
    assert_eq!(
        transaction.apply(&[put(second.clone(), Some(1))]).await.unwrap(),
        Applied::All
    );
    assert_eq!(
        transaction.apply(&[put(second.clone(), Some(1))]).await.unwrap(),
        Applied::Conflict,
        "done already"
    );
    transaction.commit().await.unwrap();
    let stored = store.ticket(TicketId(1001)).await.unwrap().unwrap();
    assert_eq!((stored.record, stored.notes.len()), (second, 0));
    assert_eq!(store.ticket(TicketId(1002)).await.unwrap(), None);
}

pub async fn an_abandoned_transaction_leaves_nothing(store: &dyn Store) {
    let mut transaction = store.begin().await.unwrap();
    transaction.apply(&[put(ticket(1001), None)]).await.unwrap();
    transaction.add_record(&logged(0, "x", None, None)).await.unwrap();
    drop(transaction);
    assert_eq!(store.ticket(TicketId(1001)).await.unwrap(), None);
    assert_eq!(store.records(0, 10).await.unwrap(), []);
    assert_eq!(
        write(store, &[put(ticket(1001), None)]).await,
        Applied::All,
        "and the next one can begin"
    );
}

pub async fn one_request_of_a_device_opens_one_ticket(store: &dyn Store) {
    write(store, &[put(ticket(1001), None)]).await;
    let again = TicketRecord {
        request: ticket(1001).request,
        ..ticket(1002)
    };
    assert_eq!(write(store, &[put(again.clone(), None)]).await, Applied::Conflict);
    let other_device = TicketRecord {
        device: DeviceKey([2; 32]),
        ..again
    };
    assert_eq!(write(store, &[put(other_device, None)]).await, Applied::All);
}

pub async fn a_start_finds_every_open_ticket_with_notes_and_sessions(store: &dyn Store) {
    assert_eq!(store.snapshot().await.unwrap().next_ticket, FIRST_TICKET);
    let closed = TicketRecord {
        state: TicketState::Solved,
        closed_at: Some(UnixMillis(9)),
        ..ticket(1003)
    };
    write(
        store,
        &[
            put(ticket(1001), None),
            put(ticket(1002), None),
            put(closed.clone(), None),
        ],
    )
    .await;
    write(
        store,
        &[put_session(session(2, 1001), None), put_session(session(1, 1001), None)],
    )
    .await;
    for text in ["first", "second"] {
        write(
            store,
            &[Change::AddNote {
                ticket: TicketId(1001),
                note: note(text),
            }],
        )
        .await;
    }
    person(store, "ada").await;
    let mut snapshot = store.snapshot().await.unwrap();
    snapshot.tickets.sort_by_key(|ticket| ticket.record.id);
    assert_eq!(
        (snapshot.next_ticket, snapshot.accounts.len(), snapshot.tickets.len()),
        (1004, 1, 3)
    );
    let first = &snapshot.tickets[0];
    assert_eq!(first.sessions, [session(1, 1001), session(2, 1001)], "oldest first");
    assert_eq!(first.notes, [note("first"), note("second")]);
    assert_eq!(snapshot.tickets[2].record, closed);
    assert_eq!(store.ticket(TicketId(1001)).await.unwrap().as_ref(), Some(first));
    assert_eq!(store.session(SessionId([2; 16])).await.unwrap(), Some(session(2, 1001)));
    assert_eq!(store.session(SessionId([9; 16])).await.unwrap(), None);
}
