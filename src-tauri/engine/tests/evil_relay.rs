//! A relay that changes what it should pass on. Real connections, real pictures: nothing of them may come through.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::sync::Mutex;

use renfort_engine::peer::{SharerEvent, ViewerEvent};
use renfort_protocol::{
    binding::Tampered,
    error::Code,
    ids::{SessionId, Signature},
    report::ReportedEvent,
    signalling::{EndReason, Sdp, Signal},
};

#[allow(dead_code, reason = "each test program uses its part")]
mod support;
use support::pair::{Meddling, Options, Pair, start_at};

/// Another certificate's fingerprint in a description.
fn swapped(sdp: &Sdp) -> Sdp {
    let line = |line: &str| match line.strip_prefix("a=fingerprint:sha-256 ") {
        Some(_) => format!("a=fingerprint:sha-256 {}", vec!["AB"; 32].join(":")),
        None => line.to_owned(),
    };
    let lines: Vec<String> = sdp.as_str().lines().map(line).collect();
    let changed = Sdp::new(lines.join("\r\n") + "\r\n").unwrap();
    assert_ne!(&changed, sdp, "a description has a fingerprint");
    changed
}

/// A second certificate beside the true one, in a media section of its own.
fn with_a_second(sdp: &Sdp) -> Sdp {
    let second = format!("a=fingerprint:sha-256 {}\r\n", vec!["AB"; 32].join(":"));
    Sdp::new(format!("{}{second}", sdp.as_str())).unwrap()
}

fn on_offers(change: fn(u32, &Sdp, Signature) -> (u32, Sdp, Signature), signal: Signal) -> Vec<Signal> {
    match signal {
        Signal::Offer { attempt, sdp, seal } => {
            let (attempt, sdp, seal) = change(attempt, &sdp, seal);
            vec![Signal::Offer { attempt, sdp, seal }]
        }
        other => vec![other],
    }
}

fn on_answers(change: fn(u32, &Sdp, Signature) -> (u32, Sdp, Signature), signal: Signal) -> Vec<Signal> {
    match signal {
        Signal::Answer { attempt, sdp, seal } => {
            let (attempt, sdp, seal) = change(attempt, &sdp, seal);
            vec![Signal::Answer { attempt, sdp, seal }]
        }
        other => vec![other],
    }
}

/// The technician's machine refuses, says why to its person and to the log, and neither sees a picture nor answers.
fn the_technicians_machine_refuses(relay: impl Meddling) {
    let pair = start_at(relay, Options::default());
    pair.sees(|event| {
        matches!(
            event,
            ViewerEvent::Report {
                event: ReportedEvent::Tampered { what: Tampered::Offer },
                ..
            }
        )
    });
    pair.sees(|event| {
        matches!(event, ViewerEvent::Ended { reason: EndReason::Untrusted, error: Some(error) }
            if error.code == Code::Untrusted && error.params["what"] == "offer")
    });
    let answered = |event: &ViewerEvent| matches!(event, ViewerEvent::Signal(Signal::Answer { .. }));
    assert!(!pair.viewed.lock().unwrap().iter().any(answered));
    nothing_was_shown(&pair);
}

/// The same at the user's machine, for the answer.
fn the_users_machine_refuses(relay: impl Meddling) {
    let pair = start_at(relay, Options::default());
    pair.hears(|event| {
        matches!(
            event,
            SharerEvent::Report {
                event: ReportedEvent::Tampered { what: Tampered::Answer },
                ..
            }
        )
    });
    pair.hears(|event| {
        matches!(event, SharerEvent::Ended { reason: EndReason::Untrusted, error: Some(error) }
            if error.code == Code::Untrusted && error.params["what"] == "answer")
    });
    nothing_was_shown(&pair);
}

fn nothing_was_shown(pair: &Pair) {
    let connected = |event: &ViewerEvent| matches!(event, ViewerEvent::Connected);
    assert!(!pair.viewed.lock().unwrap().iter().any(connected));
    assert!(pair.technician.shown.lock().unwrap().is_empty());
}

#[test]
fn a_relay_that_swaps_the_fingerprint_of_an_offer_is_refused() {
    the_technicians_machine_refuses(|signal| on_offers(|attempt, sdp, seal| (attempt, swapped(sdp), seal), signal));
}

#[test]
fn a_relay_that_swaps_the_fingerprint_of_an_answer_is_refused() {
    the_users_machine_refuses(|signal| on_answers(|attempt, sdp, seal| (attempt, swapped(sdp), seal), signal));
}

#[test]
fn a_relay_that_adds_a_second_fingerprint_is_refused() {
    the_technicians_machine_refuses(|signal| {
        on_offers(|attempt, sdp, seal| (attempt, with_a_second(sdp), seal), signal)
    });
}

#[test]
fn a_relay_that_renumbers_an_offer_to_replay_it_later_is_refused() {
    the_technicians_machine_refuses(|signal| on_offers(|attempt, sdp, seal| (attempt + 1, sdp.clone(), seal), signal));
}

#[test]
fn a_relay_that_signs_an_offer_itself_is_refused() {
    the_technicians_machine_refuses(|signal| {
        on_offers(|attempt, sdp, _| (attempt, sdp.clone(), Signature([9; 64])), signal)
    });
}

#[test]
fn a_relay_that_signs_an_answer_itself_is_refused() {
    the_users_machine_refuses(|signal| {
        on_answers(|attempt, sdp, _| (attempt, sdp.clone(), Signature([7; 64])), signal)
    });
}

/// What the user's machine signed as an offer is not good as an answer to it.
#[test]
fn a_relay_that_turns_the_offer_round_into_an_answer_is_refused() {
    let offered = Mutex::new(None);
    the_users_machine_refuses(move |signal| {
        let mut offered = offered.lock().unwrap();
        match signal {
            Signal::Offer { .. } => {
                *offered = Some(signal.clone());
                vec![signal]
            }
            Signal::Answer { .. } => {
                let Some(Signal::Offer { attempt, sdp, seal }) = offered.clone() else {
                    panic!("an answer without an offer");
                };
                vec![Signal::Answer { attempt, sdp, seal }]
            }
            other => vec![other],
        }
    });
}

/// Offer and answer of another session of the same two machines, which went well.
fn of_an_earlier_session() -> (Signal, Signal) {
    let pair = Pair::connected(Options {
        session: SessionId([6; 16]),
        ..Options::default()
    });
    let offer = pair.shared.lock().unwrap().iter().find_map(|event| match event {
        SharerEvent::Signal(signal @ Signal::Offer { .. }) => Some(signal.clone()),
        _ => None,
    });
    let answer = pair.viewed.lock().unwrap().iter().find_map(|event| match event {
        ViewerEvent::Signal(signal @ Signal::Answer { .. }) => Some(signal.clone()),
        _ => None,
    });
    (offer.unwrap(), answer.unwrap())
}

#[test]
fn a_relay_that_replays_the_offer_of_an_earlier_session_is_refused() {
    let (offer, _) = of_an_earlier_session();
    the_technicians_machine_refuses(move |signal| match signal {
        Signal::Offer { .. } => vec![offer.clone()],
        other => vec![other],
    });
}

#[test]
fn a_relay_that_replays_the_answer_of_an_earlier_session_is_refused() {
    let (_, answer) = of_an_earlier_session();
    the_users_machine_refuses(move |signal| match signal {
        Signal::Answer { .. } => vec![answer.clone()],
        other => vec![other],
    });
}

/// The same offer twice is one offer: the connection stands and the picture comes.
#[test]
fn an_offer_that_a_relay_repeats_is_taken_once() {
    let pair = start_at(|signal| vec![signal.clone(), signal], Options::default());
    pair.sees(|event| matches!(event, ViewerEvent::Connected));
    pair.user.show(1);
    pair.shows(1);
    let answers = |event: &&ViewerEvent| matches!(event, ViewerEvent::Signal(Signal::Answer { .. }));
    assert_eq!(pair.viewed.lock().unwrap().iter().filter(answers).count(), 1);
}
