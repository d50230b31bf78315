//! What holds for any hours, any instants, any ticket.

use proptest::prelude::*;
use renfort_figures::{
    Calendar, Fact, Hours, HoursFile, Moment, OpeningFile, Period, Question, Story, Tally, TicketFacts, WeekFile, What,
    nearest_rank,
};
use renfort_protocol::{
    figures::Grouping,
    ids::{PersonId, TicketId},
    people::Level,
    ticket::{Impact, Urgency},
    time::UnixMillis,
};

use crate::world::{at, calendar, zone};

/// From 1 January 2026, some 14 months.
const START: u64 = 1_767_222_000_000;
const SPAN: u64 = 14 * 30 * 24 * 3_600_000;

fn opening() -> impl Strategy<Value = OpeningFile> {
    (0_u16..1440, 0_u16..=1440).prop_map(|(from, to)| {
        let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        OpeningFile {
            from: clock(from),
            to: clock(to),
        }
    })
}

/// Hours that were accepted.
fn hours() -> impl Strategy<Value = Hours> {
    let day = || prop::collection::vec(opening(), 0..3);
    (day(), day(), day(), day(), day()).prop_filter_map(
        "hours that make sense",
        |(monday, tuesday, thursday, saturday, sunday)| {
            let week = WeekFile {
                monday,
                tuesday,
                thursday,
                saturday,
                sunday,
                ..WeekFile::default()
            };
            let holidays = vec!["2026-03-28".parse().ok()?, "2026-05-11".parse().ok()?];
            let file = HoursFile {
                time_zone: "x".to_owned(),
                week,
                holidays,
            };
            Hours::new(file, zone()).ok()
        },
    )
}

fn what() -> impl Strategy<Value = What> {
    let question = prop_oneof![Just(Question::Session), Just(Question::Control)];
    prop_oneof![
        (1_u64..4).prop_map(|person| What::Taken {
            person: PersonId(person),
            level: Level::One,
            waited_ms: 5
        }),
        question.clone().prop_map(|question| What::Asked { question }),
        question.prop_map(|question| What::Answered { question }),
        Just(What::SessionEnded),
        (0..SPAN).prop_map(|since| What::UserLeft {
            since: UnixMillis(START + since)
        }),
        Just(What::UserBack),
        Just(What::Escalated {
            from: Level::One,
            to: Level::Two
        }),
        Just(What::Returned),
        any::<bool>().prop_map(|solved| What::Closed { solved }),
        Just(What::Cancelled),
        any::<bool>().prop_map(|solved| What::Feedback { solved }),
        Just(What::Reopened),
    ]
}

/// Any facts at all, in the order of time.
fn facts() -> impl Strategy<Value = TicketFacts> {
    let opened = What::Opened {
        impact: Impact::Person,
        urgency: Urgency::Low,
        level: Level::One,
    };
    prop::collection::vec((0..SPAN, what()), 0..30).prop_map(move |mut rest| {
        rest.sort_by_key(|(at, _)| *at);
        let mut facts = vec![Fact {
            at: UnixMillis(START),
            what: opened,
        }];
        facts.extend(rest.into_iter().map(|(at, what)| Fact {
            at: UnixMillis(START + at),
            what,
        }));
        TicketFacts {
            id: TicketId(1001),
            facts,
        }
    })
}

proptest! {
    #[test]
    fn business_time_is_additive_and_never_more_than_time_on_the_wall(
        hours in hours(), mut instants in prop::array::uniform3(0..SPAN),
    ) {
        instants.sort_unstable();
        let [a, b, c] = instants.map(|offset| UnixMillis(START + offset));
        let calendar = Calendar::new(&hours, UnixMillis(START), UnixMillis(START + SPAN));
        prop_assert_eq!(calendar.open_ms(a, b) + calendar.open_ms(b, c), calendar.open_ms(a, c));
        prop_assert!(calendar.open_ms(a, c) <= c.since(a));
        prop_assert_eq!(calendar.open_ms(c, a), 0);
    }

    #[test]
    fn a_longer_calendar_says_the_same(hours in hours(), mut instants in prop::array::uniform2(0..SPAN)) {
        instants.sort_unstable();
        let [a, b] = instants.map(|offset| UnixMillis(START + offset));
        let long = Calendar::new(&hours, UnixMillis(START), UnixMillis(START + SPAN));
        let short = Calendar::new(&hours, a, b);
        prop_assert_eq!(long.open_ms(a, b), short.open_ms(a, b));
    }

    #[test]
    fn no_ticket_took_longer_than_it_was_there(facts in facts()) {
        let hours = crate::world::hours();
        let calendar = Calendar::new(&hours, UnixMillis(START), UnixMillis(START + SPAN));
        let story = Story::of(&facts, &calendar).unwrap();
        for (at, moment) in &story.moments {
            let wall = at.since(story.opened_at);
            match moment {
                Moment::Closed(closing) => {
                    prop_assert!(closing.resolution_ms <= wall);
                    prop_assert!(closing.handling_ms <= closing.resolution_ms);
                }
                Moment::Taken { first_ms: Some(first_ms), .. } => prop_assert!(*first_ms <= wall),
                _ => {}
            }
        }
        for (from, to) in &story.open {
            prop_assert!(to.is_none_or(|to| *from <= to));
        }
    }

    #[test]
    fn the_parts_add_up_to_the_whole(tickets in prop::collection::vec(facts(), 0..6), by in prop_oneof![Just(Grouping::Day), Just(Grouping::Week), Just(Grouping::Month)]) {
        let period = Period::new(&zone(), "2026-02-03".parse().unwrap(), "2026-12-20".parse().unwrap(), by).unwrap();
        let mut tally = Tally::new(period, UnixMillis(START + SPAN), None, None);
        for ticket in &tickets {
            tally.add(&Story::of(ticket, &calendar()).unwrap());
        }
        let (whole, _, parts) = tally.finish();
        let sum = |of: fn(&renfort_protocol::figures::Figures) -> u64| parts.iter().map(|part| of(&part.figures)).sum::<u64>();
        prop_assert_eq!(sum(|one| one.opened), whole.opened);
        prop_assert_eq!(sum(|one| one.waiting.count), whole.waiting.count);
        prop_assert_eq!(sum(|one| one.solved), whole.solved);
        prop_assert_eq!(sum(|one| one.satisfaction.answered), whole.satisfaction.answered);
        prop_assert_eq!(sum(|one| one.first_contact.of), whole.first_contact.of);
        prop_assert_eq!(parts.last().unwrap().figures.backlog, whole.backlog);
        prop_assert!(whole.first_contact.part <= whole.first_contact.of);
        prop_assert!(whole.satisfaction.solved <= whole.satisfaction.answered);
        prop_assert!(whole.satisfaction.answered <= whole.satisfaction.asked);
    }

    #[test]
    fn a_percentile_is_a_value_that_so_many_do_not_exceed(mut values in prop::collection::vec(0_u64..1_000, 1..200), percent in 1_usize..=100) {
        values.sort_unstable();
        let found = nearest_rank(&values, percent).unwrap();
        let at_most = values.iter().filter(|value| **value <= found).count();
        prop_assert!(at_most * 100 >= percent * values.len());
        let below = values.iter().filter(|value| **value < found).count();
        prop_assert!(below * 100 < percent * values.len());
    }
}

#[test]
fn the_start_is_midnight_in_paris() {
    assert_eq!(at("02 00:00").since(UnixMillis(START)) % (24 * 3_600_000), 0);
}
