//! Who is who: the technician's card, the question that it comes with, the two words, and what is done when something is
//! not as it was sent.
//!
//! Flow at the user's machine: asked -> [`Controller::hail`] checks card and signature and says "ready" -> the technician's
//! nonce is revealed -> the person is asked. At the technician's: [`Controller::question`] -> asked -> ready ->
//! [`Controller::ready_came`] reveals -> granted.
//!
//! Invariant: nobody is asked, and nothing is shared or shown, on the word of the relay alone.

use renfort_protocol::{
    binding::{Ask, AskFault, Credential, Ready, Reveal, SignedAsk, SignedReady, Tampered, Transcript},
    card::{self, CLOCK_TOLERANCE_MS, CardFault, CardRequest, Revocations, SignedCard, SignedRevocations},
    code::{Asking, CodeKey, CodeSecret},
    error::{Code, WireError},
    grant::{Capabilities, Capability},
    ids::{Nonce, SessionId, TicketId},
    organisation::Organisation,
    people::{Person, Role},
    report::ReportedEvent,
    signalling::{EndReason, SessionInfo, ToRelay},
    time::UnixMillis,
    words::Words,
};

use super::{Controller, Effect, Turn, requests::Purpose, user::is_open};
use crate::view::CardView;

/// A card that has no longer to live is shown as expiring, in milliseconds.
const EXPIRING_MS: u64 = 14 * 24 * 60 * 60_000;
/// Sessions whose questions this program remembers, so that none is put twice; the oldest is forgotten first.
const REMEMBERED: usize = 256;

/// A question that was checked; its person hears of it when the technician's nonce is there.
#[derive(Debug)]
pub(super) struct Hailed {
    pub(super) info: SessionInfo,
    ready: SignedReady,
    /// What the technician's machine must show that it has, when it came with a code; and which code that was.
    key: Option<(CodeKey, u32)>,
}

/// A question that this technician's program put.
#[derive(Debug)]
pub(super) struct Question {
    ask: SignedAsk,
    nonce: Nonce,
    asking: Option<Asking>,
}

/// What a technician's program knows of the other end.
#[derive(Debug, Default)]
pub(super) struct OtherEnd {
    /// This very program put the question, not an earlier run of it.
    pub(super) put_here: bool,
    /// None in a program that began after the question was put.
    nonce: Option<Nonce>,
    /// The code as it was typed, until the user's machine answers.
    asking: Option<Asking>,
    ready: Option<SignedReady>,
    /// As it was sent.
    reveal: Option<Reveal>,
    pub(super) transcript: Option<Transcript>,
}

impl OtherEnd {
    pub(super) fn words(&self) -> Option<Words> {
        self.transcript.as_ref().map(Transcript::words)
    }
}

fn fault_name(fault: CardFault) -> String {
    let value = serde_json::to_value(fault).ok();
    value
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// The key that the user's machine shows that it has; none when it has another.
fn users_key(asking: Asking, ask: &Ask, ready: &SignedReady) -> Option<CodeKey> {
    let ready = &ready.ready;
    let said = ready.code.as_ref()?;
    let key = asking.finish(&said.element)?;
    key.is_confirmed_by_user(&ask.hash(), &ready.device, &ready.nonce, &said.confirmation)
        .then_some(key)
}

/// To the user: somebody asked whose card is not good.
pub(super) fn card_refused(fault: CardFault) -> WireError {
    WireError::from(Tampered::Card).with("fault", fault_name(fault))
}

fn card_needed(fault: CardFault) -> WireError {
    WireError::from(Code::CardNeeded).with("fault", fault_name(fault))
}

impl Controller {
    fn organisation(&self) -> Option<&Organisation> {
        self.profile.organisation.as_ref().map(|file| &file.organisation)
    }

    fn revocations(&self) -> Option<&Revocations> {
        self.profile.revocations.as_ref().map(|list| &list.revocations)
    }

    /// A newer list of cards that are taken back; an older one, or another's, changes nothing.
    pub(super) fn revocations_came(&mut self, list: SignedRevocations, turn: &mut Turn) {
        let genuine = self.organisation().is_some_and(|ours| list.is_genuine(&ours.key));
        let newer = self
            .revocations()
            .is_none_or(|known| list.revocations.number > known.number);
        if !genuine {
            tracing::warn!("a list of revoked cards is not this organisation's");
        } else if newer {
            turn.push(Effect::SaveRevocations(Box::new(list.clone())));
            self.profile.revocations = Some(list);
            self.end_session_of_revoked(turn);
        }
    }

    // --- At the user's machine -----------------------------------------------------------------------------------------

    /// Checks who asks, and says that this machine listens. The person is not asked yet.
    pub(super) fn hail(&mut self, mut info: SessionInfo, turn: &mut Turn) {
        if let Err(fault) = self.check_ask(&info, turn.at) {
            return self.refuse_ask(info.id, fault, turn);
        }
        let nonce = match turn.draw() {
            Ok(nonce) => Nonce(nonce),
            Err(error) => return self.tell(error),
        };
        let ask = &info.ask.ask;
        let device = self.profile.device.public();
        let heard = match self.hear_code(ask, &device, &nonce, turn) {
            Ok(heard) => heard,
            Err(error) => return self.tell(error),
        };
        if heard.is_none() && ask.credential.card().is_none() {
            self.tell_wrong_code();
            return self.end_at_relay(info.id, EndReason::WrongCode, turn);
        }
        // Only what a card or a try stands for is remembered, so that nobody can make this forget the others.
        if self.user.asked_before.len() == REMEMBERED {
            self.user.asked_before.pop_front();
        }
        self.user.asked_before.push_back(info.id);
        let (code, key) = heard.map(|(code, key, number)| (code, (key, number))).unzip();
        let ready = Ready {
            session: info.id,
            ask: ask.hash(),
            device,
            user: self.profile.stated(),
            nonce,
            code,
        };
        // What the person sees is what the organisation signed, or what the technician did; whatever the relay says.
        info.technician = ask.credential.technician();
        info.asked = ask.capabilities.clone();
        let ready = ready.sign(self.profile.device.pair());
        self.user.hailed = Some(Hailed { info, ready, key });
        self.say_ready(turn);
    }

    /// Said again after a reconnection.
    pub(super) fn say_ready(&mut self, turn: &mut Turn) {
        if let Some(Hailed { ready, .. }) = &self.user.hailed
            && self.link.is_online()
        {
            let ready = ready.clone();
            self.link.requests.send_untracked(ToRelay::Ready { ready }, turn);
        }
    }

    fn check_ask(&self, info: &SessionInfo, now: UnixMillis) -> Result<(), AskFault> {
        let organisation = self.organisation().ok_or(CardFault::Foreign)?;
        let mine = self.user.ticket.as_ref().filter(|mine| is_open(mine));
        let of_my_ticket = mine.is_some_and(|mine| mine.id == info.ticket);
        if !of_my_ticket || !info.ask.ask.capabilities.contains(&Capability::View) {
            return Err(AskFault::Tampered(Tampered::Ask));
        }
        // Clocks differ; a question of another day is an old one all the same.
        let asked_at = info.ask.ask.asked_at;
        let old = now.since(asked_at).max(asked_at.since(now)) > CLOCK_TOLERANCE_MS;
        if old || self.user.asked_before.contains(&info.id) {
            return Err(AskFault::Tampered(Tampered::Replayed));
        }
        info.ask
            .verify(info.id, info.ticket, &organisation.key, self.revocations(), now)
    }

    /// Somebody who cannot show who they are does not ring. The person hears that it was tried, and so does the log.
    fn refuse_ask(&mut self, session: SessionId, fault: AskFault, turn: &mut Turn) {
        let error = match fault {
            AskFault::Card(card) => card_refused(card),
            AskFault::Tampered(what) => what.into(),
        };
        if fault == AskFault::Card(CardFault::Revoked) {
            // Nobody changed anything: the relay had not heard of it yet.
            self.end_at_relay(session, EndReason::CardRevoked, turn);
            return self.tell(error);
        }
        self.distrust_at_user(session, fault.tampered(), error, turn);
    }

    /// The technician's nonce: both words are known, the person can be asked.
    pub(super) fn revealed(&mut self, reveal: &Reveal, turn: &mut Turn) {
        let session = reveal.session;
        let Some(Hailed { info, ready, key }) = self.user.hailed.take_if(|hailed| hailed.info.id == session) else {
            return;
        };
        let transcript = match Transcript::revealed(&info.ask.ask, &ready, reveal) {
            Ok(transcript) => transcript,
            Err(what) => return self.distrust_at_user(session, what, what.into(), turn),
        };
        self.end_old_code(turn);
        let known = |(key, number): &(CodeKey, u32)| {
            let said = reveal.confirmation.as_ref();
            self.is_shown(*number) && said.is_some_and(|said| transcript.is_confirmed(key, said))
        };
        if key.as_ref().is_some_and(|key| !known(key)) {
            self.tell_wrong_code();
            return self.end_at_relay(session, EndReason::WrongCode, turn);
        }
        // Once somebody is let in to the question, the code has done what it was for.
        self.user.code = None;
        self.put_question(info, transcript, turn);
    }

    /// The question that came with a code and that its person has not heard of.
    pub(super) fn take_hailed_by_code(&mut self) -> Option<SessionId> {
        let hailed = self.user.hailed.take_if(|hailed| hailed.key.is_some())?;
        Some(hailed.info.id)
    }

    /// A question came to nothing before its person heard of it.
    pub(super) fn hailed_in_vain(&mut self, session: SessionId, reason: EndReason) {
        let hailed = self.user.hailed.take_if(|hailed| hailed.info.id == session);
        if hailed.is_some_and(|hailed| hailed.key.is_some()) {
            if reason == EndReason::WrongCode {
                self.tell_wrong_code();
            }
            self.try_is_lost();
        }
    }

    /// Something was not as it was sent: it is refused, told and recorded.
    pub(super) fn distrust_at_user(&mut self, session: SessionId, what: Tampered, error: WireError, turn: &mut Turn) {
        tracing::warn!(%what, "a session is refused");
        self.report(session, turn.at, ReportedEvent::Tampered { what }, turn);
        self.end_at_relay(session, EndReason::Untrusted, turn);
        self.tell(error);
    }

    // --- At the technician's machine -----------------------------------------------------------------------------------

    /// Did the organisation take a card of this device back?
    fn is_named(&self) -> bool {
        let device = self.profile.device.public();
        self.revocations().is_some_and(|list| list.names(&device))
    }

    /// This device's card, or why there is no good one.
    fn good_card(&self, now: UnixMillis) -> Result<&SignedCard, CardFault> {
        let none = if self.is_named() {
            CardFault::Revoked
        } else {
            CardFault::Missing
        };
        let card = self.desk.card.as_ref().ok_or(none)?;
        let organisation = self.organisation().ok_or(CardFault::Foreign)?;
        card.verify(&organisation.key, self.revocations(), now)?;
        let mine = self.desk.person.as_ref().map(|person| person.id) == Some(card.card.person)
            && card.card.device == self.profile.device.public();
        mine.then_some(card).ok_or(CardFault::Stolen)
    }

    pub(super) fn card_view(&self) -> CardView {
        match self.good_card(self.desk.now) {
            Ok(card) if card.card.expires_at.since(self.desk.now) < EXPIRING_MS => CardView::Expiring {
                until: card.card.expires_at,
            },
            Ok(card) => CardView::Good {
                until: card.card.expires_at,
            },
            Err(fault) => CardView::Needed {
                fault,
                fingerprint: self.profile.device.public().fingerprint(),
                requested: self.desk.card_requested,
            },
        }
    }

    pub(super) fn card_came(&mut self, card: SignedCard) {
        self.desk.card = Some(card);
        self.forget_notice_of(Code::CardNeeded);
    }

    /// Once after each sign-in without a good card, and whenever the person wants it.
    pub(super) fn request_card(&mut self, turn: &mut Turn) {
        let Some(person) = &self.desk.person else {
            return self.out_of_order();
        };
        let Role::Technician { level } = person.role else {
            return;
        };
        let request = CardRequest {
            version: card::VERSION,
            person: person.id,
            name: person.name.clone(),
            level,
            device: self.profile.device.public(),
            requested_at: turn.at,
        };
        if self.needs_relay() {
            return;
        }
        let request = Box::new(request.sign(self.profile.device.pair()));
        self.link
            .requests
            .send(Purpose::RequestCard, ToRelay::RequestCard { request }, turn);
    }

    pub(super) fn request_card_when_needed(&mut self, turn: &mut Turn) {
        self.desk.now = turn.at;
        if self.good_card(turn.at).is_err() {
            self.request_card(turn);
        }
    }

    pub(super) fn has_good_card(&self, now: UnixMillis) -> bool {
        self.good_card(now).is_ok()
    }

    /// A question to the user of a ticket, signed by this device. None when the person was told why not.
    pub(super) fn question(&mut self, ticket: TicketId, turn: &mut Turn) -> Option<Box<SignedAsk>> {
        match self.good_card(turn.at) {
            Ok(card) => {
                let credential = Credential::Card { card: card.clone() };
                self.question_with(ticket, credential, None, turn)
            }
            Err(fault) => {
                self.tell(card_needed(fault));
                None
            }
        }
    }

    /// The same with the code that its user read out. None when the person was told why not.
    pub(super) fn question_by_code(
        &mut self,
        ticket: TicketId,
        secret: &CodeSecret,
        turn: &mut Turn,
    ) -> Option<Box<SignedAsk>> {
        let technician = self.desk.person.as_ref().and_then(Person::technician);
        let Some(technician) = technician else {
            self.out_of_order();
            return None;
        };
        if self.is_named() {
            self.tell(card_needed(CardFault::Revoked));
            return None;
        }
        let random = match turn.draw() {
            Ok(random) => random,
            Err(error) => {
                self.tell(error);
                return None;
            }
        };
        let (asking, element) = Asking::begin(ticket, secret, &random);
        let credential = Credential::Code {
            technician,
            device: self.profile.device.public(),
            element,
        };
        self.question_with(ticket, credential, Some(asking), turn)
    }

    fn question_with(
        &mut self,
        ticket: TicketId,
        credential: Credential,
        asking: Option<Asking>,
        turn: &mut Turn,
    ) -> Option<Box<SignedAsk>> {
        let nonce = match turn.draw() {
            Ok(nonce) => Nonce(nonce),
            Err(error) => {
                self.tell(error);
                return None;
            }
        };
        let ask = Ask {
            version: renfort_protocol::VERSION,
            session: SessionId(turn.fresh.0),
            ticket,
            // The user chooses among these; control and clipboard are off unless they switch them on.
            capabilities: Capabilities::from([Capability::View, Capability::Control, Capability::Clipboard]),
            asked_at: turn.at,
            commitment: Ask::commitment(&nonce),
            credential,
        };
        let ask = ask.sign(self.profile.device.pair());
        self.desk.question = Some(Question {
            ask: ask.clone(),
            nonce,
            asking,
        });
        Some(Box::new(ask))
    }

    /// What is known of the other end when the relay says that the user is asked.
    ///
    /// # Errors
    /// When this device put no such question.
    pub(super) fn other_end(&mut self, info: &SessionInfo) -> Result<OtherEnd, Tampered> {
        if self.desk.put_before.contains(&info.id) {
            return Err(Tampered::Replayed);
        }
        if let Some(question) = self.desk.question.take_if(|question| question.ask == info.ask) {
            if self.desk.put_before.len() == REMEMBERED {
                self.desk.put_before.pop_front();
            }
            self.desk.put_before.push_back(info.id);
            return Ok(OtherEnd {
                put_here: true,
                nonce: Some(question.nonce),
                asking: question.asking,
                ..OtherEnd::default()
            });
        }
        // An earlier run of this program put it.
        let organisation = self.organisation().ok_or(Tampered::Ask)?;
        let own = *info.ask.ask.credential.device() == self.profile.device.public()
            && info
                .ask
                .verify(info.id, info.ticket, &organisation.key, None, info.asked_at)
                .is_ok();
        if !own {
            return Err(Tampered::Ask);
        }
        let transcript = match (&info.ready, &info.reveal) {
            // What this device signed then is what it knew then, the code included.
            (Some(ready), Some(reveal)) => Some(Transcript::revealed(&info.ask.ask, ready, reveal)?),
            _ => None,
        };
        Ok(OtherEnd {
            put_here: false,
            nonce: info.reveal.map(|reveal| reveal.nonce),
            asking: None,
            reveal: info.reveal,
            ready: info.ready.clone(),
            transcript,
        })
    }

    /// The user's machine listens: the nonce is revealed, once.
    pub(super) fn ready_came(&mut self, ready: SignedReady, turn: &mut Turn) {
        let Some(viewed) = self.desk.session.as_mut() else {
            return;
        };
        let session = viewed.info.id;
        if ready.ready.session != session || viewed.grant.is_some() {
            return;
        }
        let end = &mut viewed.other_end;
        let Some(nonce) = end.nonce else {
            // An earlier run of this program kept it to itself: the question is put anew.
            return self.leave_viewed(EndReason::Failed, turn);
        };
        if end.ready.as_ref().is_some_and(|known| *known != ready) {
            // Whoever knows the nonce already could look for a machine whose words agree.
            return self.distrust_at_desk(Tampered::Ready, turn);
        }
        let ask = &viewed.info.ask.ask;
        let transcript = match Transcript::new(ask, &ready, &nonce) {
            Ok(transcript) => transcript,
            Err(what) => return self.distrust_at_desk(what, turn),
        };
        // Said again after a reconnection, it is answered again.
        let reveal = match end.reveal {
            Some(reveal) => reveal,
            None => {
                let by_code = ready.ready.code.is_some();
                let key = end.asking.take().and_then(|asking| users_key(asking, ask, &ready));
                if by_code && key.is_none() {
                    self.tell(Code::WrongCode.into());
                    return self.leave_viewed(EndReason::WrongCode, turn);
                }
                transcript.reveal(session, nonce, key.as_ref(), self.profile.device.pair())
            }
        };
        end.ready = Some(ready);
        end.transcript = Some(transcript);
        end.reveal = Some(reveal);
        self.link.requests.send_untracked(ToRelay::Reveal { reveal }, turn);
    }

    /// Something was not as it was sent: it is refused, told and recorded.
    pub(super) fn distrust_at_desk(&mut self, what: Tampered, turn: &mut Turn) {
        tracing::warn!(%what, "a session is refused");
        if let Some(viewed) = &self.desk.session {
            let session = viewed.info.id;
            self.report(session, turn.at, ReportedEvent::Tampered { what }, turn);
            self.leave_viewed(EndReason::Untrusted, turn);
        }
        self.tell(what.into());
    }
}
