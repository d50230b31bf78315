//! Waiting users cost little.

use crate::support::{World, client::user, program::Serving};

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_hundred_waiting_users_cost_less_than_ten_mebibytes() {
    let world = World::new().await;
    let relay = Serving::start(&world.data());
    let mut first = user(relay.address, 200).await;
    first.open_ticket(1).await.unwrap().unwrap();
    let before = relay.resident_kib();
    let mut waiting = Vec::new();
    for seed in 1..=100 {
        let mut client = user(relay.address, seed).await;
        client.open_ticket(1).await.unwrap().unwrap();
        waiting.push(client);
    }
    let after = relay.resident_kib();
    println!("{before} KiB, with a hundred more {after} KiB");
    assert!(
        after.saturating_sub(before) < 10 * 1024,
        "{before} KiB before, {after} KiB after"
    );
}
