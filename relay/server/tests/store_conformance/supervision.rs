//! Stories, histories, saved views, and the lists' further filters.

use renfort_core::contract::{SessionRecord, TicketRecord};
use renfort_protocol::{
    console::{
        Filter, OutcomeFilter,
        views::{ListKind, MAX_SAVED_VIEWS, NewView, SavedView, StateFilter, ViewFilter, ViewName},
    },
    ids::TicketId,
    people::{Level, Stated},
    signalling::EndReason,
    ticket::{Summary, TicketState},
    time::UnixMillis,
};
use renfort_relay::store::{
    Store,
    filter::Criteria,
    supervision::{Exactly, ViewError},
};

use crate::samples::{log, logged, name, person, put, put_session, session, ticket, write};

fn on(text: &str, machine: &str) -> Stated {
    Stated {
        name: name(text),
        machine: name(machine),
    }
}

fn refused(id: u8, of: u64) -> SessionRecord {
    SessionRecord {
        ended_at: Some(UnixMillis(9)),
        end: Some(EndReason::Refused),
        ..session(id, of)
    }
}

pub async fn lists_are_narrowed_by_words_machine_level_state_and_what_followed(store: &dyn Store) {
    let one = TicketRecord {
        summary: Summary::new("Écran NOIR à l'accueil").unwrap(),
        user: on("Élodie Martin", "PC-ACCUEIL"),
        ..ticket(1001)
    };
    let two = TicketRecord {
        summary: Summary::new("Imprimante").unwrap(),
        user: on("pc-accueil", "LAPTOP-9"),
        level: Level::Two,
        state: TicketState::Taken,
        reopened: 2,
        ..ticket(1002)
    };
    let three = TicketRecord {
        summary: Summary::new("100% _ noir").unwrap(),
        state: TicketState::NotSolved,
        closed_at: Some(UnixMillis(9_000)),
        ..ticket(1003)
    };
    write(
        store,
        &[put(one.clone(), None), put(two.clone(), None), put(three, None)],
    )
    .await;
    let by = |record: SessionRecord, of: &TicketRecord| SessionRecord {
        user: of.user.clone(),
        ..record
    };
    let changes = [
        by(refused(1, 1001), &one),
        by(refused(2, 1002), &two),
        by(session(3, 1002), &two),
        refused(4, 1003),
    ]
    .map(|record| put_session(record, None));
    write(store, &changes).await;

    let of = |change: fn(&mut Filter)| {
        let mut filter = Filter::default();
        change(&mut filter);
        filter
    };
    for (filter, sessions, tickets) in [
        (of(|f| f.text = Some("noir".into())), &[4, 1][..], &[1003, 1001][..]),
        (of(|f| f.text = Some("  élodie   écran ".into())), &[1], &[1001]),
        (of(|f| f.text = Some("écran imprimante".into())), &[], &[]),
        (of(|f| f.text = Some("100% _".into())), &[4], &[1003]),
        (of(|f| f.machine = Some("accueil".into())), &[1], &[1001]),
        (of(|f| f.level = Some(Level::Two)), &[3, 2], &[1002]),
        (of(|f| f.reopened = Some(true)), &[3, 2], &[1002]),
        (of(|f| f.reopened = Some(false)), &[4, 3, 2, 1], &[1003, 1002, 1001]),
        (of(|f| f.state = Some(StateFilter::Open)), &[3, 2, 1], &[1002, 1001]),
        (of(|f| f.state = Some(StateFilter::Waiting)), &[1], &[1001]),
        (of(|f| f.state = Some(StateFilter::Taken)), &[3, 2], &[1002]),
        (of(|f| f.state = Some(StateFilter::NotSolved)), &[4], &[1003]),
        (of(|f| f.state = Some(StateFilter::Solved)), &[], &[]),
        (of(|f| f.state = Some(StateFilter::Cancelled)), &[], &[]),
        (
            of(|f| f.outcome = Some(OutcomeFilter::Refused)),
            &[4, 2, 1],
            &[1003, 1002, 1001],
        ),
        // The second ticket was asked again, the third is closed.
        (of(|f| f.outcome = Some(OutcomeFilter::Unanswered)), &[1], &[1001]),
    ] {
        let criteria = Criteria::new(&filter).unwrap();
        let listed = store.sessions(&criteria, 10).await.unwrap();
        let ids: Vec<u8> = listed.rows.iter().map(|row| row.record.id.0[0]).collect();
        assert_eq!(
            (&ids[..], listed.total),
            (sessions, sessions.len() as u64),
            "sessions of {filter:?}"
        );
        let listed = store.tickets(&criteria, 10).await.unwrap();
        let ids: Vec<u64> = listed.rows.iter().map(|row| row.record.id.0).collect();
        assert_eq!(
            (&ids[..], listed.total),
            (tickets, tickets.len() as u64),
            "tickets of {filter:?}"
        );
    }
}

pub async fn a_history_is_of_one_whole_name_whatever_its_case(store: &dyn Store) {
    let of = |number: u64, user: Stated, state: TicketState| TicketRecord {
        user,
        state,
        closed_at: (state != TicketState::Waiting).then_some(UnixMillis(9_000)),
        ..ticket(number)
    };
    let tickets = [
        of(1001, on("Élodie Martin", "PC-1"), TicketState::Solved),
        TicketRecord {
            reopened: 1,
            ..of(1002, on("ÉLODIE MARTIN", "pc-2"), TicketState::Waiting)
        },
        of(1003, on("Élodie Martinez", "PC-1"), TicketState::Cancelled),
        of(1004, on("Élodie Martin", "PC-2"), TicketState::NotSolved),
    ];
    write(store, &tickets.map(|record| put(record, None))).await;
    write(
        store,
        &[refused(1, 1001), session(2, 1001), session(3, 1003)].map(|record| put_session(record, None)),
    )
    .await;

    let person = Exactly::Person("élodie martin".into());
    let totals = store.history_totals(&person).await.unwrap();
    assert_eq!(
        (
            totals.tickets,
            totals.open,
            totals.solved,
            totals.not_solved,
            totals.cancelled,
            totals.reopened
        ),
        (3, 1, 1, 1, 0, 1)
    );
    assert_eq!((totals.sessions, totals.refused), (2, 1));
    assert_eq!(
        (totals.first_at, totals.last_at),
        (Some(UnixMillis(1001)), Some(UnixMillis(1004)))
    );
    let machines: Vec<_> = totals
        .companions
        .iter()
        .map(|one| (one.name.as_str(), one.tickets))
        .collect();
    assert_eq!(
        machines,
        [("PC-2", 2), ("PC-1", 1)],
        "as last stated, most tickets first"
    );

    let machine = Exactly::Machine("pc-1".into());
    let totals = store.history_totals(&machine).await.unwrap();
    assert_eq!((totals.tickets, totals.companions.len()), (2, 2));
    let criteria = Criteria {
        history: Some(machine),
        ..Criteria::default()
    };
    let listed = store.tickets(&criteria, 1).await.unwrap();
    assert_eq!((listed.rows[0].record.id, listed.total), (TicketId(1003), 2));
    let criteria = Criteria {
        after: listed.next,
        ..criteria
    };
    let listed = store.tickets(&criteria, 1).await.unwrap();
    assert_eq!((listed.rows[0].record.id, listed.next), (TicketId(1001), None));

    let sessions = store.sessions_of(&[TicketId(1001), TicketId(1002)]).await.unwrap();
    assert_eq!(sessions.iter().map(|one| one.id.0[0]).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(store.sessions_of(&[]).await.unwrap(), []);
    let nobody = store.history_totals(&Exactly::Person("martin".into())).await.unwrap();
    assert_eq!((nobody.tickets, nobody.first_at, nobody.companions.len()), (0, None, 0));
}

pub async fn a_story_has_all_sessions_of_a_ticket_part_by_part(store: &dyn Store) {
    write(store, &[put(ticket(1001), None), put(ticket(1002), None)]).await;
    let records = [
        logged(0, "ticket.opened", Some(1001), None),
        logged(1, "ticket.opened", Some(1002), None),
        logged(2, "consent.asked", Some(1001), Some((1, 0))),
        logged(3, "consent.asked", Some(1001), Some((2, 0))),
        logged(4, "console.viewed", None, None),
        logged(5, "ticket.closed", Some(1001), None),
    ];
    log(store, &records).await;
    let whole = store.story(TicketId(1001), 0, 10).await.unwrap();
    assert_eq!(
        whole,
        [0, 2, 3, 5].map(|seq| records[seq].clone()),
        "with their personal fields"
    );
    let part = store.story(TicketId(1001), 2, 2).await.unwrap();
    assert_eq!(part.iter().map(|one| one.record.seq).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(store.story(TicketId(9), 0, 10).await.unwrap(), []);
}

fn view(text: &str) -> NewView {
    NewView {
        name: ViewName::new(text).unwrap(),
        list: ListKind::Tickets,
        filter: ViewFilter {
            level: Some(Level::Two),
            reopened: true,
            ..ViewFilter::default()
        },
    }
}

pub async fn a_saved_view_is_its_owners_and_names_are_unique(store: &dyn Store) {
    let (sue, tom) = (person(store, "sue").await, person(store, "tom").await);
    let late = store.save_view(sue, &view("Zone")).await.unwrap();
    let early = store.save_view(sue, &view("été")).await.unwrap();
    assert!(matches!(
        store.save_view(sue, &view("ÉTÉ")).await,
        Err(ViewError::NameTaken)
    ));
    store.save_view(tom, &view("été")).await.unwrap();
    let views = store.saved_views(sue).await.unwrap();
    let NewView { name, list, filter } = view("Zone");
    let kept = SavedView {
        id: late,
        name,
        list,
        filter,
    };
    assert_eq!(views.len(), 2);
    assert!(views.contains(&kept));

    let renamed = ViewName::new("ZONE").unwrap();
    store.rename_view(sue, late, &renamed).await.unwrap();
    let clash = store.rename_view(sue, late, &ViewName::new("Été").unwrap()).await;
    assert!(matches!(clash, Err(ViewError::NameTaken)));
    for (who, id) in [(tom, late), (sue, 99)] {
        assert!(matches!(
            store.rename_view(who, id, &renamed).await,
            Err(ViewError::Unknown)
        ));
        assert!(matches!(store.delete_view(who, id).await, Err(ViewError::Unknown)));
    }
    store.delete_view(sue, early).await.unwrap();
    assert!(matches!(store.delete_view(sue, early).await, Err(ViewError::Unknown)));
    let left = store.saved_views(sue).await.unwrap();
    assert_eq!(left.iter().map(|one| one.name.clone()).collect::<Vec<_>>(), [renamed]);
    assert_eq!(store.saved_views(tom).await.unwrap().len(), 1);
}

pub async fn saved_views_have_a_limit_and_go_with_their_account(store: &dyn Store) {
    let sue = person(store, "sue").await;
    for number in 0..MAX_SAVED_VIEWS {
        store.save_view(sue, &view(&format!("View {number}"))).await.unwrap();
    }
    assert!(matches!(
        store.save_view(sue, &view("One more")).await,
        Err(ViewError::TooMany)
    ));
    store.disable_person(&name("sue"), false, UnixMillis(5)).await.unwrap();
    assert_eq!(store.saved_views(sue).await.unwrap(), []);
}
