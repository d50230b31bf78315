//! When the clock stands still.

use renfort_figures::{Closing, Moment, Question, Story, What};
use renfort_protocol::people::Level;

use crate::world::{ADA, BOB, HOUR, MINUTE, at, ticket};

fn closings(story: &Story) -> Vec<Closing> {
    let closed = |(_, moment): &_| match moment {
        Moment::Closed(closing) => Some(*closing),
        _ => None,
    };
    story.moments.iter().filter_map(closed).collect()
}

#[test]
fn the_clock_stands_still_while_the_user_is_asked() {
    let story = ticket(1001, "02 09:00")
        .taken("02 09:10", ADA, 10)
        .asked("02 09:10", Question::Session)
        .replied("02 09:12", Question::Session)
        .asked("02 09:20", Question::Control)
        .asked("02 09:20", Question::Clipboard)
        .replied("02 09:21", Question::Control)
        .replied("02 09:23", Question::Clipboard)
        .closed("02 10:00", true)
        .story();
    let closing = closings(&story)[0];
    assert_eq!(closing.resolution_ms, 55 * MINUTE, "less 2 and 3 minutes");
    assert_eq!(closing.handling_ms, 45 * MINUTE);
}

#[test]
fn the_end_of_a_session_ends_its_questions() {
    let story = ticket(1001, "02 09:00")
        .taken("02 09:00", ADA, 0)
        .asked("02 09:10", Question::Control)
        .then("02 09:15", What::SessionEnded)
        .closed("02 09:30", true)
        .story();
    assert_eq!(closings(&story)[0].resolution_ms, 25 * MINUTE);
}

#[test]
fn the_clock_stands_still_while_the_users_app_is_out_of_reach() {
    let story = ticket(1001, "02 09:00")
        .then("02 09:31", What::UserLeft { since: at("02 09:30") })
        // From Monday 09:30 to Tuesday 08:30.
        .then("03 08:30", What::UserBack)
        .taken("03 09:00", ADA, 24 * 60)
        .closed("03 09:30", true)
        .story();
    let (_, Moment::Taken { first_ms, .. }) = story.moments[1] else {
        panic!("{story:?}")
    };
    assert_eq!(
        first_ms,
        Some(HOUR),
        "half an hour on Monday and half an hour on Tuesday"
    );
    assert_eq!(closings(&story)[0].resolution_ms, HOUR + 30 * MINUTE);
}

#[test]
fn a_return_does_not_count_the_time_in_which_nobody_knew() {
    let story = ticket(1001, "02 09:00")
        .taken("02 09:10", ADA, 10)
        .closed("02 09:30", true)
        .answered("05 09:30", false)
        .taken("05 09:40", BOB, 10)
        .closed("05 10:00", true)
        .story();
    let closings = closings(&story);
    assert_eq!(closings[0].resolution_ms, 30 * MINUTE);
    assert_eq!(closings[0].came_back, Some(at("05 09:30")));
    assert_eq!(closings[1].resolution_ms, HOUR);
    assert_eq!((closings[1].first, closings[1].first_technician), (false, false));
}

#[test]
fn whoever_says_that_it_is_not_solved_is_there() {
    let story = ticket(1001, "02 09:00")
        .taken("02 09:00", ADA, 0)
        .then("02 09:11", What::UserLeft { since: at("02 09:10") })
        .closed("02 09:30", true)
        .answered("03 09:00", false)
        .taken("03 09:10", BOB, 10)
        .closed("03 09:30", true)
        .story();
    assert_eq!(closings(&story)[1].resolution_ms, 40 * MINUTE);
}

#[test]
fn pauses_that_overlap_are_taken_off_once() {
    let story = ticket(1001, "02 09:00")
        .taken("02 09:00", ADA, 0)
        .asked("02 09:10", Question::Session)
        .then("02 09:13", What::UserLeft { since: at("02 09:12") })
        .replied("02 09:15", Question::Session)
        .then("02 09:20", What::UserBack)
        // Away since before the last pause ended, as a late report may say.
        .then("02 09:25", What::UserLeft { since: at("02 09:15") })
        .then("02 09:30", What::UserBack)
        .closed("02 10:00", true)
        .story();
    // 09:10 to 09:20, and 09:20 to 09:30.
    assert_eq!(closings(&story)[0].resolution_ms, 40 * MINUTE);
}

#[test]
fn told_twice_is_told_once() {
    let story = ticket(1001, "02 09:00")
        .taken("02 09:00", ADA, 0)
        .then("02 09:12", What::UserLeft { since: at("02 09:10") })
        .then("02 09:14", What::UserLeft { since: at("02 09:12") })
        .then("02 09:20", What::UserBack)
        .then("02 09:21", What::UserBack)
        .replied("02 09:22", Question::View)
        .closed("02 10:00", true)
        .story();
    assert_eq!(closings(&story)[0].resolution_ms, 50 * MINUTE);
}

#[test]
fn escalation_takes_the_question_back() {
    let story = ticket(1001, "02 09:00")
        .taken("02 09:00", ADA, 0)
        .asked("02 09:00", Question::Session)
        .escalated("02 09:10", Level::One, Level::Two)
        .taken("02 09:30", (9, Level::Two), 20)
        .closed("02 10:00", true)
        .story();
    assert_eq!(closings(&story)[0].resolution_ms, 50 * MINUTE);
}

#[test]
fn facts_that_do_not_begin_with_an_opening_tell_nothing() {
    let mut made = ticket(1001, "02 09:00").taken("02 09:10", ADA, 10);
    made.0.facts.remove(0);
    assert_eq!(Story::of(&made.0, &crate::world::calendar()), None);
    made.0.facts.clear();
    assert_eq!(Story::of(&made.0, &crate::world::calendar()), None);
}
