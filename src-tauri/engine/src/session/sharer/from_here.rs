//! What the user does, and what their machine reports.
//!
//! Invariant: only the user adds a capability to the grant, by their answer to a question that is open or by their own
//! switch, and never one that the organisation's policy excludes.

use renfort_protocol::{
    error::{Code, WireError},
    grant::Capability,
    keyboard::KeyboardLayout,
    limits::{EXTENSION_MS, MAX_GRANT_MS},
    report::{InputDenied, Refuser, ReportedEvent, Withdrawn},
    session::{ChatText, ClipboardText, FromSharer},
    signalling::EndReason,
    time::UnixMillis,
};

use super::{InputOutcome, ScreenReady, SharerEffect, SharerSession};
use crate::{
    peer::{Pause, SharerCommand, SharerEvent},
    seams::Size,
    session::{Channel, UNSENT_CHAT},
};

/// In the order in which it is taken.
const EVERYTHING: [Capability; 3] = [Capability::Control, Capability::Clipboard, Capability::View];

impl SharerSession {
    /// The user's shell wants something.
    pub fn handle_command(&mut self, command: SharerCommand, now: UnixMillis) {
        if self.ended {
            return;
        }
        match command {
            SharerCommand::Signal(signal) => self.signal(signal, now),
            SharerCommand::Answer {
                capability,
                allow,
                clipboard,
            } => self.answer(capability, allow, clipboard, now),
            SharerCommand::Allow(capability) => self.allow(capability, now),
            SharerCommand::Withdraw(capability) => {
                let taken: &[_] = match capability {
                    // Nobody acts on a screen that they do not see.
                    Capability::View => &EVERYTHING,
                    Capability::Control => &[Capability::Control],
                    Capability::Clipboard => &[Capability::Clipboard],
                };
                self.withdraw(taken, Withdrawn::ByUser, now);
            }
            SharerCommand::Extend => self.extend(now),
            SharerCommand::Pause(pause) => self.pause(pause, now),
            SharerCommand::Chat(text) => self.chat(text, now),
            SharerCommand::Stop => self.end(EndReason::StoppedByUser, None, now),
            SharerCommand::End(reason) => self.end(reason, None, now),
        }
    }

    /// Screen and codec were opened.
    pub fn handle_screen_ready(&mut self, ready: ScreenReady, now: UnixMillis) {
        if !self.ended {
            self.screen = Some(ready);
            self.send_screen();
            self.announce(now);
        }
    }

    /// The screen has another size.
    pub fn handle_screen_size(&mut self, size: Size) {
        if let Some(screen) = self.screen.as_mut().filter(|screen| !self.ended && screen.size != size) {
            screen.size = size;
            self.send_screen();
        }
    }

    /// The screen cannot be captured or encoded (any longer); `reason` is in the system's words.
    pub fn handle_screen_failed(&mut self, reason: &str, now: UnixMillis) {
        self.fail(WireError::from(Code::NoScreen).with("reason", reason), now);
    }

    /// The user's keyboard has this layout now; none when it is not known.
    pub fn handle_keyboard(&mut self, layout: Option<KeyboardLayout>) {
        if !self.ended && self.keyboard != layout {
            self.keyboard = layout;
            self.send_keyboard();
        }
    }

    /// The user's pointer moved.
    pub fn handle_pointer(&mut self, x: u16, y: u16) {
        if self.picture {
            self.pointer_order += 1;
            let message = FromSharer::Pointer {
                order: self.pointer_order,
                x,
                y,
            };
            self.effects.push_back(SharerEffect::Send(Channel::Pointer, message));
        }
    }

    /// Input cannot be injected at all.
    pub fn handle_input_unavailable(&mut self, now: UnixMillis) {
        if self.ended {
            return;
        }
        self.input_broken = true;
        if let Some(asked_at) = self.close_request(Capability::Control) {
            self.refuse((Capability::Control, asked_at), Refuser::Machine, false, now);
        }
        if self.grant.capabilities.contains(&Capability::Control) {
            self.deny(InputDenied::Failed, now);
        }
    }

    /// What became of an input.
    pub fn handle_input(&mut self, outcome: InputOutcome, now: UnixMillis) {
        if self.ended {
            return;
        }
        match outcome {
            InputOutcome::KeyPressed => self.tally.count(now, |counts| counts.keys += 1),
            InputOutcome::ButtonPressed => self.tally.count(now, |counts| counts.clicks += 1),
            InputOutcome::Denied(reason) => self.deny(reason, now),
        }
    }

    /// The user copied a text.
    pub fn handle_copied(&mut self, text: String, now: UnixMillis) {
        if !self.clipboard || self.grant.allows(Capability::Clipboard, now).is_err() {
            return;
        }
        match ClipboardText::new(text) {
            Ok(text) => {
                let characters = text.as_str().chars().count();
                self.tally.count(now, |counts| counts.clipboard_from_user += 1);
                self.send(FromSharer::Clipboard { text });
                self.event(SharerEvent::ClipboardSent { characters });
            }
            Err(characters) => {
                self.send(FromSharer::ClipboardTooLong {
                    characters: u32::try_from(characters).unwrap_or(u32::MAX),
                });
                self.event(SharerEvent::ClipboardTooLong { here: true, characters });
            }
        }
    }

    /// Closes a question. Gives when it was asked, when it was open.
    pub(super) fn close_request(&mut self, capability: Capability) -> Option<UnixMillis> {
        let asked_at = self.requests.close(capability)?;
        self.event(SharerEvent::RequestClosed(capability));
        Some(asked_at)
    }

    fn answer(&mut self, capability: Capability, allow: bool, clipboard: bool, now: UnixMillis) {
        let Some(asked_at) = self.close_request(capability) else {
            return;
        };
        if !allow {
            return self.refuse((capability, asked_at), Refuser::User, false, now);
        }
        // The question for control offers the clipboard as a choice of its own.
        let with = (clipboard && capability == Capability::Control).then_some(Capability::Clipboard);
        for capability in [capability].into_iter().chain(with) {
            if self.policy.allows(capability) {
                self.give(capability, now);
            }
        }
        self.grant_changed(now);
    }

    /// Puts it into the grant, or, while everything rests, to what will be in it again. True when it is allowed from now on
    /// and was not before.
    fn give(&mut self, capability: Capability, now: UnixMillis) -> bool {
        if self.pause == Pause::Everything {
            self.held_back.insert(capability);
            return false;
        }
        let new = self.grant.capabilities.insert(capability);
        if new {
            self.report(ReportedEvent::Allowed { capability }, now);
        }
        new
    }

    fn pause(&mut self, pause: Pause, now: UnixMillis) {
        let before = std::mem::replace(&mut self.pause, pause);
        if before == pause {
            return;
        }
        match (before, pause) {
            (_, Pause::Everything) => {
                let seen = self.grant.capabilities.contains(&Capability::View);
                // Said and recorded as what it is for the technician: the user's switch, off and on again.
                self.withdraw(&EVERYTHING, Withdrawn::ByUser, now);
                if seen {
                    self.held_back.insert(Capability::View);
                }
            }
            (Pause::Everything, _) => {
                for capability in std::mem::take(&mut self.held_back) {
                    self.allow(capability, now);
                }
            }
            (Pause::Nothing | Pause::Control, _) => {}
        }
        if pause == Pause::Control {
            self.release_all(now);
        }
    }

    /// The user's own switch, without being asked.
    fn allow(&mut self, capability: Capability, now: UnixMillis) {
        if self.ended {
            return;
        }
        if now >= self.grant.expires_at {
            return self.end(EndReason::Expired, None, now);
        }
        let seen = capability == Capability::View || self.grant.capabilities.contains(&Capability::View);
        if !self.policy.allows(capability) || !seen {
            return;
        }
        if capability == Capability::Control && self.input_broken {
            return self.deny(InputDenied::Failed, now);
        }
        self.close_request(capability);
        if self.give(capability, now) {
            self.grant_changed(now);
        }
    }

    fn extend(&mut self, now: UnixMillis) {
        if now >= self.grant.expires_at {
            return self.end(EndReason::Expired, None, now);
        }
        let most = now.plus(MAX_GRANT_MS);
        let most = self.latest.map_or(most, |latest| latest.min(most));
        let expires_at = self.grant.expires_at.plus(EXTENSION_MS).min(most);
        if expires_at > self.grant.expires_at {
            self.grant.expires_at = expires_at;
            self.report(ReportedEvent::Extended { expires_at }, now);
            self.grant_changed(now);
        }
    }

    fn chat(&mut self, text: ChatText, now: UnixMillis) {
        self.tally.count(now, |counts| counts.chat += 1);
        if self.greeted {
            self.send(FromSharer::Chat { text });
        } else {
            if self.unsent_chat.len() == UNSENT_CHAT {
                self.unsent_chat.pop_front();
            }
            self.unsent_chat.push_back(text);
        }
    }
}
