//! The app's one state and its only writer.
//!
//! Flow: [`Controller::handle`] takes an [`Event`] and the [`Moment`] it happened at, changes the state, and gives back
//! [`Effect`]s; the shell carries them out in order. No clock, no randomness, no file, no socket in here.
//!
//! Invariant: what the interface shows is computed from the state ([`Controller::view`]) and never stored beside it. A
//! session is shown to a technician only under a grant that this very program built from the person's own click.

mod abuse;
mod code;
mod consent;
mod event;
mod heads;
mod help;
mod keys;
mod link;
mod offer;
mod pause;
mod profile;
mod receipt;
mod reports;
mod requests;
mod show;
mod talk;
mod technician;
mod technician_session;
mod trust;
mod user;
mod user_session;
mod witness;
mod wrap_up;

#[cfg(test)]
pub(crate) mod tests;

use renfort_protocol::{
    error::{Code, WireError},
    ids::RequestId,
    organisation::OrganisationFile,
    session::ChatText,
    time::UnixMillis,
};

use ring::hmac;

use crate::{
    action::Action,
    view::{Notice, View},
};
use heads::Heads;
use link::LinkState;
use receipt::Saving;
use technician::Desk;
use user::User;
use witness::Witness;

pub use event::{Effect, Event, Moment, Notification};
pub use profile::Profile;

/// The program ends at the latest so long after it was asked to, in milliseconds: long enough to tell the relay that a
/// session is over.
const QUIT_MS: u64 = 1_500;

/// The state.
#[derive(Debug)]
pub struct Controller {
    profile: Profile,
    link: LinkState,
    notice: Option<Notice>,
    notices: u32,
    user: User,
    desk: Desk,
    heads: Heads,
    witness: Witness,
    saving: Saving,
    /// An organisation that a link from outside offers; the person is asked.
    offer: Option<OrganisationFile>,
    quit_by: Option<UnixMillis>,
    shown: Option<View>,
}

/// One call of [`Controller::handle`]: when it is, and what comes of it.
#[derive(Debug)]
struct Turn {
    at: UnixMillis,
    fresh: RequestId,
    /// None when the system gives no randomness.
    random: Option<hmac::Key>,
    drawn: u32,
    effects: Vec<Effect>,
}

impl Turn {
    fn new(moment: Moment) -> Self {
        Self {
            at: moment.at,
            fresh: moment.fresh,
            random: moment.random.map(|random| hmac::Key::new(hmac::HMAC_SHA256, &random)),
            drawn: 0,
            effects: Vec::new(),
        }
    }

    /// 256 random bits, others at each call: one that is published tells nothing of another that is kept.
    ///
    /// # Errors
    /// When the system gave no randomness.
    fn draw(&mut self) -> Result<[u8; 32], WireError> {
        let Some(key) = &self.random else {
            return Err(WireError::from(Code::Internal).with("detail", "no randomness"));
        };
        self.drawn += 1;
        let tag = hmac::sign(key, &self.drawn.to_be_bytes());
        Ok(tag.as_ref().try_into().expect("HMAC-SHA-256 has 32 bytes"))
    }

    fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }
}

impl Controller {
    /// At the program's start. The first event makes it connect.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        Self {
            profile,
            link: LinkState::default(),
            notice: None,
            notices: 0,
            user: User::default(),
            desk: Desk::default(),
            heads: Heads::default(),
            witness: Witness::default(),
            saving: Saving::default(),
            offer: None,
            quit_by: None,
            shown: None,
        }
    }

    /// Connects, when there is something to connect for, and shows the first view.
    pub fn start(&mut self, moment: Moment) -> Vec<Effect> {
        let mut turn = Turn::new(moment);
        turn.push(Effect::Side {
            technician: self.profile.technician(),
        });
        self.connect(&mut turn);
        self.emit(&mut turn);
        turn.effects
    }

    /// One event, with all its consequences.
    pub fn handle(&mut self, event: Event, moment: Moment) -> Vec<Effect> {
        let mut turn = Turn::new(moment);
        match event {
            Event::Act(action) => self.act(action, &mut turn),
            Event::Link(epoch, event) => self.link_event(epoch, event, &mut turn),
            Event::Sharer(session, event) => self.sharer_event(session, event, &mut turn),
            Event::Viewer(session, event) => self.viewer_event(session, event, &mut turn),
            Event::Import(content) => self.import(&content, &mut turn),
            Event::Offered(content) => self.offered(&content, &mut turn),
            Event::Fault(error) => self.tell(error),
            Event::ReceiptSaved(result) => self.receipt_saved(result),
            Event::StopShortcut => self.stop(&mut turn),
            Event::CloseRequested => self.close_requested(&mut turn),
            Event::Quit => self.quit(&mut turn),
            Event::Tick => self.tick(&mut turn),
        }
        self.ask_for_heads(&mut turn);
        self.pause_sharer(&mut turn);
        self.emit(&mut turn);
        turn.effects
    }

    fn emit(&mut self, turn: &mut Turn) {
        let view = self.view();
        if self.shown.as_ref() != Some(&view) {
            self.shown = Some(view.clone());
            turn.push(Effect::Emit(Box::new(view)));
        }
    }

    fn act(&mut self, action: Action, turn: &mut Turn) {
        match action {
            Action::ImportOrganisation { text } => self.import(text.as_bytes(), turn),
            // Its dialog may be another program's window, which a remote hand could use.
            Action::ChooseOrganisationFile if self.user.has_session() => self.out_of_order(),
            Action::ChooseOrganisationFile => turn.push(Effect::ChooseFile),
            Action::AnswerOffer { accept } => self.answer_offer(accept, turn),
            Action::SetLanguage { language } => self.set_language(language, turn),
            Action::SetTheme { theme } => self.set_theme(theme, turn),
            Action::SetName { name } => self.set_name(name, turn),
            Action::BeTechnician => self.change_side(true, turn),
            Action::BeUser => self.change_side(false, turn),
            Action::DismissNotice => self.notice = None,
            Action::Reconnect => turn.push(Effect::RetryNow),

            Action::Suggest { text } => self.suggest(text, turn),
            Action::ReadArticle { article } => self.read_article(article, turn),
            Action::CloseArticle => self.close_article(),
            Action::ArticleSolved => self.article_solved(turn),
            Action::NotSolvedAfterAll => self.not_solved_after_all(),
            Action::LeaveThanks => self.leave_thanks(turn),
            Action::RequestHelp {
                summary,
                impact,
                urgency,
            } => self.request_help(summary, impact, urgency, turn),
            Action::CancelTicket => self.cancel_ticket(turn),
            Action::ShowCode { summary } => self.show_code(summary, turn),
            Action::HideCode => self.hide_code(turn),
            Action::AnswerConsent {
                allow,
                capabilities,
                time_box_ms,
            } => self.answer_consent(allow, &capabilities, time_box_ms, turn),
            Action::AnswerRequest {
                capability,
                allow,
                clipboard,
            } => self.answer_request(capability, allow, clipboard, turn),
            Action::Allow { capability } => self.allow(capability, turn),
            Action::ConsiderReport => self.consider_report(),
            Action::DropReport => drop(self.close_report(turn)),
            Action::ReportGone => self.report_gone(),
            Action::ReportAbuse { sentence } => self.report_abuse(sentence, turn),
            Action::Withdraw { capability } => self.withdraw(capability, turn),
            Action::Extend => self.extend(turn),
            Action::Stop => self.stop(turn),
            Action::Feedback { solved } => self.feedback(solved, turn),
            Action::Leave => self.leave(turn),
            Action::SaveReceipt { utc_offset } => self.save_receipt(utc_offset, turn),

            Action::SignIn {
                login,
                password,
                second_factor,
            } => self.sign_in(login, password, second_factor, turn),
            Action::SignOut => self.sign_out(turn),
            Action::RequestCard => self.request_card(turn),
            Action::ShowTicket { ticket } => self.show_ticket(ticket, turn),
            Action::TakeTicket { ticket } => self.take_ticket(ticket, turn),
            Action::TakeByCode { ticket, secret } => self.take_by_code(ticket, &secret, turn),
            Action::AskAgain => self.ask_again(turn),
            Action::WithdrawQuestion => self.withdraw_question(turn),
            Action::Request { capability } => self.request(capability, turn),
            Action::GiveBack { capability } => self.give_back(capability, turn),
            Action::ChooseKeyMode { choice } => self.choose_key_mode(choice),
            Action::TypeText { text } => self.type_text(text, turn),
            Action::StopTyping => self.stop_typing(turn),
            Action::AddNote { text } => self.add_note(text, turn),
            Action::ShowReplies => self.show_replies(turn),
            Action::HideReplies => self.hide_replies(),
            Action::DraftArticle { language, title, body } => self.draft_article(language, title, body, turn),
            Action::EndSession => self.end_session(turn),
            Action::WrapUp { outcome, message, note } => self.wrap_up(outcome, message, note, turn),

            Action::Chat { text } => self.chat(text, turn),
        }
    }

    fn chat(&mut self, text: ChatText, turn: &mut Turn) {
        if self.profile.technician() {
            self.chat_with_user(text, turn);
        } else {
            self.chat_with_technician(text, turn);
        }
    }

    /// Shows an error until it is dismissed.
    fn tell(&mut self, error: WireError) {
        tracing::debug!(code = ?error.code, "told");
        self.notices += 1;
        self.notice = Some(Notice {
            id: self.notices,
            error,
        });
    }

    /// What it asked for was done.
    fn forget_notice_of(&mut self, code: Code) {
        self.notice.take_if(|notice| notice.error.code == code);
    }

    /// A click that came too late, or twice: nothing is done, and the person is told.
    fn out_of_order(&mut self) {
        self.tell(Code::OutOfOrder.into());
    }

    /// Closing the window never ends a session or a request behind a person's back.
    fn close_requested(&mut self, turn: &mut Turn) {
        if !self.profile.technician() && self.user.needs_the_program() {
            turn.push(Effect::PutAway);
        } else {
            self.quit(turn);
        }
    }

    fn quit(&mut self, turn: &mut Turn) {
        if self.quit_by.is_none() {
            self.stop(turn);
            self.end_session_if_any(turn);
            self.count_solved(turn);
            self.quit_by = Some(turn.at.plus(QUIT_MS));
        }
        self.exit_when_told(turn);
    }

    /// Ends the program as soon as nobody needs to hear of it any more.
    fn exit_when_told(&mut self, turn: &mut Turn) {
        let Some(by) = self.quit_by else { return };
        let told = !self.user.is_ending() && !self.desk.is_ending() && self.link.nothing_is_under_way();
        if turn.at >= by || told {
            self.quit_by = None;
            turn.push(Effect::Disconnect);
            turn.push(Effect::Exit);
        }
    }

    fn tick(&mut self, turn: &mut Turn) {
        self.desk.now = turn.at;
        self.answer_silence(turn);
        self.end_old_code(turn);
        self.resend_reports(turn);
        self.fade_remark(turn);
        self.give_wrap_up_up(turn);
        self.count_solved_in_time(turn);
        self.exit_when_told(turn);
    }
}
