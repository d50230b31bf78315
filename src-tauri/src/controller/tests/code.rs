//! A user on the telephone with a technician who has no card: the code, from both screens, and whoever guesses it.

use renfort_protocol::{
    binding::{Credential, Reveal, SignedAsk, SignedReady},
    code::{self, CodeAnswer, CodeSecret},
    ids::{CardSerial, Confirmation},
    limits::{CODE_MS, CODE_TRIES, WARNING_PAUSE_MS},
    signalling::EndReason,
};

use super::{trust::revoking_of, *};
use crate::view::{CodeView, ConsentWarning};

/// A user who shows a code for a ticket that was opened for it.
pub(super) fn caller() -> Stage {
    let mut stage = Stage::with(Profile {
        settings: Settings::default(),
        ..profile()
    });
    stage.welcome_user(None, None);
    stage.act(Action::ShowCode { summary: summary() });
    // Nobody asked how bad it is.
    assert!(matches!(
        stage.sent()[..],
        [ToRelay::OpenTicket {
            impact: Impact::NotStated,
            urgency: Urgency::NotStated,
            ..
        }]
    ));
    let open = stage.only_request();
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Waiting),
    });
    stage.relay(FromRelay::Done { re: open });
    stage
}

/// The same on another day: no number that was drawn comes again.
fn cardless_later(nth: u8) -> Stage {
    let mut stage = Stage::cardless();
    stage.fresh = 100 + 20 * nth;
    stage
}

pub(super) fn code(stage: &Stage) -> Option<CodeView> {
    match stage.user_page() {
        UserPage::Waiting { code, .. } => code,
        other => panic!("no code is shown there: {other:?}"),
    }
}

pub(super) fn shown(stage: &Stage) -> (CodeSecret, UnixMillis, u8) {
    match code(stage) {
        Some(CodeView::Shown { secret, until, left }) => (secret, until, left),
        other => panic!("a code is shown: {other:?}"),
    }
}

/// Another code than this one.
fn wrong(secret: &CodeSecret) -> CodeSecret {
    let other = if String::from(secret.clone()) == "000000" {
        "000001"
    } else {
        "000000"
    };
    CodeSecret::try_from(other.to_owned()).unwrap()
}

/// The technician types a code; gives the question.
pub(super) fn typed(desk: &mut Stage, secret: CodeSecret) -> SignedAsk {
    desk.act(Action::TakeByCode { ticket: TICKET, secret });
    let ask = match desk.sent()[..] {
        [ToRelay::TakeTicket { ask } | ToRelay::AskAgain { ask }] => (**ask).clone(),
        ref other => panic!("no question was sent: {other:?}"),
    };
    desk.relay(FromRelay::QueueChanged {
        entry: entry(TicketState::Taken, true),
    });
    desk.relay(asked(&ask));
    ask
}

pub(super) fn asked(ask: &SignedAsk) -> FromRelay {
    let session = SessionInfo {
        id: ask.ask.session,
        ask: ask.clone(),
        ..session(None)
    };
    FromRelay::Asked {
        session: Box::new(session),
    }
}

fn is_ready(user: &Stage) -> SignedReady {
    match user.sent()[..] {
        [ToRelay::Ready { ready }] => ready.clone(),
        ref other => panic!("the user's machine listens: {other:?}"),
    }
}

fn reveals(desk: &Stage) -> Reveal {
    match desk.sent()[..] {
        [ToRelay::Reveal { reveal }] => *reveal,
        ref other => panic!("the nonce is revealed: {other:?}"),
    }
}

pub(super) fn ends(stage: &Stage, ask: &SignedAsk) -> bool {
    stage.sent().contains(&&ToRelay::EndSession {
        session: ask.ask.session,
        reason: EndReason::WrongCode,
    })
}

fn ended(ask: &SignedAsk) -> FromRelay {
    FromRelay::SessionEnded {
        session: ask.ask.session,
        reason: EndReason::WrongCode,
    }
}

fn left(stage: &Stage) -> Option<String> {
    let notice = stage.view().notice?;
    (notice.error.code == Code::WrongCodeTried).then(|| notice.error.params["left"].clone())
}

#[test]
fn the_right_code_leads_to_a_session_whose_technician_is_not_taken_for_verified() {
    let (mut user, mut desk) = (caller(), Stage::cardless());
    let (secret, until, tries) = shown(&user);
    assert_eq!((until, tries), (START.plus(CODE_MS), CODE_TRIES));
    let ask = typed(&mut desk, secret.clone());
    user.relay(asked(&ask));
    assert!(!user.did(|effect| matches!(effect, Effect::Notify(_))), "not yet");
    desk.relay(FromRelay::Ready {
        ready: Box::new(is_ready(&user)),
    });
    let reveal = reveals(&desk);
    user.relay(FromRelay::Reveal { reveal });
    let UserPage::Consent {
        session,
        warnings,
        allow_from,
        card_until,
        words,
        ..
    } = user.user_page()
    else {
        panic!("the person is asked");
    };
    assert_eq!((session.technician, card_until), (technician(), None));
    assert_eq!(warnings, [ConsentWarning::NotVerified]);
    assert_eq!(allow_from, Some(START.plus(WARNING_PAUSE_MS)));
    desk.relay(super::detail(entry(TicketState::Taken, true)));
    assert!(matches!(desk.technician_session(), TechnicianSession::Asking { words: theirs, .. } if theirs == words));

    user.now = START.plus(WARNING_PAUSE_MS);
    user.act(Action::AnswerConsent {
        allow: true,
        capabilities: [Capability::View].into(),
        time_box_ms: GRANT_MS,
    });
    let [
        ToRelay::AnswerConsent {
            answer: renfort_protocol::signalling::ConsentAnswer::Allow { signature, .. },
            ..
        },
    ] = user.sent()[..]
    else {
        panic!("a yes");
    };
    let (allowance, grant) = (*signature, user.grant_answered());
    let grant = Grant {
        session: ask.ask.session,
        ..grant
    };
    user.relay(granted_here(grant.clone()));
    assert!(user.did(|effect| matches!(effect, Effect::StartSharer { .. })));
    // Whoever came with a code could have called themselves anything: the next time they are as unknown as now.
    assert!(!user.did(|effect| matches!(effect, Effect::SaveKnown(_))));
    assert!(matches!(user.user_page(), UserPage::Session { by_code: true, .. }));
    desk.relay(FromRelay::Granted { grant, allowance });
    assert!(desk.did(|effect| matches!(effect, Effect::StartViewer { .. })));

    // It was good once.
    user.relay(FromRelay::SessionEnded {
        session: ask.ask.session,
        reason: EndReason::EndedByTechnician,
    });
    assert_eq!(code(&user), None);
    let again = typed(&mut cardless_later(1), secret);
    user.relay(asked(&again));
    assert!(ends(&user, &again));
}

#[test]
fn a_relay_that_repeats_the_ticket_gives_a_code_no_more_tries() {
    // `Done` is withheld, so that the request for help is still under way.
    let mut user = Stage::with(Profile {
        settings: Settings::default(),
        ..profile()
    });
    user.welcome_user(None, None);
    user.act(Action::ShowCode { summary: summary() });
    let told = || FromRelay::Ticket {
        ticket: ticket(TicketState::Waiting),
    };
    user.relay(told());
    let (secret, ..) = shown(&user);
    let ask = typed(&mut Stage::cardless(), wrong(&secret));
    user.relay(asked(&ask));
    user.relay(ended(&ask));
    assert_eq!(shown(&user).2, CODE_TRIES - 1);
    user.relay(told());
    assert_eq!(shown(&user), (secret.clone(), START.plus(CODE_MS), CODE_TRIES - 1));
    // Nor does a reconnection, which sends the request again.
    user.offline();
    user.welcome_user(Some(ticket(TicketState::Waiting)), None);
    user.relay(told());
    assert_eq!(shown(&user), (secret, START.plus(CODE_MS), CODE_TRIES - 1));
}

#[test]
fn a_relay_that_tells_of_other_tickets_opens_none_in_the_persons_name() {
    let mut stage = Stage::with(Profile {
        settings: Settings::default(),
        ..profile()
    });
    stage.welcome_user(None, None);
    stage.act(Action::RequestHelp {
        summary: summary(),
        impact: Impact::Person,
        urgency: Urgency::High,
    });
    let mut own = ticket(TicketState::Waiting);
    own.id = TicketId(7);
    stage.relay(FromRelay::Ticket { ticket: own });
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Waiting),
    });
    stage.asked();
    assert!(
        matches!(stage.user_page(), UserPage::Consent { warnings, .. } if warnings == [ConsentWarning::NotAskedFor])
    );
}

/// Up to where the technician's machine, which knows the code, has revealed its nonce.
pub(super) fn known(user: &mut Stage) -> (SignedAsk, Reveal) {
    let mut desk = Stage::cardless();
    let ask = typed(&mut desk, shown(user).0);
    user.relay(asked(&ask));
    desk.relay(FromRelay::Ready {
        ready: Box::new(is_ready(user)),
    });
    (ask, reveals(&desk))
}

#[test]
fn a_code_that_is_hidden_exchanged_or_over_lets_nobody_in_who_typed_it_before() {
    let hidden: fn(&mut Stage) = |user| {
        user.act(Action::HideCode);
    };
    let exchanged: fn(&mut Stage) = |user| {
        user.act(Action::ShowCode { summary: summary() });
    };
    let expired: fn(&mut Stage) = |user| {
        user.after(CODE_MS);
    };
    let cancelled: fn(&mut Stage) = |user| {
        user.relay(FromRelay::Ticket {
            ticket: ticket(TicketState::Cancelled),
        });
    };
    for over in [hidden, exchanged, expired, cancelled] {
        let mut user = caller();
        let (ask, reveal) = known(&mut user);
        over(&mut user);
        let ended_early = ends(&user, &ask);
        user.relay(FromRelay::Reveal { reveal });
        assert!(ended_early || ends(&user, &ask));
        assert!(!matches!(user.user_page(), UserPage::Consent { .. }));
        assert!(!user.did(|effect| matches!(effect, Effect::Notify(_))));
    }
    // What was typed before does not end the code that came after it.
    let mut user = caller();
    let (_, reveal) = known(&mut user);
    user.act(Action::ShowCode { summary: summary() });
    user.relay(FromRelay::Reveal { reveal });
    assert_eq!(shown(&user).2, CODE_TRIES);
}

#[test]
fn a_code_does_not_come_back_with_its_ticket() {
    let mut user = caller();
    for state in [TicketState::Solved, TicketState::Waiting] {
        user.relay(FromRelay::Ticket { ticket: ticket(state) });
    }
    assert_eq!(code(&user), None);
}

#[test]
fn a_code_that_was_wrong_before_is_no_more_spoken_of_once_the_right_one_comes() {
    let (mut user, mut desk) = (caller(), Stage::cardless());
    let (secret, ..) = shown(&user);
    let ask = typed(&mut desk, wrong(&secret));
    user.relay(asked(&ask));
    let ready = Box::new(is_ready(&user));
    desk.relay(FromRelay::Ready { ready });
    user.relay(ended(&ask));
    assert_eq!(
        (desk.notice(), user.notice()),
        (Some(Code::WrongCode), Some(Code::WrongCodeTried))
    );
    desk.relay(ended(&ask));
    desk.relay(FromRelay::QueueChanged {
        entry: entry(TicketState::Waiting, false),
    });
    let ask = typed(&mut desk, secret);
    assert_eq!(desk.notice(), None);
    user.relay(asked(&ask));
    let ready = Box::new(is_ready(&user));
    desk.relay(FromRelay::Ready { ready });
    let reveal = reveals(&desk);
    user.relay(FromRelay::Reveal { reveal });
    assert!(matches!(user.user_page(), UserPage::Consent { .. }));
    assert_eq!(user.notice(), None);
}

#[test]
fn the_part_that_authenticates_is_never_sent() {
    let (mut user, mut desk) = (caller(), Stage::cardless());
    let (secret, ..) = shown(&user);
    let digits = String::from(secret.clone());
    let mut sent: Vec<String> = Vec::new();
    let ask = typed(&mut desk, secret);
    sent.push(serde_json::to_string(&ask).unwrap());
    user.relay(asked(&ask));
    let ready = is_ready(&user);
    sent.push(serde_json::to_string(&ready).unwrap());
    desk.relay(FromRelay::Ready { ready: Box::new(ready) });
    sent.push(serde_json::to_string(&reveals(&desk)).unwrap());
    let inside = |value: &serde_json::Value| {
        let mut open = vec![value.clone()];
        while let Some(one) = open.pop() {
            match one {
                // Six digits of a key or hash may be the same by chance.
                serde_json::Value::String(text) if text.len() < 32 => assert!(!text.contains(&digits), "{text}"),
                serde_json::Value::Array(more) => open.extend(more),
                serde_json::Value::Object(more) => open.extend(more.into_iter().map(|(_, one)| one)),
                _ => {}
            }
        }
    };
    for message in sent {
        inside(&serde_json::from_str(&message).unwrap());
    }
}

#[test]
fn guessing_codes_rings_nobody_and_the_third_guess_ends_the_code() {
    let mut user = caller();
    let (secret, ..) = shown(&user);
    for tries in (0..CODE_TRIES).rev() {
        let mut desk = cardless_later(tries);
        let ask = typed(&mut desk, wrong(&secret));
        user.relay(asked(&ask));
        desk.relay(FromRelay::Ready {
            ready: Box::new(is_ready(&user)),
        });
        // The technician's own machine sees that it was wrong, and keeps its nonce.
        assert!(ends(&desk, &ask), "{:?}", desk.sent());
        assert!(!desk.sent().iter().any(|body| matches!(body, ToRelay::Reveal { .. })));
        assert_eq!(desk.notice(), Some(Code::WrongCode));
        user.relay(ended(&ask));
        assert_eq!(left(&user), Some(tries.to_string()));
        assert!(!user.did(|effect| matches!(effect, Effect::Notify(_))));
    }
    assert_eq!(code(&user), Some(CodeView::Spent));
    let right = typed(&mut cardless_later(4), secret);
    user.relay(asked(&right));
    assert!(ends(&user, &right) && !user.sent().iter().any(|body| matches!(body, ToRelay::Ready { .. })));
    user.act(Action::ShowCode { summary: summary() });
    assert_eq!(shown(&user).2, CODE_TRIES);
}

#[test]
fn a_guesser_who_takes_the_question_back_has_used_a_guess_up() {
    let mut user = caller();
    let (secret, ..) = shown(&user);
    let ask = typed(&mut Stage::cardless(), wrong(&secret));
    user.relay(asked(&ask));
    user.relay(FromRelay::SessionEnded {
        session: ask.ask.session,
        reason: EndReason::Withdrawn,
    });
    assert_eq!(shown(&user).2, CODE_TRIES - 1);
}

#[test]
fn a_guesser_who_reveals_all_the_same_is_refused_by_the_users_machine() {
    for confirmation in [None, Some(Confirmation([7; 32]))] {
        let mut user = caller();
        // All but the confirmation is as it should be.
        let (ask, reveal) = known(&mut user);
        let reveal = Reveal { confirmation, ..reveal };
        user.relay(FromRelay::Reveal { reveal });
        assert!(ends(&user, &ask));
        assert_eq!(left(&user), Some((CODE_TRIES - 1).to_string()));
        assert!(!matches!(user.user_page(), UserPage::Consent { .. }));
        assert!(!user.did(|effect| matches!(effect, Effect::Notify(_))));
    }
}

#[test]
fn a_relay_that_plays_the_users_machine_without_the_code_hears_no_nonce() {
    let mut desk = Stage::cardless();
    let secret = CodeSecret::try_from("271828".to_owned()).unwrap();
    let ask = typed(&mut desk, secret.clone());
    let Credential::Code { element, .. } = &ask.ask.credential else {
        panic!("it came with a code")
    };
    let (element, key) = code::answer(TICKET, &wrong(&secret), element, &[5; 32]).unwrap();
    let device = Ed25519KeyPair::from_seed_unchecked(&[23; 32]).unwrap();
    let mut ready = ready_by(&ask.ask, &device, Nonce([6; 32])).ready;
    let confirmation = key.confirm_as_user(&ask.ask.hash(), &ready.device, &ready.nonce);
    ready.code = Some(CodeAnswer { element, confirmation });
    let ready = Box::new(ready.sign(&device));
    desk.relay(FromRelay::Ready { ready });
    assert!(ends(&desk, &ask) && !desk.sent().iter().any(|body| matches!(body, ToRelay::Reveal { .. })));
}

#[test]
fn a_relay_that_leaves_the_code_out_of_the_readiness_is_refused() {
    let mut desk = Stage::cardless();
    let ask = typed(&mut desk, CodeSecret::try_from("271828".to_owned()).unwrap());
    let device = Ed25519KeyPair::from_seed_unchecked(&[23; 32]).unwrap();
    let ready = Box::new(ready_by(&ask.ask, &device, Nonce([6; 32])));
    desk.relay(FromRelay::Ready { ready });
    assert_eq!(desk.notice(), Some(Code::Untrusted));
}

#[test]
fn a_readiness_that_comes_again_is_answered_with_the_same_reveal() {
    let (mut user, mut desk) = (caller(), Stage::cardless());
    let ask = typed(&mut desk, shown(&user).0);
    user.relay(asked(&ask));
    let ready = || Box::new(is_ready(&user));
    desk.relay(FromRelay::Ready { ready: ready() });
    let first = reveals(&desk);
    desk.relay(FromRelay::Ready { ready: ready() });
    assert_eq!(reveals(&desk), first);
}

#[test]
fn a_code_ends_after_ten_minutes_or_when_its_person_hides_it() {
    let mut user = caller();
    let (secret, ..) = shown(&user);
    user.after(CODE_MS - 1);
    assert!(matches!(code(&user), Some(CodeView::Shown { .. })));
    user.after(1);
    assert_eq!(code(&user), Some(CodeView::Expired));
    let late = typed(&mut Stage::cardless(), secret);
    user.relay(asked(&late));
    assert!(ends(&user, &late));

    let mut user = caller();
    let (secret, ..) = shown(&user);
    user.act(Action::HideCode);
    assert_eq!(code(&user), None);
    let hidden = typed(&mut Stage::cardless(), secret);
    user.relay(asked(&hidden));
    assert!(ends(&user, &hidden));
    assert_eq!(user.notice(), None, "whoever shows no code is left in peace");
}

#[test]
fn a_code_is_good_for_its_ticket_and_two_codes_differ() {
    let mut user = caller();
    let (first, ..) = shown(&user);
    user.act(Action::ShowCode { summary: summary() });
    assert!(user.sent().is_empty(), "the ticket is there already");
    assert_ne!(shown(&user).0, first);
    let mut ask = typed(&mut Stage::cardless(), shown(&user).0);
    ask.ask.ticket = TicketId(1);
    user.relay(asked(&ask));
    assert_eq!(user.notice(), Some(Code::Untrusted));
    assert_eq!(shown(&user).2, CODE_TRIES);
}

#[test]
fn with_a_good_card_a_code_only_says_which_ticket() {
    let mut desk = Stage::technician();
    let ask = typed(&mut desk, CodeSecret::try_from("314159".to_owned()).unwrap());
    assert!(ask.ask.credential.card().is_some());
}

#[test]
fn a_card_that_the_users_machine_did_not_believe_is_not_shown_to_it_again() {
    for (reason, by_card) in [(EndReason::Refused, true), (EndReason::Untrusted, false)] {
        let mut desk = Stage::technician();
        desk.act(Action::TakeTicket { ticket: TICKET });
        let ask = match desk.sent()[..] {
            [ToRelay::TakeTicket { ask }] => (**ask).clone(),
            ref other => panic!("no question was sent: {other:?}"),
        };
        desk.relay(FromRelay::QueueChanged {
            entry: entry(TicketState::Taken, true),
        });
        desk.relay(asked(&ask));
        desk.relay(FromRelay::SessionEnded {
            session: ask.ask.session,
            reason,
        });
        desk.fresh = 100;
        let again = typed(&mut desk, CodeSecret::try_from("314159".to_owned()).unwrap());
        assert_eq!(again.ask.credential.card().is_some(), by_card, "{reason:?}");
    }
}

#[test]
fn a_code_is_not_typed_while_another_ticket_is_in_hand() {
    let mut desk = Stage::cardless();
    desk.relay(FromRelay::QueueChanged {
        entry: entry(TicketState::Taken, true),
    });
    desk.act(Action::TakeByCode {
        ticket: TicketId(1),
        secret: CodeSecret::try_from("314159".to_owned()).unwrap(),
    });
    assert_eq!((desk.notice(), desk.sent().len()), (Some(Code::SessionOpen), 0));
    // For the ticket in hand, whose session is over, it is another question.
    desk.act(Action::TakeByCode {
        ticket: TICKET,
        secret: CodeSecret::try_from("314159".to_owned()).unwrap(),
    });
    assert!(matches!(desk.sent()[..], [ToRelay::AskAgain { .. }]));
}

#[test]
fn a_ticket_that_its_person_did_not_ask_for_is_warned_of() {
    let mut stage = caller();
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Taken),
    });
    stage.asked();
    let UserPage::Consent {
        warnings,
        allow_from,
        card_until,
        ..
    } = stage.user_page()
    else {
        panic!("the person is asked");
    };
    assert_eq!(warnings, [ConsentWarning::NotAskedFor]);
    assert!(allow_from.is_some() && card_until.is_some());
    // The code is over with the question, whoever put it.
    stage.relay(FromRelay::SessionEnded {
        session: SESSION,
        reason: EndReason::Withdrawn,
    });
    assert_eq!(code(&stage), None);

    let mut asked_for = Stage::user();
    asked_for.act(Action::RequestHelp {
        summary: summary(),
        impact: Impact::Person,
        urgency: Urgency::High,
    });
    asked_for.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Waiting),
    });
    asked_for.asked();
    assert!(matches!(asked_for.user_page(), UserPage::Consent { warnings, .. } if warnings.is_empty()));
}

#[test]
fn a_device_whose_card_was_taken_back_is_let_in_by_no_code() {
    let revoked = |ask: &SignedAsk| ToRelay::EndSession {
        session: ask.ask.session,
        reason: EndReason::CardRevoked,
    };
    let list = |ask: &SignedAsk| revoking_of(CardSerial([9; 8]), 1, Some(*ask.ask.credential.device()));

    // The list came before the question.
    let mut user = caller();
    let (secret, _, tries) = shown(&user);
    let ask = typed(&mut Stage::cardless(), secret.clone());
    user.relay(list(&ask));
    user.relay(asked(&ask));
    assert_eq!(user.sent(), [&revoked(&ask)], "nothing is said to the code");
    let notice = user.view().notice.expect("the person is told");
    assert_eq!(
        (notice.error.code, notice.error.params["fault"].as_str()),
        (Code::Untrusted, "revoked")
    );
    assert_eq!(shown(&user).2, tries, "it cost no try");

    // It comes while the person thinks.
    let (mut user, mut desk) = (caller(), Stage::cardless());
    let ask = typed(&mut desk, shown(&user).0);
    user.relay(asked(&ask));
    desk.relay(FromRelay::Ready {
        ready: Box::new(is_ready(&user)),
    });
    user.relay(FromRelay::Reveal { reveal: reveals(&desk) });
    assert!(matches!(user.user_page(), UserPage::Consent { .. }));
    user.relay(list(&ask));
    assert_eq!(user.sent(), [&revoked(&ask)]);
    assert!(!matches!(user.user_page(), UserPage::Consent { .. }));

    // Its own program does not even ask, and says why.
    let mut desk = Stage::cardless();
    desk.relay(list(&ask));
    desk.act(Action::TakeByCode { ticket: TICKET, secret });
    let notice = desk.view().notice.expect("the technician is told");
    assert_eq!(
        (notice.error.code, notice.error.params["fault"].as_str()),
        (Code::CardNeeded, "revoked")
    );
    assert!(desk.sent().is_empty());
}
