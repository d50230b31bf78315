//! A user's program and a technician's, each as people run it, and between them a real relay that lies.
//!
//! Flow: what either program sends goes as JSON to the relay's broker; what the broker says goes through the relay's
//! [`Lie`], and as JSON to the program. What the broker commits is the log.
//!
//! Invariant: nothing but the lie is made up, so that what a program is seen to refuse, it refuses in the field.

mod code;
mod grant;
mod honest;
mod question;
mod relay;
mod repeated;
mod words;

use renfort_audit::{actor::Actor, event::Event as Recorded};
use renfort_protocol::{
    VERSION,
    binding::{Reveal, Tampered},
    code::CodeSecret,
    limits::WARNING_PAUSE_MS,
    report::ReportedEvent,
    signalling::{EndReason, Identity},
    words::Words,
};

use super::*;
use crate::{
    controller::Notification,
    store::DevicePair,
    view::{CodeView, ConsentWarning},
};
use relay::{Lie, Relay};

/// One of the two whom a relay can lie to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    User,
    Technician,
}

const BOTH: [Who; 2] = [Who::User, Who::Technician];

struct Program {
    stage: Stage,
    device: DevicePair,
    greets_as: Option<(Identity, Language)>,
    /// All that it did, oldest first.
    did: Vec<Effect>,
}

struct World {
    relay: Relay,
    user: Program,
    technician: Program,
}

impl Program {
    fn new(profile: Profile) -> Self {
        Self {
            device: profile.device.clone(),
            stage: Stage::with(profile),
            greets_as: None,
            did: Vec::new(),
        }
    }

    fn hears(&mut self, message: &FromRelay) -> Option<ToRelay> {
        let text = serde_json::to_string(message).unwrap();
        match serde_json::from_str(&text).unwrap() {
            FromRelay::Challenge { nonce, .. } => {
                let (identity, language) = self.greets_as.clone().expect("it wants to connect");
                return Some(ToRelay::Hello {
                    version: VERSION,
                    device: self.device.public(),
                    signature: self.device.sign_hello(&nonce),
                    identity,
                    language,
                });
            }
            FromRelay::Welcome {
                now,
                welcomed,
                session,
                revocations,
            } => {
                self.stage.link(LinkEvent::Online {
                    now,
                    welcomed,
                    session,
                    revocations,
                });
            }
            message => {
                self.stage.relay(message);
            }
        }
        None
    }

    fn did(&self, matches: impl Fn(&Effect) -> bool) -> bool {
        self.did.iter().any(matches)
    }

    /// What it said to the relay.
    fn said(&self) -> impl Iterator<Item = &ToRelay> {
        self.did.iter().filter_map(|effect| match effect {
            Effect::Send(request) => Some(&request.body),
            _ => None,
        })
    }

    /// Does it share a screen, or show one?
    fn began(&self) -> bool {
        self.did(|effect| matches!(effect, Effect::StartSharer { .. } | Effect::StartViewer { .. }))
    }

    /// Was its person called?
    fn rang(&self) -> bool {
        self.did(|effect| matches!(effect, Effect::Notify(Notification::Asked(_))))
            || matches!(
                self.stage.view().side,
                Side::User {
                    page: UserPage::Consent { .. }
                }
            )
    }
}

impl World {
    /// Both are connected; the technician's device has a card, and the user has let the technician in before.
    fn new() -> Self {
        Self::with(vec![own_card()])
    }

    fn without_a_card() -> Self {
        Self::with(Vec::new())
    }

    fn with(cards: Vec<renfort_protocol::card::SignedCard>) -> Self {
        let user = Profile {
            settings: Settings::default(),
            device: users().into(),
            ..profile()
        };
        let technician = Profile {
            settings: Settings {
                technician: true,
                ..Settings::default()
            },
            token: Some(Token([1; 32])),
            ..profile()
        };
        let mut world = Self {
            relay: Relay::new(cards),
            user: Program::new(user),
            technician: Program::new(technician),
        };
        // Two programs do not draw the same numbers.
        world.technician.stage.fresh = 128;
        world.settle();
        world
    }

    /// The same with a relay that lies from now on.
    fn lying(mut self, lie: impl FnMut(Who, FromRelay) -> Vec<FromRelay> + 'static) -> Self {
        self.relay.lie = Box::new(lie);
        self
    }

    fn program(&mut self, who: Who) -> &mut Program {
        match who {
            Who::User => &mut self.user,
            Who::Technician => &mut self.technician,
        }
    }

    /// Until nobody has anything more to say.
    fn settle(&mut self) {
        loop {
            for who in BOTH {
                for effect in std::mem::take(&mut self.program(who).stage.effects) {
                    self.carry_out(who, effect);
                }
            }
            let Some((who, message)) = self.relay.on_its_way.pop_front() else {
                return;
            };
            if let Some(hello) = self.program(who).hears(&message) {
                let request = Request { id: 1, body: hello };
                self.relay.hears(who, &request);
            }
        }
    }

    fn carry_out(&mut self, who: Who, effect: Effect) {
        match &effect {
            Effect::Connect(target) => {
                self.program(who).greets_as = Some((target.identity.clone(), target.language));
                self.relay.connected(who);
            }
            Effect::Send(request) => self.relay.hears(who, request),
            _ => {}
        }
        self.program(who).did.push(effect);
    }

    /// A person does something.
    fn act(&mut self, who: Who, action: Action) {
        self.program(who).stage.act(action);
        self.settle();
    }

    /// The relay says what its broker does not mean.
    fn tell(&mut self, who: Who, message: FromRelay) {
        self.relay.on_its_way.push_back((who, message));
        self.settle();
    }

    fn wait(&mut self, millis: u64) {
        self.relay.now = self.relay.now.plus(millis);
        self.relay.tick();
        for who in BOTH {
            self.program(who).stage.after(millis);
            self.settle();
        }
    }

    // --- The walk ------------------------------------------------------------------------------------------------------

    fn get_help(&mut self) {
        let action = Action::RequestHelp {
            summary: summary(),
            impact: Impact::Person,
            urgency: Urgency::High,
        };
        self.act(Who::User, action);
    }

    fn take(&mut self) {
        self.act(Who::Technician, Action::TakeTicket { ticket: TICKET });
    }

    /// The technician takes the ticket and asks, whatever the relay makes of it.
    fn walk_to_the_question(mut self) -> Self {
        self.get_help();
        self.take();
        self
    }

    fn show_code(&mut self) -> CodeSecret {
        self.act(Who::User, Action::ShowCode { summary: summary() });
        self.shown_code().expect("a code is shown").0
    }

    /// The code on the user's screen, and how many tries are left.
    fn shown_code(&self) -> Option<(CodeSecret, u8)> {
        match self.user.stage.user_page() {
            UserPage::Waiting {
                code: Some(CodeView::Shown { secret, left, .. }),
                ..
            } => Some((secret, left)),
            _ => None,
        }
    }

    fn type_code(&mut self, secret: CodeSecret) {
        self.act(Who::Technician, Action::TakeByCode { ticket: TICKET, secret });
    }

    fn answer(&mut self, allow: bool) {
        let action = Action::AnswerConsent {
            allow,
            capabilities: [Capability::View].into(),
            time_box_ms: GRANT_MS,
        };
        self.act(Who::User, action);
    }

    fn words_at_the_user(&self) -> Words {
        match self.user.stage.user_page() {
            UserPage::Consent { words: Some(words), .. } => words,
            other => panic!("the person is not asked: {other:?}"),
        }
    }

    fn words_at_the_technician(&self) -> Words {
        match self.technician.stage.technician_session() {
            TechnicianSession::Asking { words: Some(words), .. } => words,
            other => panic!("no question is open: {other:?}"),
        }
    }

    /// The session as the broker told it last to this end.
    fn asked(&self, whom: Who) -> SessionInfo {
        let asked = self.relay.meant.iter().rev().find_map(|(who, message)| match message {
            FromRelay::Asked { session } if *who == whom => Some((**session).clone()),
            _ => None,
        });
        asked.expect("a question was put")
    }

    /// What the technician's machine has revealed last.
    fn reveal(&self) -> Reveal {
        let revealed = self.technician.said().filter_map(|body| match body {
            ToRelay::Reveal { reveal } => Some(*reveal),
            _ => None,
        });
        revealed.last().expect("the nonce is revealed")
    }

    fn nonce(&self) -> Nonce {
        self.reveal().nonce
    }

    // --- What came of it -----------------------------------------------------------------------------------------------

    fn log(&self) -> Vec<&'static str> {
        self.relay.log.iter().map(|entry| entry.event.code()).collect()
    }

    /// This program refuses: nothing begins there, its person reads why, and the log has it from this program. The other's
    /// session is over, too.
    #[track_caller]
    fn is_refused_by(&self, who: Who, what: Tampered) {
        let program = match who {
            Who::User => &self.user,
            Who::Technician => &self.technician,
        };
        assert!(!program.began(), "a session begins");
        let notice = program.stage.view().notice.expect("the person is told");
        assert_eq!(notice.error.code, Code::Untrusted);
        assert_eq!(notice.error.params["what"], what.name());
        let recorded = self.relay.log.iter().any(|entry| {
            let by = match entry.actor {
                Actor::Device(_) => Who::User,
                _ => Who::Technician,
            };
            let event = ReportedEvent::Tampered { what };
            by == who && matches!(&entry.event, Recorded::Reported { event: reported, .. } if *reported == event)
        });
        assert!(recorded, "not in the log: {:?}", self.log());
        self.is_over(EndReason::Untrusted);
    }

    /// At both ends, and in the log.
    #[track_caller]
    fn is_over(&self, reason: EndReason) {
        let page = self.user.stage.user_page();
        assert!(matches!(page, UserPage::Waiting { .. }), "{page:?}");
        let ended = |event: &Recorded| matches!(event, Recorded::SessionEnded { reason: why, .. } if *why == reason);
        assert!(
            self.relay.log.iter().any(|entry| ended(&entry.event)),
            "{:?}",
            self.log()
        );
        match self.technician.stage.technician_page() {
            TechnicianPage::Ticket { session, .. } => {
                assert_eq!(session, TechnicianSession::Over { reason: Some(reason) });
            }
            // Asked for with a code, the ticket goes back.
            page => assert!(self.log().contains(&"ticket.returned"), "{page:?}"),
        }
    }
}

/// Says something else in place of this question.
fn of_question(whom: Who, change: impl Fn(&mut SessionInfo) + 'static) -> Lie {
    Box::new(move |who, message| match message {
        FromRelay::Asked { mut session } if who == whom => {
            change(&mut session);
            vec![FromRelay::Asked { session }]
        }
        other => vec![other],
    })
}
