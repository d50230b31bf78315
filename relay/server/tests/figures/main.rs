//! The store of the figures, on disk and in memory alike, and how it follows the log.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod following;
mod keeping;

use renfort_relay::{
    data::DataFolder,
    figures::{MemoryFigures, SqliteFigures},
};

macro_rules! conformance {
    ($($name:ident)*) => {
        mod on_disk {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let data = super::DataFolder::create(&folder.path().join("data")).unwrap();
                let store = super::SqliteFigures::open(&data).await.unwrap();
                super::keeping::$name(&store).await;
            })*
        }
        mod in_memory {
            $(#[tokio::test]
            async fn $name() {
                super::keeping::$name(&super::MemoryFigures::new()).await;
            })*
        }
    };
}

conformance! {
    facts_come_back_in_order_with_how_far_the_log_was_read
    what_is_added_twice_is_there_once
    a_fact_about_an_unknown_ticket_is_left_out
    tickets_are_found_by_when_they_were_open_or_touched
    tickets_come_in_pages_without_gaps
    deflections_are_found_by_when_they_happened
    what_is_old_and_closed_is_forgotten_and_what_is_open_stays
    after_a_reset_nothing_is_left
}
