//! Records, checkpoints and keys.

use renfort_audit::{hash::Digest, personal::PersonalKey};
use renfort_protocol::ids::{SessionId, TicketId};
use renfort_relay::store::{Store, StoredCheckpoint};

use crate::samples::{log, logged};

pub async fn records_come_back_in_order_with_their_personal_fields(store: &dyn Store) {
    let all: Vec<_> = (0..5).map(|seq| logged(seq, "x", Some(1001), None)).collect();
    log(store, &all).await;
    assert_eq!(store.records(0, 10).await.unwrap(), all);
    assert_eq!(store.records(1, 2).await.unwrap(), all[1..3]);
    assert_eq!(store.records(5, 10).await.unwrap(), []);
    let hashes: Vec<_> = all.iter().map(|logged| logged.hash).collect();
    assert_eq!(store.hashes(0, 10).await.unwrap(), hashes);
    assert_eq!(store.hashes(1, 2).await.unwrap(), hashes[1..3]);
    assert_eq!(store.hashes(5, 10).await.unwrap(), []);
}

pub async fn a_record_number_is_given_once(store: &dyn Store) {
    log(store, &[logged(0, "x", None, Some((1, 0)))]).await;
    let mut transaction = store.begin().await.unwrap();
    assert_eq!(transaction.next_session_seq(SessionId([1; 16])).await.unwrap(), 1);
    assert_eq!(transaction.next_session_seq(SessionId([2; 16])).await.unwrap(), 0);
    assert!(transaction.add_record(&logged(0, "y", None, None)).await.is_err());
    drop(transaction);
    assert_eq!(
        store.records(0, 10).await.unwrap(),
        [logged(0, "x", None, Some((1, 0)))]
    );
}

pub async fn the_newest_checkpoint_is_found(store: &dyn Store) {
    assert_eq!(store.checkpoint().await.unwrap(), None);
    for size in [3, 12] {
        let mut transaction = store.begin().await.unwrap();
        let checkpoint = StoredCheckpoint {
            size,
            text: format!("text {size}"),
            peaks: vec![Digest([size as u8; 32])],
        };
        transaction.add_checkpoint(&checkpoint).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(store.checkpoint().await.unwrap(), Some(checkpoint));
    }
}

pub async fn a_scope_keeps_its_key(store: &dyn Store) {
    let mut drawn = 0;
    let mut fresh = || {
        drawn += 1;
        PersonalKey([drawn; 32])
    };
    let (a, b, c) = (
        "person:1/-".to_owned(),
        "person:2/-".to_owned(),
        "person:3/-".to_owned(),
    );
    let first = store.keys_or_new(&[a.clone(), b.clone()], &mut fresh).await.unwrap();
    assert_eq!(first, [PersonalKey([1; 32]), PersonalKey([2; 32])]);
    let second = store.keys_or_new(&[b.clone(), c], &mut fresh).await.unwrap();
    assert_eq!(second, [PersonalKey([2; 32]), PersonalKey([3; 32])]);
    assert_eq!(store.key(&a).await.unwrap(), Some(PersonalKey([1; 32])));
    assert_eq!(store.key("person:4/-").await.unwrap(), None);
}

pub async fn a_timeline_has_the_ticket_and_the_one_session(store: &dyn Store) {
    let records = [
        logged(0, "ticket.opened", Some(1001), None),
        logged(1, "consent.asked", Some(1001), Some((1, 0))),
        logged(2, "consent.asked", Some(1001), Some((2, 0))),
        logged(3, "ticket.opened", Some(1002), None),
        logged(4, "ticket.closed", Some(1001), None),
    ];
    log(store, &records).await;
    let timeline = store.timeline(TicketId(1001), SessionId([1; 16])).await.unwrap();
    assert_eq!(timeline, [records[0].clone(), records[1].clone(), records[4].clone()]);
}
