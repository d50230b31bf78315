//! One technician's figures.

use renfort_figures::{PersonTally, Question};
use renfort_protocol::{
    figures::{Grouping, OnePerson, Satisfaction, Share},
    ids::PersonId,
    people::Level,
};

use crate::world::{ADA, BOB, EVE, MINUTE, Made, period, ticket};

fn of(person: u64, tickets: &[Made]) -> Option<OnePerson> {
    let mut tally = PersonTally::new(PersonId(person), period("02", "08", Grouping::Week).whole);
    for made in tickets {
        tally.add(&made.story());
    }
    tally.finish()
}

fn solved(number: u64, minutes: u64) -> Made {
    ticket(number, "02 09:00")
        .taken("02 09:10", ADA, 10)
        .closed(&format!("02 10:{minutes:02}"), true)
}

#[test]
fn of_fewer_than_five_tickets_nothing_is_told() {
    let four: Vec<Made> = (0..4).map(|number| solved(number, number)).collect();
    assert_eq!(of(ADA.0, &four), None);
    let five: Vec<Made> = (0..5).map(|number| solved(number, number)).collect();
    assert_eq!(of(ADA.0, &five).unwrap().tickets, 5);
    assert_eq!(of(BOB.0, &five), None);
}

#[test]
fn only_the_named_technicians_work_is_counted() {
    let mut tickets: Vec<Made> = (0..4).map(|number| solved(number, number)).collect();
    tickets.push(
        ticket(1005, "03 09:00")
            .taken("03 09:10", ADA, 10)
            .escalated("03 09:30", Level::One, Level::Two)
            .taken("03 10:00", EVE, 30)
            .closed("03 11:00", false),
    );
    tickets.push(
        ticket(1006, "04 09:00")
            .taken("04 09:00", ADA, 0)
            .asked("04 09:00", Question::Session)
            .replied("04 09:05", Question::Session)
            .closed("04 09:30", false)
            .answered("05 09:00", false)
            .taken("05 09:10", BOB, 10)
            .closed("05 09:20", true)
            .answered("05 09:21", true),
    );
    let ada = of(ADA.0, &tickets).unwrap();
    assert_eq!((ada.tickets, ada.solved, ada.not_solved, ada.escalated), (6, 4, 1, 1));
    assert_eq!(ada.reopened, Share { part: 1, of: 5 });
    // 25 minutes for 1006, 50 to 53 for the others.
    assert_eq!(
        (ada.handling.count, ada.handling.median_ms, ada.handling.p90_ms),
        (5, Some(51 * MINUTE), Some(53 * MINUTE))
    );
    let expected = Satisfaction {
        asked: 5,
        answered: 1,
        solved: 0,
    };
    assert_eq!(ada.satisfaction, expected);
}

#[test]
fn what_happened_outside_of_the_period_is_not_counted() {
    let tickets: Vec<Made> = (0..5)
        .map(|number| {
            ticket(number, "06 09:00")
                .taken("06 09:10", ADA, 10)
                .closed("09 10:00", true)
        })
        .collect();
    let ada = of(ADA.0, &tickets).unwrap();
    assert_eq!((ada.tickets, ada.solved, ada.handling.count), (5, 0, 0));
}
