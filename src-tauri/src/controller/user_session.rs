//! The user's side of a session: the question, the grant, the sharer, the end.
//!
//! Flow: asked -> the person answers, or silence does -> the relay has it on disk and says granted -> the sharer runs ->
//! ended by whoever is first.
//!
//! Invariant: a sharer starts only for a session that this program asked the person about and that the person allowed,
//! and with no more than they allowed, whatever the relay says.

use std::sync::Arc;

use renfort_engine::{
    peer::{Pause, SharerCommand, SharerEvent},
    seal::Seal,
};
use renfort_protocol::{
    binding::{Tampered, Transcript},
    card::CardFault,
    error::{Code, WireError},
    grant::{Capabilities, Capability, Grant},
    ids::{SessionId, Signature},
    limits::{CONSENT_ANSWER_MS, WARNING_PAUSE_MS},
    policy::Policy,
    session::ChatText,
    signalling::{ConsentAnswer, EndReason, SessionInfo, ToRelay},
    ticket::UserTicket,
    time::UnixMillis,
    words::Words,
};

use super::{Controller, Effect, Notification, Turn, consent, requests::Purpose, talk::Talk, trust::card_refused};
use crate::view::{ConsentWarning, Question, UserPage};

/// A technician wants in.
#[derive(Debug)]
pub(super) struct Consent {
    pub(super) info: SessionInfo,
    transcript: Transcript,
    /// Silence is a refusal from then on; on this machine's clock.
    deadline: UnixMillis,
    warnings: Vec<ConsentWarning>,
    /// Because of them a yes counts from then on only.
    allow_from: Option<UnixMillis>,
    /// What was answered; kept until the relay has it.
    pub(super) answer: Option<ConsentAnswer>,
}

/// A session that is on.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) info: SessionInfo,
    words: Words,
    grant: Grant,
    pub(super) policy: Policy,
    /// No extension goes beyond this.
    latest: Option<UnixMillis>,
    connected: bool,
    peer_lost: bool,
    question: Option<Question>,
    /// What the sharer lets rest, beside what its own questions make rest.
    pub(super) paused: Pause,
    talk: Talk,
}

impl Consent {
    pub(super) fn page(&self, ticket: UserTicket, policy: &Policy) -> UserPage {
        let mut session = self.info.clone();
        session.answer_by = self.deadline;
        UserPage::Consent {
            ticket,
            card_until: session.ask.ask.credential.card().map(|card| card.card.expires_at),
            session,
            words: Some(self.transcript.words()),
            busy: self.answer.is_some(),
            choices: consent::choices(&self.info.asked, policy),
            warnings: self.warnings.clone(),
            allow_from: self.allow_from,
        }
    }

    fn grant(&self, capabilities: Capabilities, expires_at: UnixMillis) -> Grant {
        Grant {
            session: self.info.id,
            ticket: self.info.ticket,
            technician: self.info.technician.id,
            capabilities,
            expires_at,
        }
    }

    /// What the person allowed, with this machine's own signature; none before a yes.
    fn allowed(&self) -> Option<(Grant, Signature)> {
        match &self.answer {
            Some(ConsentAnswer::Allow {
                capabilities,
                expires_at,
                signature,
            }) => Some((self.grant(capabilities.clone(), *expires_at), *signature)),
            Some(ConsentAnswer::Refuse { .. }) | None => None,
        }
    }
}

impl Shared {
    pub(super) fn page(&self, ticket: UserTicket) -> UserPage {
        UserPage::Session {
            ticket,
            technician: self.info.technician.clone(),
            by_code: self.info.ask.ask.credential.card().is_none(),
            words: Some(self.words.clone()),
            grant: self.grant.clone(),
            forbidden: self.policy.forbidden(),
            latest: self.latest,
            connected: self.connected,
            peer_lost: self.peer_lost,
            question: self.question.clone(),
            chat: self.talk.chat(),
            clipboard: self.talk.clipboard(),
        }
    }
}

impl Controller {
    /// A technician wants in.
    pub(super) fn asked(&mut self, info: SessionInfo, turn: &mut Turn) {
        if self.user.is_in(info.id)
            || self
                .user
                .consent
                .as_ref()
                .is_some_and(|consent| consent.info.id == info.id)
            || self
                .user
                .hailed
                .as_ref()
                .is_some_and(|hailed| hailed.info.id == info.id)
        {
            return;
        }
        self.close_session(EndReason::Lost, turn);
        self.user.consent = None;
        self.hail(info, turn);
    }

    /// It is known who asks: now the person is asked.
    pub(super) fn put_question(&mut self, info: SessionInfo, transcript: Transcript, turn: &mut Turn) {
        // A code that was tried in vain before is of no interest beside whoever knew it.
        self.forget_notice_of(Code::WrongCodeTried);
        turn.push(Effect::Notify(Notification::Asked(info.technician.name.clone())));
        turn.push(Effect::Raise);
        let deadline = turn.at.plus(CONSENT_ANSWER_MS);
        let warnings = self.warnings(&info);
        let allow_from = (!warnings.is_empty()).then(|| turn.at.plus(WARNING_PAUSE_MS));
        self.user.consent = Some(Consent {
            info,
            transcript,
            deadline,
            warnings,
            allow_from,
            answer: None,
        });
    }

    pub(super) fn answer_consent(&mut self, allow: bool, chosen: &Capabilities, time_box_ms: u64, turn: &mut Turn) {
        let Some(consent) = self.user.consent.as_ref().filter(|consent| consent.answer.is_none()) else {
            return self.out_of_order();
        };
        let answer = if allow {
            if let Some(from) = consent.allow_from.filter(|from| turn.at < *from) {
                return self.tell(consent::too_early(from, turn.at));
            }
            let policy = self.policy();
            let capabilities = consent::chosen(&consent.info.asked, &policy, chosen);
            let expires_at = turn.at.plus(policy.time_box(time_box_ms));
            let grant = consent.grant(capabilities.clone(), expires_at);
            ConsentAnswer::Allow {
                capabilities,
                expires_at,
                signature: consent.transcript.sign_allowance(&grant, self.profile.device.pair()),
            }
        } else {
            ConsentAnswer::Refuse { timed_out: false }
        };
        self.answer(answer, turn);
    }

    /// Nobody answered in time: that is a no.
    pub(super) fn answer_silence(&mut self, turn: &mut Turn) {
        let silent = |consent: &Consent| consent.answer.is_none() && turn.at >= consent.deadline;
        if self.user.consent.as_ref().is_some_and(silent) {
            self.answer(ConsentAnswer::Refuse { timed_out: true }, turn);
        }
    }

    fn answer(&mut self, answer: ConsentAnswer, turn: &mut Turn) {
        if let Some(consent) = &mut self.user.consent {
            consent.answer = Some(answer);
            self.send_answer(turn);
        }
    }

    fn send_answer(&mut self, turn: &mut Turn) {
        if let Some(Consent {
            info,
            answer: Some(answer),
            ..
        }) = &self.user.consent
            && self.link.is_online()
        {
            let body = ToRelay::AnswerConsent {
                session: info.id,
                answer: answer.clone(),
            };
            self.link.requests.send(Purpose::Consent(info.id), body, turn);
        }
    }

    /// The relay did not take the answer. True when the person should hear of it: not after they stopped.
    pub(super) fn consent_refused(&mut self, session: SessionId, code: Code) -> bool {
        if let Some(consent) = self.user.consent.as_mut().filter(|consent| consent.info.id == session) {
            if matches!(code, Code::UnknownSession | Code::OutOfOrder | Code::TicketClosed) {
                self.user.consent = None;
            } else {
                consent.answer = None;
            }
        }
        self.user.ending.is_none_or(|(ending, _)| ending != session)
    }

    /// The user's yes is written.
    pub(super) fn granted(&mut self, by_relay: &Grant, turn: &mut Turn) {
        if self.user.is_in(by_relay.session) {
            return;
        }
        let Some(consent) = self.user.consent.take_if(|consent| consent.info.id == by_relay.session) else {
            return self.not_by_us(by_relay.session, turn);
        };
        // The person has not answered, or said no.
        let Some((grant, signature)) = consent.allowed() else {
            let what = Tampered::Allowance;
            return self.distrust_at_user(by_relay.session, what, what.into(), turn);
        };
        let bound = if *by_relay == grant {
            consent.transcript.bind(&grant, &signature)
        } else {
            Err(Tampered::Allowance)
        };
        let bound = match bound {
            Ok(bound) => bound,
            Err(what) => return self.distrust_at_user(grant.session, what, what.into(), turn),
        };
        self.begin_as_sharer(&consent.info, &grant);
        let policy = self.policy();
        let grant = policy.narrow(grant, turn.at);
        // Whoever came with a code could have called themselves anything.
        if consent.info.ask.ask.credential.card().is_some() {
            self.learn_technician(&consent.info.technician, turn);
        }
        turn.push(Effect::StartSharer {
            session: grant.session,
            grant: grant.clone(),
            policy: policy.clone(),
            seal: Seal::new(bound, Arc::clone(self.profile.device.pair())),
        });
        turn.push(Effect::ShowBanner(true));
        self.user.session = Some(Shared {
            words: consent.transcript.words(),
            info: consent.info,
            grant,
            latest: policy.latest(turn.at),
            policy,
            connected: false,
            peer_lost: false,
            question: None,
            paused: Pause::Nothing,
            talk: Talk::default(),
        });
    }

    /// The relay speaks of a grant that nobody gave in this program: an earlier run, or a lie. It is not acted on.
    fn not_by_us(&mut self, session: SessionId, turn: &mut Turn) {
        tracing::warn!("a grant that was not given here is ended");
        self.end_at_relay(session, EndReason::Lost, turn);
    }

    /// After a reconnection: what the relay holds of a session, and what we do.
    pub(super) fn session_on_return(&mut self, session: Option<SessionInfo>, turn: &mut Turn) {
        let there = session.as_ref().map(|info| info.id);
        if self
            .user
            .session
            .as_ref()
            .is_some_and(|shared| Some(shared.info.id) != there)
        {
            self.close_session(EndReason::Lost, turn);
        }
        self.user.consent.take_if(|consent| Some(consent.info.id) != there);
        if let Some(gone) = self.user.hailed.as_ref().map(|hailed| hailed.info.id)
            && Some(gone) != there
        {
            self.hailed_in_vain(gone, EndReason::Lost);
        }
        self.user.ending.take_if(|(ending, _)| Some(*ending) != there);
        let Some(info) = session else { return };
        if self.user.is_in(info.id) || self.user.is_ending() {
            return;
        }
        match info.grant.clone() {
            Some(grant) => self.granted(&grant, turn),
            None if self.user.consent.is_some() => self.send_answer(turn),
            None if self.user.hailed.is_some() => match info.reveal {
                Some(reveal) => self.revealed(&reveal, turn),
                None => self.say_ready(turn),
            },
            // An earlier run of this program was told the nonce, and nobody may be told another story now.
            None if info.reveal.is_some() => self.end_at_relay(info.id, EndReason::Failed, turn),
            None => self.asked(info, turn),
        }
    }

    /// After the reports of an ended session went out again.
    pub(super) fn tell_ending_again(&mut self, turn: &mut Turn) {
        if let Some((session, reason)) = self.user.ending {
            self.end_at_relay(session, reason, turn);
        }
    }

    /// The organisation took the card back of whoever sees this screen, or asks to.
    pub(super) fn end_session_of_revoked(&mut self, turn: &mut Turn) {
        let Some(list) = &self.profile.revocations else { return };
        let revoked = |info: &SessionInfo| info.ask.ask.credential.is_taken_back(&list.revocations);
        let session = self.user.session.as_ref().map(|shared| &shared.info);
        let asking = self.user.consent.as_ref().map(|consent| &consent.info);
        let hailed = self.user.hailed.as_ref().map(|hailed| &hailed.info);
        let Some(id) = [session, asking, hailed]
            .into_iter()
            .flatten()
            .find(|info| revoked(info))
            .map(|info| info.id)
        else {
            return;
        };
        let error = if self.user.is_in(id) {
            Code::CardRevoked.into()
        } else {
            card_refused(CardFault::Revoked)
        };
        self.close_session(EndReason::CardRevoked, turn);
        self.user.consent = None;
        self.user.hailed = None;
        self.end_at_relay(id, EndReason::CardRevoked, turn);
        self.tell(error);
    }

    /// Until the relay knows, the first reason counts.
    pub(super) fn end_at_relay(&mut self, session: SessionId, reason: EndReason, turn: &mut Turn) {
        let earlier = self.user.ending.filter(|(ending, _)| *ending == session);
        let reason = earlier.map_or(reason, |(_, reason)| reason);
        self.user.ending = Some((session, reason));
        if self.link.is_online() && !self.link.requests.any(|purpose| purpose == Purpose::End(session)) {
            self.link
                .requests
                .send(Purpose::End(session), ToRelay::EndSession { session, reason }, turn);
        }
    }

    /// The relay knows that the session is over.
    pub(super) fn end_told(&mut self, session: SessionId) {
        self.user.ending.take_if(|(ending, _)| *ending == session);
        self.desk.ending.take_if(|(ending, _)| *ending == session);
    }

    pub(super) fn user_session_ended(&mut self, session: SessionId, reason: EndReason, turn: &mut Turn) {
        self.end_told(session);
        self.user.consent.take_if(|consent| consent.info.id == session);
        self.hailed_in_vain(session, reason);
        if self.user.is_in(session) {
            self.close_session(reason, turn);
            if reason == EndReason::CardRevoked {
                self.tell(Code::CardRevoked.into());
            }
        }
    }

    /// Ends the sharer because somebody else ended the session.
    fn close_session(&mut self, reason: EndReason, turn: &mut Turn) {
        if let Some(shared) = self.user.session.take() {
            turn.push(Effect::ToSharer(shared.info.id, SharerCommand::End(reason)));
            turn.push(Effect::ShowBanner(false));
        }
    }

    /// The user's *Stop*. The sharer stops first; the relay hears of it when the sharer has told its last.
    pub(super) fn stop(&mut self, turn: &mut Turn) {
        if let Some(shared) = self.user.session.take() {
            turn.push(Effect::StopSharer);
            turn.push(Effect::ShowBanner(false));
            self.user.ending = Some((shared.info.id, EndReason::StoppedByUser));
            return;
        }
        match self
            .user
            .consent
            .as_ref()
            .map(|consent| (consent.info.id, &consent.answer))
        {
            Some((_, None)) => self.answer(ConsentAnswer::Refuse { timed_out: false }, turn),
            // Allowed a moment ago, and the relay's word is still under way: nothing begins when it comes.
            Some((session, Some(ConsentAnswer::Allow { .. }))) => {
                self.user.consent = None;
                self.end_at_relay(session, EndReason::StoppedByUser, turn);
            }
            Some((_, Some(ConsentAnswer::Refuse { .. }))) | None => {}
        }
    }

    pub(super) fn sharer_event(&mut self, session: SessionId, event: SharerEvent, turn: &mut Turn) {
        match event {
            SharerEvent::Report { at, event } => return self.report(session, at, event, turn),
            SharerEvent::Signal(signal) => return self.send_signal(session, signal, turn),
            SharerEvent::Ended { reason, error } => {
                self.heads.ended(session);
                return self.sharer_ended(session, reason, error, turn);
            }
            _ => {}
        }
        let Some(shared) = self.user.session.as_mut().filter(|shared| shared.info.id == session) else {
            return;
        };
        match event {
            SharerEvent::Connected => shared.connected = true,
            SharerEvent::Requested { capability, answer_by } => {
                shared.question = Some(Question { capability, answer_by });
                turn.push(Effect::Raise);
            }
            SharerEvent::RequestClosed(capability) => {
                shared.question.take_if(|question| question.capability == capability);
            }
            SharerEvent::Granted(grant) => shared.grant = grant,
            SharerEvent::Chat(text) => shared.talk.write(false, turn.at, text.as_str()),
            SharerEvent::ClipboardReceived { characters } => shared.talk.copied(false, turn.at, characters),
            SharerEvent::ClipboardSent { characters } => shared.talk.copied(true, turn.at, characters),
            SharerEvent::ClipboardTooLong { here, characters } => shared.talk.not_copied(here, turn.at, characters),
            SharerEvent::PeerLost(lost) => shared.peer_lost = lost,
            SharerEvent::Report { .. } | SharerEvent::Signal(_) | SharerEvent::Ended { .. } => {}
        }
    }

    fn sharer_ended(&mut self, session: SessionId, reason: EndReason, error: Option<WireError>, turn: &mut Turn) {
        if self.user.session.take_if(|shared| shared.info.id == session).is_some() {
            turn.push(Effect::ShowBanner(false));
            // What the technician did is the technician's side's to tell: the relay takes it from nobody else.
            if !matches!(reason, EndReason::EndedByTechnician | EndReason::Withdrawn) {
                self.end_at_relay(session, reason, turn);
            }
            if let Some(error) = error {
                self.tell(error);
            }
        } else if let Some((ending, reason)) = self.user.ending
            && ending == session
        {
            self.end_at_relay(session, reason, turn);
        }
    }

    /// The log takes no more of this session, so it cannot go on.
    pub(super) fn session_cannot_be_recorded(&mut self, session: SessionId, turn: &mut Turn) {
        if self.user.is_in(session) {
            self.close_session(EndReason::Failed, turn);
            self.end_at_relay(session, EndReason::Failed, turn);
            self.tell(Code::NotRecorded.into());
        }
    }

    pub(super) fn withdraw(&mut self, capability: Capability, turn: &mut Turn) {
        self.tell_sharer(SharerCommand::Withdraw(capability), turn);
    }

    pub(super) fn extend(&mut self, turn: &mut Turn) {
        self.tell_sharer(SharerCommand::Extend, turn);
    }

    pub(super) fn chat_with_technician(&mut self, text: ChatText, turn: &mut Turn) {
        if let Some(shared) = &mut self.user.session {
            shared.talk.write(true, turn.at, text.as_str());
        }
        self.tell_sharer(SharerCommand::Chat(text), turn);
    }

    pub(super) fn tell_sharer(&mut self, command: SharerCommand, turn: &mut Turn) {
        match &self.user.session {
            Some(shared) => turn.push(Effect::ToSharer(shared.info.id, command)),
            None => self.out_of_order(),
        }
    }
}
