//! One suite for every store: what the relay relies on holds on disk and in memory alike.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod lists;
mod log;
mod people;
mod samples;
mod writes;

use renfort_relay::{
    data::DataFolder,
    store::{
        memory::MemoryStore,
        sqlite::{SqliteOptions, SqliteStore},
    },
};

macro_rules! conformance {
    ($($group:ident::$name:ident)*) => {
        mod on_disk {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let data = super::DataFolder::create(&folder.path().join("data")).unwrap();
                let store = super::SqliteStore::open(&data, super::SqliteOptions::default()).await.unwrap();
                super::$group::$name(&store).await;
            })*
        }
        mod in_memory {
            $(#[tokio::test]
            async fn $name() {
                super::$group::$name(&super::MemoryStore::new()).await;
            })*
        }
    };
}

conformance! {
    writes::a_write_with_the_wrong_version_leaves_nothing_and_the_transaction_goes_on
    writes::an_abandoned_transaction_leaves_nothing
    writes::one_request_of_a_device_opens_one_ticket
    writes::a_start_finds_every_open_ticket_with_notes_and_sessions
    log::records_come_back_in_order_with_their_personal_fields
    log::a_record_number_is_given_once
    log::the_newest_checkpoint_is_found
    log::a_scope_keeps_its_key
    log::a_timeline_has_the_ticket_and_the_one_session
    lists::lists_are_narrowed
    lists::pages_follow_each_other_without_gaps_when_rows_arrive
    people::a_login_is_taken_once_whatever_its_case
    people::changes_of_accounts_are_told_until_they_stand_in_the_log
    people::a_token_is_good_on_its_device_until_it_expires_or_its_account_is_disabled
    people::a_console_sign_in_is_kept_until_it_is_forgotten
}
