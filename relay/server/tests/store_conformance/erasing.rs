//! Erasing: orders, holds, what is found of a person, what is left of them.

use renfort_audit::{
    actor::device_hash,
    keeping::{HoldCode, HoldReason},
    personal::PersonalKey,
};
use renfort_core::{
    contract::{Change, Erasure, TicketRecord},
    erasure::ErasureOf,
};
use renfort_protocol::{
    article::{ArticleAction, ArticleBody, ArticleState, ArticleText, ArticleTitle, Author},
    erased,
    figures::Purpose,
    ids::{ArticleId, DeviceKey, PersonId, SessionId, TicketId},
    ticket::{Language, TicketState},
    time::UnixMillis,
};
use renfort_relay::store::{
    Applied, LoggedRecord, Store,
    erasing::{ErasedKey, HoldError, NewHold, Removal, Whom},
    orders::Ordered,
    second_factor::NewSecondFactor,
};

use crate::samples::{log, logged, name, note, person, put, put_session, session, technician, ticket, write};

const NOW: UnixMillis = UnixMillis(5);

fn closed(number: u64, at: u64) -> TicketRecord {
    TicketRecord {
        state: TicketState::Solved,
        technician: Some(technician(7)),
        closed_at: Some(UnixMillis(at)),
        ..ticket(number)
    }
}

fn over(id: u8, of: u64) -> Change {
    let mut record = session(id, of);
    record.ended_at = Some(UnixMillis(9));
    put_session(record, None)
}

fn erase(of: ErasureOf, tickets: &[u64]) -> Change {
    Change::Erase(Box::new(Erasure {
        order: 1,
        of,
        tickets: tickets.iter().copied().map(TicketId).collect(),
        keys: Vec::new(),
        views: Vec::new(),
    }))
}

fn hold(ticket: u64, session: Option<u8>) -> NewHold {
    NewHold {
        ticket: TicketId(ticket),
        session: session.map(|id| SessionId([id; 16])),
        reason: HoldReason::Stated(Purpose::new("A complaint is examined").unwrap()),
    }
}

fn removal(ticket: u64, session: Option<u8>, cause: Option<HoldCode>) -> Removal {
    Removal {
        ticket: TicketId(ticket),
        session: session.map(|id| SessionId([id; 16])),
        cause,
        reason: Purpose::new("It was examined").unwrap(),
    }
}

async fn with_two_closed(store: &dyn Store) {
    let note = Change::AddNote {
        ticket: TicketId(1001),
        note: note("Elle attend"),
    };
    let changes = [
        put(closed(1001, 20), None),
        put(closed(1002, 30), None),
        over(1, 1001),
        note,
    ];
    assert_eq!(write(store, &changes).await, Applied::All);
}

pub async fn names_are_blanked_wherever_a_person_stands_and_versions_grow(store: &dyn Store) {
    with_two_closed(store).await;
    let whom = Whom::Name {
        name: name("ÉLODIE martin"),
        machine: Some(name("pc-42")),
    };
    let of_device = Whom::Device(device_hash(&DeviceKey([1; 32])));
    for whom in [&whom, &of_device, &Whom::Account(PersonId(7))] {
        assert_eq!(store.tickets_with(whom).await.unwrap().len(), 2, "{whom:?}");
    }
    let nobody = Whom::Name {
        name: name("Élodie"),
        machine: None,
    };
    assert!(
        store.tickets_with(&nobody).await.unwrap().is_empty(),
        "a part of a name is nobody's"
    );
    assert!(
        store
            .tickets_with(&Whom::Account(PersonId(8)))
            .await
            .unwrap()
            .is_empty()
    );

    assert_eq!(write(store, &[erase(ErasureOf::User, &[1001])]).await, Applied::All);
    let gone = store.ticket(TicketId(1001)).await.unwrap().unwrap();
    assert_eq!(
        (&gone.record.user, &gone.record.summary),
        (&erased::stated(), &erased::summary())
    );
    assert_eq!((gone.record.version, gone.sessions[0].version), (2, 2));
    assert_eq!(gone.sessions[0].user, erased::stated());
    assert_eq!(
        (gone.notes[0].text.as_str(), gone.notes[0].author.name.as_str()),
        ("[erased]", "Ada")
    );
    assert_eq!(store.tickets_with(&whom).await.unwrap().len(), 1, "the other one stays");

    // What was planned before does not fit any more; erasing again changes nothing.
    assert_eq!(write(store, &[put(closed(1001, 40), Some(1))]).await, Applied::Conflict);
    assert_eq!(write(store, &[erase(ErasureOf::User, &[1001])]).await, Applied::All);
    assert_eq!(store.ticket(TicketId(1001)).await.unwrap().unwrap(), gone);
}

pub async fn what_is_open_or_on_hold_is_not_erased_and_nothing_of_the_batch_is_done(store: &dyn Store) {
    with_two_closed(store).await;
    write(store, &[put(ticket(1003), None)]).await;
    assert_eq!(
        write(store, &[erase(ErasureOf::User, &[1001, 1003])]).await,
        Applied::Conflict
    );
    let mut transaction = store.begin().await.unwrap();
    for _ in 0..2 {
        transaction.hold(&hold(1001, Some(1)), NOW).await.unwrap();
    }
    transaction.commit().await.unwrap();
    assert_eq!(
        store.holds().await.unwrap().len(),
        1,
        "holding it again changes nothing"
    );
    for of in [ErasureOf::User, ErasureOf::Everybody, ErasureOf::Account(PersonId(7))] {
        assert_eq!(
            write(store, &[erase(of, &[1002, 1001])]).await,
            Applied::Conflict,
            "{of:?}"
        );
    }
    assert_eq!(write(store, &[erase(ErasureOf::User, &[9])]).await, Applied::Conflict);
    for number in [1001, 1002, 1003] {
        let kept = store.ticket(TicketId(number)).await.unwrap().unwrap();
        assert_eq!(
            (kept.record.user.name.as_str(), kept.record.version),
            ("Élodie Martin", 1)
        );
    }
    store.remove_hold(&removal(1001, Some(1), None), NOW).await.unwrap();
    assert_eq!(
        write(store, &[erase(ErasureOf::User, &[1001, 1002])]).await,
        Applied::All
    );
}

pub async fn an_order_is_settled_once(store: &dyn Store) {
    let what = Ordered::Erase(Whom::Account(PersonId(3)));
    let first = store.put_order(&what, NOW).await.unwrap();
    let second = store.put_order(&Ordered::Retention, NOW).await.unwrap();
    let orders = store.orders().await.unwrap();
    assert_eq!((orders[0].id, &orders[0].what, orders[0].at), (first, &what, NOW));
    let settle = [Change::SettleOrder { id: first }];
    assert_eq!(write(store, &settle).await, Applied::All);
    assert_eq!(write(store, &settle).await, Applied::Conflict);
    let left: Vec<u64> = store.orders().await.unwrap().iter().map(|order| order.id).collect();
    assert_eq!(left, [second]);
    assert!(store.put_order(&what, NOW).await.unwrap() > second);
}

pub async fn a_hold_is_added_once_and_told(store: &dyn Store) {
    with_two_closed(store).await;
    for unknown in [hold(9, None), hold(1002, Some(1)), hold(1001, Some(2))] {
        assert!(
            matches!(store.add_hold(&unknown, NOW).await, Err(HoldError::Unknown)),
            "{unknown:?}"
        );
    }
    store.add_hold(&hold(1001, None), NOW).await.unwrap();
    store.add_hold(&hold(1001, Some(1)), NOW).await.unwrap();
    for again in [hold(1001, None), hold(1001, Some(1))] {
        assert!(matches!(store.add_hold(&again, NOW).await, Err(HoldError::Already)));
    }
    assert_eq!(store.holds().await.unwrap().len(), 2);
    let first = removal(1001, None, None);
    store.remove_hold(&first, UnixMillis(6)).await.unwrap();
    assert!(matches!(store.remove_hold(&first, NOW).await, Err(HoldError::None)));
    assert_eq!(store.holds().await.unwrap()[0].what, hold(1001, Some(1)));
    let told: Vec<Ordered> = store
        .orders()
        .await
        .unwrap()
        .into_iter()
        .map(|order| order.what)
        .collect();
    let removed = Ordered::HoldRemoved {
        removal: first,
        since: NOW,
    };
    let added = |hold| Ordered::HoldAdded(hold);
    assert_eq!(told, [added(hold(1001, None)), added(hold(1001, Some(1))), removed]);

    // The relay's own has a code, and is in the log already.
    let code = HoldCode::AbuseReported;
    let own = NewHold {
        reason: HoldReason::Own { code },
        ..hold(1001, None)
    };
    let mut transaction = store.begin().await.unwrap();
    transaction.hold(&own, NOW).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(store.holds().await.unwrap()[1].what, own);
    assert_eq!(store.orders().await.unwrap().len(), 3);
    // It stands beside somebody's, and each ends by its own name.
    assert!(matches!(
        store.remove_hold(&removal(1001, None, None), NOW).await,
        Err(HoldError::Own(HoldCode::AbuseReported))
    ));
    assert!(matches!(
        store.remove_hold(&removal(1001, Some(1), Some(code)), NOW).await,
        Err(HoldError::None)
    ));
    store.add_hold(&hold(1001, None), NOW).await.unwrap();
    store.remove_hold(&removal(1001, None, None), NOW).await.unwrap();
    assert_eq!(store.holds().await.unwrap()[1].what, own);
    store.remove_hold(&removal(1001, None, Some(code)), NOW).await.unwrap();
    assert_eq!(store.holds().await.unwrap().len(), 1);
    let last = store.orders().await.unwrap().pop().unwrap();
    let removed = Ordered::HoldRemoved {
        removal: removal(1001, None, Some(code)),
        since: NOW,
    };
    assert_eq!(last.what, removed);
    // An order that an earlier version kept still reads.
    let kept = r#"{"hold_added":{"ticket":"T-1001","session":null,"reason":"A complaint is examined"}}"#;
    assert_eq!(serde_json::from_str::<Ordered>(kept).unwrap(), added(hold(1001, None)));
}

pub async fn an_account_is_blanked_once_disabled_and_its_name_leaves_every_article(store: &dyn Store) {
    let (ada, bob) = (person(store, "ada").await, person(store, "bob").await);
    let text = |version, by: PersonId| ArticleText {
        article: ArticleId([1; 16]),
        language: Language::Fr,
        version,
        state: ArticleState::Published,
        action: ArticleAction::Published,
        title: ArticleTitle::new("Imprimante").unwrap(),
        body: ArticleBody::new("Papier").unwrap(),
        author: Author {
            id: by,
            name: name("Ada"),
        },
        at: NOW,
        ticket: None,
    };
    for (version, by) in [(1, ada), (2, bob), (3, ada)] {
        let change = Change::PutArticle {
            text: Box::new(text(version, by)),
            expected_version: (version > 1).then(|| version - 1),
        };
        assert_eq!(write(store, &[change]).await, Applied::All);
    }
    let change = [erase(ErasureOf::Account(ada), &[])];
    assert_eq!(write(store, &change).await, Applied::Conflict, "still in use");
    let factor = NewSecondFactor {
        sealed: vec![9; 48],
        recovery: Vec::new(),
    };
    store.put_second_factor(&name("ada"), &factor, NOW).await.unwrap();
    store.disable_person(&name("ada"), false, NOW).await.unwrap();
    assert_eq!(write(store, &change).await, Applied::All);
    assert!(store.credentials(&name("ada")).await.unwrap().is_none());
    let login = name(&format!("[erased] {}", ada.0));
    let left = store.credentials(&login).await.unwrap().unwrap();
    assert_eq!(left.hash, "", "no password fits it any more");
    assert_eq!(store.second_factor(ada).await.unwrap(), None);
    assert_eq!(store.account(ada).await.unwrap().unwrap().person.name, erased::name());
    assert_eq!(store.account(bob).await.unwrap().unwrap().person.name, name("Ada"));
    for (version, shown) in [(1, "[erased]"), (2, "Ada"), (3, "[erased]")] {
        let text = store
            .article_version(ArticleId([1; 16]), Language::Fr, version)
            .await
            .unwrap();
        assert_eq!(text.unwrap().author.name.as_str(), shown, "version {version}");
    }
    let now = store.article_texts(ArticleId([1; 16])).await.unwrap();
    assert_eq!(now[0].author.name, erased::name());
    assert_eq!(write(store, &change).await, Applied::All, "and again");
}

pub async fn what_is_due_is_old_closed_not_held_and_not_erased(store: &dyn Store) {
    with_two_closed(store).await;
    write(store, &[put(closed(1003, 10), None), put(ticket(1004), None)]).await;
    let due = async |before, limit| -> Vec<u64> {
        let tickets = store.tickets_due(UnixMillis(before), limit).await.unwrap();
        tickets.iter().map(|one| one.record.id.0).collect()
    };
    assert_eq!(
        due(30, 9).await,
        [1003, 1001],
        "the oldest first, and not the one of that very instant"
    );
    assert_eq!(due(99, 2).await, [1003, 1001]);
    assert_eq!(due(10, 9).await, [0_u64; 0]);
    store.add_hold(&hold(1001, None), NOW).await.unwrap();
    write(store, &[erase(ErasureOf::User, &[1003])]).await;
    assert_eq!(due(99, 9).await, [1003, 1002], "whoever helped still has a name there");
    write(store, &[erase(ErasureOf::Everybody, &[1003])]).await;
    assert_eq!(due(99, 9).await, [1002]);
    let gone = store.ticket(TicketId(1003)).await.unwrap().unwrap();
    assert_eq!(gone.record.technician.unwrap().name, erased::name());
}

pub async fn what_comes_to_a_ticket_after_it_was_erased_is_due_again(store: &dyn Store) {
    with_two_closed(store).await;
    let due = async || -> Vec<u64> {
        let tickets = store.tickets_due(UnixMillis(99), 9).await.unwrap();
        tickets.iter().map(|one| one.record.id.0).collect()
    };
    let gone = erase(ErasureOf::Everybody, &[1001, 1002]);
    write(store, std::slice::from_ref(&gone)).await;
    assert_eq!(due().await, [0_u64; 0]);
    let blanked = store.ticket(TicketId(1001)).await.unwrap().unwrap().record;
    let version = blanked.version;
    let reopened = TicketRecord {
        state: TicketState::Waiting,
        closed_at: None,
        reopened: 1,
        version: version + 1,
        ..blanked
    };
    let closed_again = TicketRecord {
        state: TicketState::Solved,
        closed_at: Some(UnixMillis(60)),
        technician: Some(technician(8)),
        version: version + 2,
        ..reopened.clone()
    };
    write(store, &[put(reopened, Some(version))]).await;
    assert_eq!(due().await, [0_u64; 0], "it is open");
    write(store, &[put(closed_again, Some(version + 1))]).await;
    assert_eq!(due().await, [1001]);
    write(store, std::slice::from_ref(&gone)).await;
    assert_eq!(due().await, [0_u64; 0]);
    let said = Change::AddNote {
        ticket: TicketId(1002),
        note: note("Elle rappelle"),
    };
    for change in [said, over(2, 1002)] {
        write(store, &[change]).await;
        assert_eq!(due().await, [1002]);
        write(store, std::slice::from_ref(&gone)).await;
    }
    let nameless = LoggedRecord {
        personal: Vec::new(),
        ..logged(0, "a", Some(1002), None)
    };
    log(store, &[nameless, logged(1, "b", None, None)]).await;
    assert_eq!(due().await, [0_u64; 0], "nobody is named by these");
    log(store, &[logged(2, "c", Some(1002), None)]).await;
    assert_eq!(due().await, [1002]);
}

pub async fn keys_are_deleted_by_name(store: &dyn Store) {
    let scopes: Vec<String> = [
        "device:ab/T-1001",
        "person:1/#3",
        "person:1/#12",
        "person:1/T-1001",
        "person:10/#4",
    ]
    .map(str::to_owned)
    .into();
    store.keys_or_new(&scopes, &mut || PersonalKey([7; 32])).await.unwrap();
    let sorted = |mut scopes: Vec<String>| {
        scopes.sort();
        scopes
    };
    let of = store.scopes_of_subject("person:1").await.unwrap();
    assert_eq!(sorted(of), ["person:1/#12", "person:1/#3", "person:1/T-1001"]);
    let old = store.scopes_of_records_before(12, 9).await.unwrap();
    assert_eq!(sorted(old), ["person:1/#3", "person:10/#4"]);
    assert_eq!(store.scopes_of_records_before(99, 1).await.unwrap().len(), 1);
    let erased: Vec<ErasedKey> = (2..)
        .zip(&scopes[..2])
        .map(|(fields, scope)| ErasedKey {
            scope: scope.clone(),
            fields,
        })
        .collect();
    store.erase_keys(7, &erased[..1]).await.unwrap();
    assert_eq!(store.fields_erased_for(7).await.unwrap(), 2);
    for order in [7, 8, 7] {
        store.erase_keys(order, &erased).await.unwrap();
    }
    assert_eq!(store.fields_erased_for(7).await.unwrap(), 5, "each key counts once");
    assert_eq!(store.fields_erased_for(8).await.unwrap(), 0, "and for one order");
    store.forget_erased(&[7]).await.unwrap();
    assert_eq!(store.fields_erased_for(7).await.unwrap(), 5);
    store.forget_erased(&[8]).await.unwrap();
    assert_eq!(store.fields_erased_for(7).await.unwrap(), 0);
    assert_eq!(store.key("device:ab/T-1001").await.unwrap(), None);
    assert!(store.key("person:1/#12").await.unwrap().is_some());
    assert!(store.scrub(true).await.unwrap());
    log(store, &[logged(0, "a", Some(1001), None), logged(1, "b", None, None)]).await;
    assert_eq!(
        store.scopes_of_ticket(TicketId(1001)).await.unwrap(),
        ["person:1/-", "person:1/-"]
    );
    let under: Vec<u64> = store
        .fields_under(&["person:1/-".to_owned(), "person:2/-".to_owned()])
        .await
        .unwrap()
        .into_iter()
        .map(|(seq, _)| seq)
        .collect();
    assert_eq!(under, [0, 0, 1, 1]);
    let loose = store.records_of_no_ticket(0, 9).await.unwrap();
    assert_eq!(loose, [logged(1, "b", None, None)]);
    assert!(store.records_of_no_ticket(2, 9).await.unwrap().is_empty());
}
