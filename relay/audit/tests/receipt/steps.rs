//! The list of what happened says who and why, as far as the records do.

use std::collections::BTreeSet;

use renfort_audit::{
    actor::{Actor, device_hash},
    event::{ConsoleView, Event},
    keeping::{HoldCode, HoldReason, Keeping},
    receipt::{Against, verify_page},
    returned::Returned,
};
use renfort_protocol::{
    figures::Purpose,
    grant::Capability,
    ids::PersonId,
    report::{Refuser, ReportedEvent, Withdrawn},
    signalling::EndReason,
    ticket::Language,
    time::UnixMillis,
};

use crate::support::{Log, Signing, log, pair, public};

fn user() -> Actor {
    Actor::Device(device_hash(&public(&pair(21))))
}

/// What the list says, step by step.
fn steps(log: &Log, language: Language) -> Vec<String> {
    let page = log.page(language);
    let (_, list) = page.split_once("<tbody>").unwrap();
    let (list, _) = list.split_once("</tbody>").unwrap();
    let cell = |row: &str| {
        let (_, told) = row.rsplit_once("<td>").unwrap();
        told.trim_end_matches("</td></tr>").to_owned()
    };
    list.trim().lines().map(cell).collect()
}

/// What is told of one more event, which was reported by the user's machine, in English.
fn told(event: ReportedEvent) -> String {
    let mut log = log(Signing::None);
    log.report(user(), 5, event);
    steps(&log, Language::En).pop().unwrap()
}

fn returned(why: Returned) -> Log {
    let mut log = log(Signing::None);
    let person = PersonId(3);
    log.of_ticket(Actor::Relay, Event::TicketReturned { person, why });
    log
}

#[test]
fn that_the_user_took_control_back_is_told_apart_from_every_other_end_of_it() {
    for capability in [Capability::View, Capability::Control, Capability::Clipboard] {
        let reasons = [
            Withdrawn::ByUser,
            Withdrawn::ByTechnician,
            Withdrawn::Expired,
            Withdrawn::SessionEnded,
            Withdrawn::PeerLost,
        ];
        let all: BTreeSet<String> = reasons
            .iter()
            .map(|&reason| told(ReportedEvent::Withdrawn { capability, reason }))
            .collect();
        assert_eq!(all.len(), reasons.len(), "{all:?}");
    }
    let (capability, reason) = (Capability::Control, Withdrawn::ByUser);
    let event = ReportedEvent::Withdrawn { capability, reason };
    assert_eq!(told(event.clone()), "You took mouse and keyboard back");
    let mut log = log(Signing::None);
    log.report(user(), 5, event);
    let french = steps(&log, Language::Fr).pop().unwrap();
    assert_eq!(french, "Vous avez repris la souris et le clavier");
}

#[test]
fn which_end_signed_or_disagreed_is_said() {
    let english = steps(&log(Signing::Both), Language::En);
    assert_eq!(
        english[english.len() - 2..],
        [
            "Your computer signed the records of the session",
            "The technician’s computer signed the records of the session"
        ]
    );
    let disputed = steps(&log(Signing::Disputed), Language::Fr);
    assert!(
        disputed
            .last()
            .unwrap()
            .starts_with("Votre ordinateur n’était pas d’accord")
    );
}

#[test]
fn why_the_ticket_went_back_is_said_for_each_reason_in_both_languages() {
    use EndReason as E;
    let ends = [
        E::AbuseReported,
        E::Refused,
        E::TimedOut,
        E::Withdrawn,
        E::WrongCode,
        E::StoppedByUser,
        E::Lost,
        E::Untrusted,
        E::CardRevoked,
        E::Failed,
    ];
    let whys = ends
        .map(Returned::Ended)
        .into_iter()
        .chain([Returned::SignedOut, Returned::AccountDisabled]);
    let mut all = BTreeSet::new();
    for why in whys {
        let log = returned(why);
        for (language, begins) in [
            (Language::En, "The ticket went back to the queue: "),
            (Language::Fr, "Le ticket est revenu dans la file\u{a0}: "),
        ] {
            let told = steps(&log, language).pop().unwrap();
            assert!(told.starts_with(begins), "{told}");
            all.insert(told);
        }
    }
    assert_eq!(all.len(), 2 * 12);
}

#[test]
fn a_ticket_that_went_back_before_its_reason_was_recorded_still_reads_and_verifies() {
    let mut log = returned(Returned::SignedOut);
    let old = log.records.last_mut().unwrap();
    assert!(old.record.fields.remove("reason").is_some());
    old.hash = old.record.hash();
    assert_eq!(
        steps(&log, Language::En).last().unwrap(),
        "The ticket went back to the queue"
    );
    let page = log.page(Language::Fr);
    assert!(verify_page(&page, &Against::default()).is_ok());
}

#[test]
fn refusals_and_silences_within_the_session_are_counted_apart() {
    let mut log = log(Signing::None);
    for (number, capability, timed_out) in [
        (5, Capability::Control, false),
        (6, Capability::Clipboard, true),
        (7, Capability::Control, true),
    ] {
        let by = Refuser::User;
        log.report(
            user(),
            number,
            ReportedEvent::Refused {
                capability,
                timed_out,
                by,
            },
        );
    }
    let (_, facts) = verify_page(&log.page(Language::En), &Against::default()).unwrap();
    assert_eq!((facts.refused, facts.unanswered), (1, 2));
    let page = log.page(Language::En);
    assert!(page.contains("<dt>During the session, questions that you refused</dt><dd>1</dd>"));
    assert!(page.contains("<dt>During the session, questions that nobody answered, which counts as no</dt><dd>2</dd>"));
}

#[test]
fn what_the_users_machine_refused_by_itself_is_not_told_as_the_users_no() {
    for capability in [Capability::View, Capability::Control, Capability::Clipboard] {
        let refused = |by| ReportedEvent::Refused {
            capability,
            timed_out: false,
            by,
        };
        let mut log = log(Signing::None);
        // The technician repeats the question while it cannot be put.
        log.report(user(), 5, refused(Refuser::Machine));
        log.report(user(), 6, refused(Refuser::Machine));
        log.report(user(), 7, refused(Refuser::User));
        // Before it was recorded who did, the two were one.
        log.report(user(), 8, refused(Refuser::Machine));
        let before = log.records.last_mut().unwrap();
        assert!(before.record.fields.remove("by").is_some());
        before.hash = before.record.hash();
        let (_, facts) = verify_page(&log.page(Language::En), &Against::default()).unwrap();
        assert_eq!((facts.refused, facts.unanswered), (1, 0));
        for (language, you, yours) in [
            (Language::En, "You refused", "Your computer refused"),
            (
                Language::Fr,
                "Vous avez refusé",
                "Votre ordinateur a refusé de lui-même",
            ),
        ] {
            let told = steps(&log, language);
            let [first, second, third, last] = &told[told.len() - 4..] else {
                panic!("{told:?}");
            };
            assert!(
                first.starts_with(yours) && second == first && third.starts_with(you),
                "{told:?}"
            );
            assert!(!last.starts_with(you) && !last.starts_with(yours), "{last}");
        }
    }
}

#[test]
fn the_page_says_why_numbers_are_not_here() {
    for (language, why) in [
        (Language::En, "The numbers are those of the whole log"),
        (Language::Fr, "Les numéros sont ceux de tout le journal"),
    ] {
        assert!(log(Signing::Both).page(language).contains(why));
    }
}

#[test]
fn who_read_the_session_and_what_keeps_it_from_erasure_is_not_shown_as_a_bare_code() {
    let viewed = Event::ConsoleViewed {
        view: ConsoleView::Session,
        rows: 1,
        search: None,
    };
    let code = HoldCode::AbuseReported;
    let held = Keeping::HoldAdded {
        reason: HoldReason::Own { code },
    };
    let removed = Keeping::HoldRemoved {
        cause: Some(code),
        since: UnixMillis(1),
        reason: Purpose::new("It was examined").unwrap(),
    };
    for event in [viewed, Event::Keeping(held), Event::Keeping(removed)] {
        let mut log = log(Signing::None);
        log.of_session(Actor::Relay, event);
        for language in [Language::En, Language::Fr] {
            let told = steps(&log, language).pop().unwrap();
            assert!(!told.contains("<code>"), "{told}");
        }
    }
}

#[test]
fn no_report_of_a_session_is_shown_as_a_bare_code() {
    let each = [Capability::View, Capability::Control, Capability::Clipboard].map(|capability| {
        [
            ReportedEvent::Requested { capability },
            ReportedEvent::Allowed { capability },
            ReportedEvent::Refused {
                capability,
                timed_out: false,
                by: Refuser::User,
            },
        ]
    });
    for event in each.into_iter().flatten() {
        let told = told(event);
        assert!(!told.contains("<code>"), "{told}");
    }
}
