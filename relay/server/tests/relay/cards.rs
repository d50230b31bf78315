//! Technicians' cards, from the request on the technician's device to the end of a session that a revoked one opened.

use std::path::Path;

use renfort_protocol::{
    card::{CardRequest, SignedCard, VERSION},
    error::Code,
    ids::PersonId,
    people::Level,
    signalling::{EndReason, FromRelay, ToRelay, Welcomed},
    ticket::Outcome,
};

use crate::support::{
    World,
    apps::{device, pair, question, says_yes},
    client::{Client, technician, user},
    name,
    program::{Serving, run},
};

const ADA: u8 = 2;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs a command that must succeed; gives what it says.
fn done(arguments: &[&str]) -> String {
    let output = run(arguments, "");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command that must fail; gives why.
fn fails(arguments: &[&str]) -> String {
    let output = run(arguments, "");
    assert!(!output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

async fn asks_for_a_card(ada: &mut Client) {
    let request = CardRequest {
        version: VERSION,
        person: ada.person.unwrap(),
        name: name("Ada Tech"),
        level: Level::One,
        device: device(ADA),
        requested_at: renfort_relay::clock::now(),
    };
    let request = Box::new(request.sign(&pair(ADA)));
    ada.ask(ToRelay::RequestCard { request }).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_card_is_asked_for_signed_offline_brought_used_and_taken_back() {
    let world = World::new().await;
    let at = |file: &str| world.folder.path().join(file);
    let (data, key) = (world.data(), world.offline_key());
    let organisation = at("organisation").join("organisation.json");
    let offline = ["--key", text(&key), "--organisation", text(&organisation)];
    let mut relay = Serving::start(&data);
    let mut asking = user(relay.address, 1).await;
    let ticket = asking.open_ticket(1).await.unwrap().unwrap();
    let mut ada = technician(relay.address, "ada", ADA).await;
    assert!(done(&["card", "request", "--data", text(&data)]).contains("Nobody waits"));
    asks_for_a_card(&mut ada).await;

    let requests = at("requests");
    let waiting = done(&["card", "request", "--data", text(&data), "--out", text(&requests)]);
    let fingerprint = device(ADA).fingerprint();
    assert!(
        waiting.contains(&fingerprint) && waiting.contains("Ada Tech, level 1"),
        "{waiting}"
    );
    let others = done(&["card", "request", "--data", text(&data), "--login", "bob"]);
    assert!(others.contains("Nobody waits"), "{others}");
    let request = std::fs::read_dir(&requests).unwrap().next().unwrap().unwrap().path();
    let card_file = at("ada.json");
    let issue = [
        &["card", "issue"][..],
        &offline,
        &["--request", text(&request), "--out", text(&card_file)],
    ]
    .concat();
    assert!(fails(&issue).contains("--yes"), "nobody compared the fingerprint");
    assert!(!card_file.exists());
    assert!(fails(&[&issue[..], &["--yes", "--days", "367"]].concat()).contains("367"));
    let signed = done(&[&issue[..], &["--yes", "--days", "10"]].concat());
    assert!(signed.contains(&fingerprint), "{signed}");
    let card: SignedCard = serde_json::from_slice(&std::fs::read(&card_file).unwrap()).unwrap();

    done(&["card", "install", "--data", text(&data), text(&card_file)]);
    let came = ada.hear(|message| match message {
        FromRelay::Card { card } => Some(card),
        _ => None,
    });
    assert_eq!(*came.await.unwrap(), card);
    let listed = done(&["card", "list", "--data", text(&data)]);
    assert!(
        listed.contains("Ada Tech") && listed.contains("EXPIRES SOON"),
        "{listed}"
    );
    assert!(done(&["card", "request", "--data", text(&data)]).contains("Nobody waits"));

    let ask = question(ticket, card.clone(), ADA);
    ada.ask(ToRelay::TakeTicket { ask }).await.unwrap().unwrap();
    let until = renfort_relay::clock::now().plus(600_000);
    let session = says_yes(&mut asking, &mut ada, until).await;

    // The binding is there after a crash of the relay, and the card comes with the welcome.
    relay.kill();
    let relay = Serving::start(&data);
    let mut asking = crate::support::client::connect(relay.address).await;
    asking
        .hello(1, renfort_protocol::VERSION, crate::support::client::as_user(1))
        .await;
    let open = asking.hear(|message| match message {
        FromRelay::Welcome { session, .. } => session,
        _ => None,
    });
    let open = open.await.unwrap();
    assert_eq!(
        (open.id, open.ask.ask.credential.card().unwrap().clone()),
        (session, card.clone())
    );
    assert!(open.ready.is_some() && open.reveal.is_some() && open.allowance.is_some());
    let mut ada = technician(relay.address, "ada", ADA).await;

    let list = at("revocations.json");
    let revoke = [&["card", "revoke"][..], &offline, &["--list", text(&list)]].concat();
    assert!(fails(&[&revoke[..], &["--name", "Nobody"]].concat()).contains("no card"));
    done(&[&revoke[..], &["--name", "Ada Tech"]].concat());
    let serial = card.card.serial.to_string();
    for which in [
        ["--name", "Ada Tech"],
        ["--serial", &serial],
        ["--card", text(&card_file)],
    ] {
        let again = done(&[&revoke[..], &which].concat());
        assert!(
            again.contains("is taken back already") && again.contains("Nothing was changed"),
            "{again}"
        );
    }
    let both = ["card", "install", "--data", text(&data), text(&card_file), text(&list)];
    assert!(fails(&both).contains("the card was revoked"), "by the list beside it");
    done(&["card", "install", "--data", text(&data), text(&list)]);
    let back = fails(&["card", "install", "--data", text(&data), text(&card_file)]);
    assert!(
        back.contains("the card was revoked") && !back.contains("already"),
        "{back}"
    );
    for client in [&mut asking, &mut ada] {
        let ended = client.hear(|message| match message {
            FromRelay::SessionEnded { session, reason } => Some((session, reason)),
            _ => None,
        });
        assert_eq!(ended.await.unwrap(), (session, EndReason::CardRevoked));
    }
    let ask = question(ticket, card, ADA);
    let refused = ada.ask(ToRelay::AskAgain { ask }).await.unwrap().unwrap_err();
    assert_eq!(
        (refused.code, refused.params["fault"].as_str()),
        (Code::CardNeeded, "revoked")
    );
    ada.ask(ToRelay::WrapUp {
        ticket,
        outcome: Outcome::NotSolved,
        message: None,
        note: None,
    })
    .await
    .unwrap()
    .unwrap();
    let again = done(&["card", "install", "--data", text(&data), text(&list)]);
    assert!(again.contains("List 1 is here already"), "{again}");
    let log = done(&["audit", "export", "--data", text(&data)]);
    for code in [
        "card.requested",
        "card.installed",
        "card.revoked_list",
        "consent.ask_refused",
    ] {
        assert_eq!(log.matches(&format!("\"{code}\"")).count(), 1, "{code}");
    }
    assert!(
        !log.contains(&fingerprint.replace(' ', "")),
        "a device's key is not in the log"
    );
}

#[tokio::test]
async fn what_is_not_this_organisations_is_not_brought_here() {
    let (world, other) = (World::new().await, tempfile::tempdir().unwrap());
    let data = world.data();
    let path = |file: &str| other.path().join(file);
    let org = path("org");
    let made = [
        "organisation",
        "new",
        "--name",
        "Ailleurs",
        "--relay",
        "wss://a.example",
        "--out",
        text(&org),
    ];
    done(&made);
    let request = CardRequest {
        version: VERSION,
        person: PersonId(3),
        name: name("Ada Tech"),
        level: Level::One,
        device: device(ADA),
        requested_at: renfort_relay::clock::now(),
    };
    let file = path("request.json");
    std::fs::write(&file, serde_json::to_vec(&request.sign(&pair(ADA))).unwrap()).unwrap();
    let (key, organisation) = (org.join("organisation.key"), org.join("organisation.json"));
    let offline = ["--key", text(&key), "--organisation", text(&organisation)];
    done(&[&["card", "issue"][..], &offline, &["--request", text(&file), "--yes"]].concat());
    let card = path("card-request.json");
    let foreign = fails(&["card", "install", "--data", text(&data), text(&card)]);
    assert!(foreign.contains("not signed by this organisation"), "{foreign}");
    let list = path("list.json");
    let revoke = ["card", "revoke", "--list", text(&list), "--card", text(&card)];
    done(&[&revoke[..], &offline].concat());
    let foreign = fails(&["card", "install", "--data", text(&data), text(&list)]);
    assert!(foreign.contains("not signed by this organisation"), "{foreign}");
    let neither = fails(&["card", "install", "--data", text(&data), text(&file)]);
    assert!(neither.contains("is not"), "{neither}");
    assert!(!done(&["card", "list", "--data", text(&data)]).contains("Ada Tech"));
    // And the other organisation's key signs nothing for this one.
    let ours = world.folder.path().join("organisation").join("organisation.json");
    let mixed = ["--key", text(&key), "--organisation", text(&ours)];
    let refused = fails(&[&["card", "issue"][..], &mixed, &["--request", text(&file), "--yes"]].concat());
    assert!(refused.contains("not the key of this organisation"), "{refused}");
}

#[tokio::test]
async fn without_a_card_a_technician_signs_in_and_works_but_rings_nobody() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut asking = user(relay.address(), 1).await;
    let ticket = asking.open_ticket(1).await.unwrap().unwrap();
    let mut bob = crate::support::client::connect(relay.address()).await;
    let identity = renfort_protocol::signalling::Identity::Password {
        login: name("bob"),
        password: crate::support::password(crate::support::PASSWORD),
        second_factor: None,
    };
    let Welcomed::Technician { card, queue, .. } = *bob.welcome(3, identity).await.unwrap() else {
        panic!("not a technician's welcome")
    };
    assert_eq!((card, queue.len()), (None, 1));
    // With a card that Ada left on this machine.
    let ada = crate::support::apps::card(PersonId(3), 3);
    let ask = question(ticket, ada, 3);
    let refused = bob.ask(ToRelay::TakeTicket { ask }).await.unwrap().unwrap_err();
    assert_eq!(
        (refused.code, refused.params["fault"].as_str()),
        (Code::CardNeeded, "stolen")
    );
    relay.stop().await;
}
