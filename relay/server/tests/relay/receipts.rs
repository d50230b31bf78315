//! The receipt of a session, from the user's request to the command that checks the saved page.

use std::net::SocketAddr;

use renfort_audit::receipt::{Against, Facts, Proof, Receipt, Signed};
use renfort_protocol::{
    error::Code,
    head::{Endpoint, SessionHead},
    ids::{SessionId, Signature},
    report::ReportedEvent,
    signalling::{EndReason, FromRelay, ToRelay},
    ticket::{Language, Outcome},
    time::UnixMillis,
};
use ring::signature::Ed25519KeyPair;

use crate::support::{
    World,
    apps::says_yes,
    client::{Client, technician, user},
    program::run,
};

/// A session that was seen, reported and wrapped up.
async fn session(asking: &mut Client, ada: &mut Client, request: u128) -> SessionId {
    let ticket = asking.open_ticket(request).await.unwrap().unwrap();
    ada.take(ticket).await.unwrap().unwrap();
    let until = UnixMillis(renfort_relay::clock::now().0 + 60_000);
    let session = says_yes(asking, ada, until).await;
    let at = renfort_relay::clock::now();
    let event = ReportedEvent::Connected {
        capture: "x11".into(),
        codec: "h264".into(),
    };
    let report = ToRelay::Report {
        session,
        number: 1,
        at,
        event,
    };
    asking.ask(report).await.unwrap().unwrap();
    let wrap_up = ToRelay::WrapUp {
        ticket,
        outcome: Outcome::Solved,
        message: None,
        note: None,
    };
    ada.ask(wrap_up).await.unwrap().unwrap();
    session
}

async fn head(client: &mut Client, session: SessionId) -> SessionHead {
    client.post(ToRelay::ShowHead { session }).await;
    let told = client.hear(|message| match message {
        FromRelay::Head { head, .. } => Some(head),
        _ => None,
    });
    told.await.unwrap()
}

async fn sign(client: &mut Client, head: SessionHead, seed: u8) {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let signature = Signature(pair.sign(&head.signed_bytes()).as_ref().try_into().unwrap());
    client
        .ask(ToRelay::SignHead { head, signature })
        .await
        .unwrap()
        .unwrap();
}

async fn proof(client: &mut Client, session: SessionId) -> Proof {
    client.post(ToRelay::ShowReceipt { session }).await;
    let given = client.hear(|message| match message {
        FromRelay::Receipt { proof, .. } => Some(proof),
        _ => None,
    });
    Proof::read(&given.await.unwrap()).unwrap()
}

/// A ticket that comes and goes: records of somebody else.
async fn noise(address: SocketAddr, seed: u8, tickets: u128) {
    let mut other = user(address, seed).await;
    for request in 0..tickets {
        let ticket = other.open_ticket(request).await.unwrap().unwrap();
        other.ask(ToRelay::CancelTicket { ticket }).await.unwrap().unwrap();
    }
}

fn page(proof: Proof) -> (String, Facts) {
    let facts = proof.check(&Against::default()).unwrap();
    let receipt = Receipt {
        language: Language::Fr,
        proof,
        utc_offset: 120,
    };
    (receipt.page(&facts), facts)
}

#[tokio::test]
async fn a_user_saves_a_receipt_that_both_ends_signed_and_anybody_checks_it() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut asking = user(relay.address(), 1).await;
    let mut ada = technician(relay.address(), "ada", 2).await;
    noise(relay.address(), 7, 80).await;
    let id = session(&mut asking, &mut ada, 1).await;

    let unsigned = page(proof(&mut asking, id).await).1;
    assert_eq!((unsigned.by_user, unsigned.by_technician), (Signed::Not, Signed::Not));
    let told = head(&mut asking, id).await;
    assert_eq!((told.role, told.reports), (Endpoint::Sharer, 1));
    sign(&mut asking, told, 1).await;
    let told = head(&mut ada, id).await;
    assert_eq!((told.role, told.reports), (Endpoint::Viewer, 0));
    sign(&mut ada, told, 2).await;
    // The log goes on, far beyond one page of hashes.
    noise(relay.address(), 8, 90).await;

    let proof = proof(&mut asking, id).await;
    let names: Vec<&String> = proof.records.iter().flat_map(|one| one.revealed.keys()).collect();
    assert_eq!(names, ["machine", "name", "summary", "technician", "key", "key"]);
    let (text, facts) = page(proof);
    assert!(
        matches!(
            (facts.by_user, facts.by_technician),
            (Signed::Checked(user), Signed::Checked(technician)) if user.after == 0 && technician.after == 0
        ),
        "{facts:?}"
    );
    assert_eq!(facts.technician.as_deref(), Some("Ada Tech"));
    assert_eq!(facts.user.as_deref(), Some("User 1"));
    assert_eq!((facts.organisation.as_str(), facts.level), ("Mairie", Some(1)));
    assert!(facts.log_size > 256, "{}", facts.log_size);
    relay.stop().await;

    let file = world.folder.path().join("receipt.html");
    std::fs::write(&file, &text).unwrap();
    let path = file.to_str().unwrap();
    let verify = |more: &[&str]| run(&[&["audit", "verify", "receipt", path], more].concat(), "");
    let good = verify(&[]);
    assert!(good.status.success(), "{good:?}");
    assert!(String::from_utf8_lossy(&good.stdout).contains("The receipt holds"));
    let other = verify(&["--key", &"ab".repeat(32)]);
    assert_eq!(other.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&other.stderr).contains("other_key"),
        "{other:?}"
    );
    std::fs::write(&file, text.replacen("Ada Tech", "Eve Tech", 1)).unwrap();
    let edited = verify(&[]);
    assert_eq!(edited.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&edited.stderr).contains("altered_text"),
        "{edited:?}"
    );
}

#[tokio::test]
async fn a_receipt_can_be_had_after_a_restart_and_by_nobody_else() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut asking = user(relay.address(), 1).await;
    let mut ada = technician(relay.address(), "ada", 2).await;
    let id = session(&mut asking, &mut ada, 1).await;
    drop((asking, ada));
    relay.stop().await;

    let relay = world.start().await;
    let mut asking = user(relay.address(), 1).await;
    page(proof(&mut asking, id).await);
    let told = head(&mut asking, id).await;
    sign(&mut asking, told, 1).await;
    let by_user = page(proof(&mut asking, id).await).1.by_user;
    assert!(matches!(by_user, Signed::Checked(_)), "{by_user:?}");
    let mut other = user(relay.address(), 3).await;
    let refused = other.ask(ToRelay::ShowReceipt { session: id }).await.unwrap();
    assert_eq!(refused.unwrap_err().code, Code::UnknownSession);
    let ends = ToRelay::EndSession {
        session: id,
        reason: EndReason::StoppedByUser,
    };
    asking.ask(ends).await.unwrap().unwrap();
    relay.stop().await;
}
