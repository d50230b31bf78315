//! What is counted, and where.

use renfort_figures::Tally;
use renfort_protocol::{
    figures::{Backlog, Escalations, Figures, Grouping, Satisfaction, Share, Spread},
    people::Level,
    ticket::Impact,
};

use crate::world::{ADA, BOB, EVE, HOUR, MINUTE, Made, at, figures, period, ticket, ticket_of};

/// The first week of November: five tickets, one of each kind.
fn week() -> Vec<Made> {
    vec![
        // Solved at first contact within half an hour; the user says so.
        ticket(1001, "02 09:00")
            .taken("02 09:10", ADA, 10)
            .closed("02 09:30", true)
            .answered("02 09:31", true),
        // Opened on Tuesday evening, taken on Wednesday morning, solved, comes back, solved by somebody else.
        ticket(1002, "03 17:30")
            .taken("04 08:30", ADA, 15 * 60)
            .closed("04 09:00", true)
            .answered("05 10:00", false)
            .taken("05 10:30", BOB, 30)
            .closed("05 11:00", true),
        // Escalated and solved by level 2.
        ticket(1003, "04 10:00")
            .taken("04 10:20", BOB, 20)
            .escalated("04 11:00", Level::One, Level::Two)
            .taken("04 15:00", EVE, 4 * 60)
            .closed("04 16:00", true),
        // Could not be solved.
        ticket(1004, "05 14:00")
            .taken("05 14:05", BOB, 5)
            .closed("05 15:05", false),
        // Given up by its user.
        ticket(1005, "06 12:00").then("06 12:45", renfort_figures::What::Cancelled),
    ]
}

fn spread(count: u64, median_ms: u64, p90_ms: u64) -> Spread {
    Spread {
        count,
        median_ms: Some(median_ms),
        p90_ms: Some(p90_ms),
    }
}

#[test]
fn a_week_counted_by_hand() {
    let (whole, before, parts) = figures(&week(), period("02", "08", Grouping::Day), "30 12:00");
    let expected = Figures {
        opened: 5,
        cancelled: 1,
        // 5, 10, 20, 30, 240, 900 minutes: the third is the median, the sixth the 90th percentile.
        waiting: spread(6, 20 * MINUTE, 15 * HOUR),
        // 10, 20, 5 minutes, and 30 + 30 minutes of business time over the night.
        first_response: spread(4, 10 * MINUTE, HOUR),
        // 30 minutes; 1003: 6 hours; 1002: 1.5 hours to the first closing, and 1 hour after it came back.
        resolution: spread(3, 2 * HOUR + 30 * MINUTE, 6 * HOUR),
        solved: 4,
        not_solved: 1,
        reopened: 1,
        first_contact: Share { part: 1, of: 4 },
        first_contact_open: 0,
        handled_by_first_level: Share { part: 4, of: 4 },
        resolved_by_first_level: Share { part: 3, of: 4 },
        escalations: Escalations {
            one_to_two: 1,
            ..Escalations::default()
        },
        backlog: Backlog::default(),
        satisfaction: Satisfaction {
            asked: 5,
            answered: 2,
            solved: 1,
        },
        deflections: 0,
    };
    assert_eq!(whole, expected);
    assert_eq!(before, Figures::default());
    let opened: Vec<u64> = parts.iter().map(|part| part.figures.opened).collect();
    assert_eq!(opened, [1, 1, 1, 1, 1, 0, 0]);
    assert_eq!(parts[2].figures.solved, 2, "Wednesday");
    assert_eq!(parts[3].figures.reopened, 1, "Thursday");
}

#[test]
fn without_tickets_every_figure_is_zero_and_no_duration_is_made_up() {
    let (whole, before, parts) = figures(&[], period("02", "08", Grouping::Week), "30 12:00");
    assert_eq!((whole, before), (Figures::default(), Figures::default()));
    assert_eq!(whole.waiting.median_ms, None);
    assert_eq!(parts.len(), 1);
}

#[test]
fn the_period_before_is_counted_beside_and_never_within() {
    let (whole, before, _) = figures(&week(), period("09", "15", Grouping::Day), "30 12:00");
    assert_eq!(whole, Figures::default());
    assert_eq!((before.opened, before.solved), (5, 4));
}

#[test]
fn a_solution_that_may_still_come_back_is_counted_and_said() {
    let solved = || {
        vec![
            ticket(1001, "09 09:00")
                .taken("09 09:10", ADA, 10)
                .closed("09 09:30", true),
        ]
    };
    let share = |now| {
        let (whole, ..) = figures(&solved(), period("09", "15", Grouping::Day), now);
        (whole.first_contact, whole.first_contact_open)
    };
    let all = Share { part: 1, of: 1 };
    assert_eq!(share("16 09:29"), (all, 1));
    assert_eq!(share("16 09:30"), (all, 0));
}

#[test]
fn a_return_counts_against_first_contact_for_seven_days() {
    let share = |back: &str| {
        let made = ticket(1001, "02 09:00")
            .taken("02 09:10", ADA, 10)
            .closed("02 09:30", true)
            .answered(back, false);
        figures(&[made], period("02", "02", Grouping::Day), "30 12:00")
            .0
            .first_contact
    };
    assert_eq!(share("09 09:29"), Share { part: 0, of: 1 });
    assert_eq!(share("09 09:30"), Share { part: 1, of: 1 });
}

#[test]
fn a_returned_ticket_taken_by_a_second_technician_is_no_first_contact() {
    let made = ticket(1001, "02 09:00")
        .taken("02 09:10", ADA, 10)
        .then("02 09:20", renfort_figures::What::Returned)
        .taken("02 09:30", BOB, 30)
        .closed("02 09:40", true);
    let (whole, ..) = figures(&[made], period("02", "02", Grouping::Day), "30 12:00");
    assert_eq!(whole.first_contact, Share { part: 0, of: 1 });
    assert_eq!(whole.resolved_by_first_level, Share { part: 1, of: 1 });
    assert_eq!(
        whole.first_response.count, 1,
        "only the first technician is a first response"
    );
}

#[test]
fn a_ticket_that_was_handed_back_waits_from_then_on() {
    // It keeps its place in the queue, so the log counts from the opening at each take.
    let made = ticket(1001, "02 09:00")
        .taken("02 09:10", ADA, 10)
        .then("02 10:00", renfort_figures::What::Returned)
        .taken("02 10:05", BOB, 65)
        .escalated("02 10:30", Level::One, Level::Two)
        .taken("02 10:50", EVE, 20);
    let (whole, ..) = figures(&[made], period("02", "02", Grouping::Day), "30 12:00");
    assert_eq!(whole.waiting.count, 3);
    assert_eq!(
        (whole.waiting.median_ms, whole.waiting.p90_ms),
        (Some(10 * MINUTE), Some(20 * MINUTE)),
        "10, 5 and 20 minutes"
    );
}

#[test]
fn the_last_answer_to_one_closing_counts() {
    let made = ticket(1001, "02 09:00")
        .taken("02 09:10", ADA, 10)
        .closed("02 09:30", true)
        .answered("02 09:31", true)
        .answered("02 10:00", false);
    let (whole, ..) = figures(&[made], period("02", "02", Grouping::Day), "30 12:00");
    let expected = Satisfaction {
        asked: 1,
        answered: 1,
        solved: 0,
    };
    assert_eq!(whole.satisfaction, expected);
}

#[test]
fn the_backlog_is_what_stands_open_at_the_end_by_its_age() {
    let open = [
        ticket(1001, "06 15:00"),
        ticket(1002, "06 08:00"),
        ticket(1003, "04 18:00").taken("05 09:00", ADA, 900),
        // Closed before the end, and back after it.
        ticket(1004, "02 09:00")
            .taken("02 09:10", ADA, 10)
            .closed("02 10:00", true)
            .answered("07 09:00", false),
        // Opened after the end.
        ticket(1005, "07 09:00"),
    ];
    let (whole, _, parts) = figures(&open, period("05", "06", Grouping::Day), "30 12:00");
    // The 6th ends at midnight: 9 hours, 16 hours, 2 days and 6 hours old.
    let expected = Backlog {
        day: 2,
        three_days: 1,
        ..Backlog::default()
    };
    assert_eq!(whole.backlog, expected);
    assert_eq!(
        parts[0].figures.backlog,
        Backlog {
            three_days: 1,
            ..Backlog::default()
        }
    );
}

#[test]
fn of_a_period_that_goes_on_the_backlog_is_that_of_now() {
    let open = [
        ticket(1001, "06 15:00"),
        ticket(1002, "06 08:00").then("06 16:00", renfort_figures::What::Cancelled),
    ];
    let (whole, _, parts) = figures(&open, period("06", "08", Grouping::Day), "06 16:00");
    assert_eq!(
        whole.backlog,
        Backlog {
            hours: 1,
            ..Backlog::default()
        }
    );
    assert_eq!(parts[2].figures, Figures::default(), "a day to come has no figures");
}

#[test]
fn level_and_impact_choose_tickets() {
    let tickets = || {
        vec![
            ticket_of(1001, "02 09:00", Impact::Team).taken("02 09:10", ADA, 10),
            ticket(1002, "02 09:00")
                .taken("02 09:10", BOB, 10)
                .escalated("02 09:30", Level::One, Level::Two),
        ]
    };
    let opened = |level, impact| {
        let mut tally = Tally::new(period("02", "02", Grouping::Day), at("30 12:00"), level, impact);
        for made in tickets() {
            tally.add(&made.story());
        }
        let one_persons = tally.is_one_persons();
        (tally.finish().0.opened, one_persons)
    };
    assert_eq!(opened(None, None), (2, false));
    assert_eq!(
        opened(Some(Level::Two), None),
        (1, true),
        "the level that has it, or had it last"
    );
    assert_eq!(opened(None, Some(Impact::Team)), (1, true));
    assert_eq!(opened(Some(Level::Three), None), (0, false));
}

#[test]
fn the_period_and_the_one_before_it_are_each_a_teams_or_one_technicians() {
    let one_persons = |day| {
        let mut tally = Tally::new(period(day, day, Grouping::Day), at("30 12:00"), None, None);
        for (number, when, who) in [
            (1001, "03 09:00", ADA),
            (1002, "04 09:00", ADA),
            (1003, "04 10:00", BOB),
            (1004, "05 09:00", ADA),
            (1005, "05 10:00", BOB),
            (1006, "06 09:00", BOB),
        ] {
            tally.add(&ticket(number, "02 09:00").taken(when, who, 0).story());
        }
        tally.is_one_persons()
    };
    assert!(one_persons("03"), "Ada's");
    assert!(one_persons("04"), "the day before was Ada's");
    assert!(!one_persons("05"));
    assert!(one_persons("06"), "Bob's, whoever worked the day before");
    assert!(!one_persons("12"), "nobody's");
}

#[test]
fn deflections_are_counted_where_they_happened() {
    let mut tally = Tally::new(period("03", "04", Grouping::Day), at("30 12:00"), None, None);
    for when in ["01 10:00", "03 00:00", "04 23:59", "05 00:00"] {
        tally.add_deflection(at(when));
    }
    let (whole, before, parts) = tally.finish();
    assert_eq!((whole.deflections, before.deflections), (2, 1));
    let by_day: Vec<u64> = parts.iter().map(|part| part.figures.deflections).collect();
    assert_eq!(by_day, [1, 1]);
}
