//! One suite for every store: what the relay relies on holds on disk and in memory alike.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod articles;
mod cards;
mod erasing;
mod lists;
mod log;
mod people;
mod samples;
mod settings;
mod supervision;
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
    supervision::lists_are_narrowed_by_words_machine_level_state_and_what_followed
    supervision::a_history_is_of_one_whole_name_whatever_its_case
    supervision::a_story_has_all_sessions_of_a_ticket_part_by_part
    supervision::a_saved_view_is_its_owners_and_names_are_unique
    supervision::saved_views_have_a_limit_and_go_with_their_account
    articles::a_text_is_written_once_a_version_and_keeps_all_of_them
    articles::a_language_is_added_once_and_the_other_stays
    articles::words_are_found_whatever_their_accents_case_and_ending
    articles::a_word_in_the_title_weighs_more
    articles::operators_of_the_search_engine_are_words_like_others
    articles::the_list_is_narrowed_and_ordered
    articles::only_what_is_published_is_suggested_and_shown
    articles::a_suggestion_is_in_the_users_language_where_there_is_one
    articles::a_changed_text_is_found_by_its_new_words_only
    articles::there_are_no_more_articles_than_can_be_kept
    articles::replies_are_kept_changed_and_removed_by_version
    cards::a_request_takes_the_place_of_the_devices_earlier_one_and_the_newest_are_kept
    cards::what_is_brought_is_ordered_with_it
    cards::a_list_is_taken_when_it_is_newer
    cards::what_expired_long_ago_is_forgotten
    cards::a_session_keeps_its_binding
    erasing::names_are_blanked_wherever_a_person_stands_and_versions_grow
    erasing::what_is_open_or_on_hold_is_not_erased_and_nothing_of_the_batch_is_done
    erasing::an_order_is_settled_once
    erasing::a_hold_is_added_once_and_told
    erasing::an_account_is_blanked_once_disabled_and_its_name_leaves_every_article
    erasing::what_is_due_is_old_closed_not_held_and_not_erased
    erasing::what_comes_to_a_ticket_after_it_was_erased_is_due_again
    erasing::keys_are_deleted_by_name
    settings::a_setting_is_what_it_was_made_last
    settings::what_is_set_on_order_is_ordered_with_it
    people::a_login_is_taken_once_whatever_its_case
    people::changes_of_accounts_are_ordered_with_them
    people::of_two_that_disable_the_last_administrators_at_once_one_is_refused
    people::a_token_is_good_on_its_device_until_it_expires_or_its_account_is_disabled
    people::a_console_sign_in_is_kept_until_it_is_forgotten
    people::a_second_factors_steps_and_recovery_codes_count_once
    people::what_changes_how_somebody_signs_in_ends_their_sign_ins_and_no_others
}
