//! Accounts and their sign-ins.

use renfort_audit::hash::Digest;
use renfort_core::contract::Change;
use renfort_protocol::{
    ids::{DeviceKey, PersonId},
    people::{Level, Role},
    time::UnixMillis,
};
use renfort_relay::store::{
    Applied, ConsoleSignIn, NewAccount, Store, StoreError,
    orders::{Ordered, PersonChange},
    second_factor::NewSecondFactor,
};

use crate::samples::{name, person, write};

pub async fn a_login_is_taken_once_whatever_its_case(store: &dyn Store) {
    let id = person(store, "ada").await;
    let role = Role::Supervisor;
    let again = NewAccount {
        login: name("ADA"),
        name: name("Other"),
        role,
        hash: "h".into(),
    };
    assert!(matches!(
        store.add_person(&again, UnixMillis(2)).await,
        Err(StoreError::LoginTaken)
    ));
    assert_eq!(
        store
            .credentials(&name("Ada"))
            .await
            .unwrap()
            .unwrap()
            .account
            .person
            .id,
        id
    );
    assert_eq!(store.credentials(&name("bob")).await.unwrap(), None);
    assert_eq!(
        store.account(id).await.unwrap().unwrap().person.role,
        Role::Technician { level: Level::Two }
    );
    assert!(matches!(
        store.disable_person(&name("bob"), false, UnixMillis(2)).await,
        Err(StoreError::UnknownLogin)
    ));
    assert_eq!(store.people().await.unwrap().len(), 1);
}

pub async fn changes_of_accounts_are_ordered_with_them(store: &dyn Store) {
    let id = person(store, "ada").await;
    for was_active in [true, false] {
        let done = store.disable_person(&name("ada"), false, UnixMillis(2)).await;
        assert_eq!(done.unwrap(), was_active);
    }
    use PersonChange::{Added, Disabled};
    assert_eq!(
        ordered(store, id).await,
        [Added, Disabled],
        "disabling twice is one change"
    );
    assert_eq!(store.orders().await.unwrap()[1].at, UnixMillis(2));
}

/// What the log is to tell of an account.
async fn ordered(store: &dyn Store, id: PersonId) -> Vec<PersonChange> {
    let orders = store.orders().await.unwrap();
    let changes = orders.into_iter().filter_map(|order| match order.what {
        Ordered::Person { person, change } if person == id => Some(change),
        _ => None,
    });
    changes.collect()
}

pub async fn a_token_is_good_on_its_device_until_it_expires_or_its_account_is_disabled(store: &dyn Store) {
    let id = person(store, "ada").await;
    let (hash, device) = (Digest([5; 32]), DeviceKey([6; 32]));
    let keep = Change::PutToken {
        hash,
        person: id,
        device,
        expires_at: UnixMillis(100),
    };
    assert_eq!(write(store, std::slice::from_ref(&keep)).await, Applied::All);
    let found = async |device, now| {
        store
            .token(&hash, &device, UnixMillis(now))
            .await
            .unwrap()
            .map(|who| who.person.id)
    };
    assert_eq!(found(device, 99).await, Some(id));
    assert_eq!(found(device, 100).await, None);
    assert_eq!(found(DeviceKey([7; 32]), 99).await, None);
    write(store, &[Change::DeleteToken { hash }]).await;
    assert_eq!(found(device, 99).await, None);
    write(store, &[keep]).await;
    store.disable_person(&name("ada"), false, UnixMillis(2)).await.unwrap();
    assert_eq!(found(device, 99).await, None);
    assert!(store.account(id).await.unwrap().unwrap().disabled);
}

pub async fn a_console_sign_in_is_kept_until_it_is_forgotten(store: &dyn Store) {
    let person = person(store, "sue").await;
    let (old, new) = (Digest([1; 32]), Digest([2; 32]));
    let sign_in = |at| ConsoleSignIn {
        person,
        signed_in_at: UnixMillis(at),
        used_at: UnixMillis(at),
        page: Digest([3; 32]),
    };
    store.put_console_sign_in(&old, &sign_in(10)).await.unwrap();
    store.put_console_sign_in(&new, &sign_in(20)).await.unwrap();
    let used = ConsoleSignIn {
        used_at: UnixMillis(30),
        ..sign_in(20)
    };
    store.note_console_use(&new, UnixMillis(30)).await.unwrap();
    store.forget_expired(UnixMillis(40), UnixMillis(15)).await.unwrap();
    assert_eq!(store.console_sign_in(&old).await.unwrap(), None);
    assert_eq!(store.console_sign_in(&new).await.unwrap(), Some(used));
    store.delete_console_sign_in(&new).await.unwrap();
    assert_eq!(store.console_sign_in(&new).await.unwrap(), None);
    store.note_console_use(&new, UnixMillis(45)).await.unwrap();
    assert_eq!(
        store.console_sign_in(&new).await.unwrap(),
        None,
        "a request that was still under way does not sign in again"
    );
    store.put_console_sign_in(&new, &used).await.unwrap();
    store.disable_person(&name("sue"), false, UnixMillis(50)).await.unwrap();
    assert_eq!(store.console_sign_in(&new).await.unwrap(), None);
}

/// With this sealed secret and these hashes.
fn second_factor(sealed: u8) -> NewSecondFactor {
    NewSecondFactor {
        sealed: vec![sealed; 48],
        recovery: vec![Digest([1; 32]), Digest([2; 32])],
    }
}

pub async fn a_second_factors_steps_and_recovery_codes_count_once(store: &dyn Store) {
    let id = person(store, "ada").await;
    assert_eq!(store.second_factor(id).await.unwrap(), None);
    assert!(!store.use_step(id, 1).await.unwrap());
    assert!(matches!(
        store
            .put_second_factor(&name("bob"), &second_factor(9), UnixMillis(2))
            .await,
        Err(StoreError::UnknownLogin)
    ));
    store
        .put_second_factor(&name("ada"), &second_factor(9), UnixMillis(2))
        .await
        .unwrap();
    store.count_wrong_code(id).await.unwrap();
    assert_eq!(store.second_factor(id).await.unwrap().unwrap().wrong_codes, 1);
    for (step, counts) in [(7, true), (7, false), (6, false), (8, true)] {
        assert_eq!(store.use_step(id, step).await.unwrap(), counts, "{step}");
    }
    store.count_wrong_code(id).await.unwrap();
    for counts in [true, false] {
        assert_eq!(store.use_recovery_code(id, &Digest([1; 32])).await.unwrap(), counts);
    }
    let left = store.second_factor(id).await.unwrap().unwrap();
    assert_eq!((left.last_step, left.wrong_codes), (Some(8), 0));
    assert_eq!((left.sealed, left.recovery), (vec![9; 48], vec![Digest([2; 32])]));

    store
        .put_second_factor(&name("ada"), &second_factor(8), UnixMillis(3))
        .await
        .unwrap();
    let anew = store.second_factor(id).await.unwrap().unwrap();
    assert_eq!(
        (anew.last_step, anew.recovery.len()),
        (None, 2),
        "another one in its place"
    );
    assert_eq!(store.with_second_factor().await.unwrap(), [id].into());
    for was_there in [true, false] {
        let reset = store.reset_second_factor(&name("ada"), UnixMillis(4)).await.unwrap();
        assert_eq!(reset, was_there);
    }
    assert_eq!(store.second_factor(id).await.unwrap(), None);
    use PersonChange::{Added, SecondFactorEnabled, SecondFactorReset};
    assert_eq!(
        ordered(store, id).await,
        [Added, SecondFactorEnabled, SecondFactorEnabled, SecondFactorReset]
    );
}

pub async fn what_changes_how_somebody_signs_in_ends_their_sign_ins_and_no_others(store: &dyn Store) {
    let (ada, sue) = (person(store, "ada").await, person(store, "sue").await);
    let cookie = |of: PersonId| Digest([u8::try_from(of.0).unwrap(); 32]);
    let sign_in = async |of: PersonId| {
        let kept = ConsoleSignIn {
            person: of,
            signed_in_at: UnixMillis(1),
            used_at: UnixMillis(1),
            page: Digest([3; 32]),
        };
        store.delete_console_sign_in(&cookie(of)).await.unwrap();
        store.put_console_sign_in(&cookie(of), &kept).await.unwrap();
    };
    let signed_in = async |of: PersonId| store.console_sign_in(&cookie(of)).await.unwrap().is_some();
    sign_in(sue).await;
    sign_in(ada).await;
    store
        .change_password(&name("ada"), "other", UnixMillis(2))
        .await
        .unwrap();
    assert_eq!(store.credentials(&name("ada")).await.unwrap().unwrap().hash, "other");
    assert!(!signed_in(ada).await && signed_in(sue).await);
    sign_in(ada).await;
    store
        .put_second_factor(&name("ada"), &second_factor(9), UnixMillis(3))
        .await
        .unwrap();
    assert!(!signed_in(ada).await && signed_in(sue).await);
    sign_in(ada).await;
    assert_eq!(store.end_sign_ins_without_second_factor().await.unwrap(), [sue].into());
    assert!(signed_in(ada).await && !signed_in(sue).await);
    store.reset_second_factor(&name("ada"), UnixMillis(4)).await.unwrap();
    assert!(!signed_in(ada).await);
}

pub async fn of_two_that_disable_the_last_administrators_at_once_one_is_refused(store: &dyn Store) {
    let disable = async |login: &str, even_last| {
        let login = name(login);
        store.disable_person(&login, even_last, UnixMillis(2)).await
    };
    for round in 0..20 {
        let (one, other) = (format!("one{round}"), format!("other{round}"));
        for login in [&one, &other] {
            let account = NewAccount {
                login: name(login),
                name: name("Eve"),
                role: Role::Administrator,
                hash: "h".into(),
            };
            store.add_person(&account, UnixMillis(1)).await.unwrap();
        }
        let (first, second) = tokio::join!(disable(&one, false), disable(&other, false));
        let refused = match (&first, &second) {
            (Ok(true), Err(StoreError::LastAdministrator)) => &other,
            (Err(StoreError::LastAdministrator), Ok(true)) => &one,
            both => panic!("{both:?}"),
        };
        let active = store.people().await.unwrap();
        let active: Vec<_> = active.iter().filter(|person| !person.account.disabled).collect();
        assert_eq!(active.len(), 1);
        assert_eq!(active[0].login.as_str(), refused);
        disable(refused, true).await.unwrap();
        disable(refused, false).await.unwrap();
    }
}
