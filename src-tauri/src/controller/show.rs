//! From the state to the view.

use renfort_protocol::ticket::{QueueEntry, TicketState};

use super::{Controller, requests::Purpose};
use crate::view::{OrganisationView, Side, TechnicianPage, View};

impl Controller {
    /// What the interface shows now.
    #[must_use]
    pub fn view(&self) -> View {
        let organisation = self.profile.organisation.as_ref().map(|file| &file.organisation);
        View {
            language: self.profile.language(),
            theme: self.profile.settings.theme,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            organisation: organisation.map(|organisation| OrganisationView {
                name: organisation.name.to_string(),
                relay: organisation.relays.first().cloned().unwrap_or_default(),
                codes: self.policy().codes,
            }),
            link: self.link.shown.clone(),
            notice: self.notice.clone(),
            offer: self.offer_view(),
            report: self.report_view(),
            stated: self.profile.stated(),
            side: if self.profile.technician() {
                Side::Technician {
                    page: self.technician_page(),
                }
            } else {
                Side::User { page: self.user_page() }
            },
        }
    }

    fn technician_page(&self) -> TechnicianPage {
        let desk = &self.desk;
        let Some(person) = desk.person.clone() else {
            let login = self.profile.settings.login.as_ref().map(ToString::to_string);
            let by_token = self.profile.token.is_some() && self.profile.organisation.is_some();
            return TechnicianPage::SignIn {
                busy: desk.signing_in() || by_token,
                login,
                second_factor: desk.needs_second_factor(),
            };
        };
        let busy = desk.wrapping.is_some()
            || self.link.requests.any(|purpose| {
                matches!(
                    purpose,
                    Purpose::Take | Purpose::Note | Purpose::AskAgain | Purpose::Draft(_) | Purpose::WrapUp(_)
                )
            });
        let in_hand = desk.in_hand();
        let detail = desk
            .detail
            .clone()
            .filter(|detail| Some(detail.entry.id) == desk.looked_at());
        match (in_hand, detail) {
            (Some(ticket), Some(detail)) => TechnicianPage::Ticket {
                person,
                card: self.card_view(),
                waiting: self.waiting_beside(ticket),
                detail,
                session: self.technician_session(),
                replies: desk.replies.clone(),
                drafted: desk.drafted == Some(ticket),
                busy,
            },
            // All about the ticket in hand is on its way.
            (Some(_), None) => TechnicianPage::Queue {
                person,
                card: self.card_view(),
                tickets: self.tickets(),
                detail: None,
                gone: None,
                busy: true,
            },
            (None, detail) => TechnicianPage::Queue {
                person,
                card: self.card_view(),
                tickets: self.tickets(),
                detail,
                gone: desk.gone.clone(),
                busy,
            },
        }
    }

    fn waiting_beside(&self, ticket: renfort_protocol::ids::TicketId) -> u32 {
        let waiting = |entry: &&QueueEntry| entry.state == TicketState::Waiting && entry.id != ticket;
        u32::try_from(self.desk.queue.values().filter(waiting).count()).unwrap_or(u32::MAX)
    }

    /// In order of work.
    fn tickets(&self) -> Vec<QueueEntry> {
        let mut tickets: Vec<QueueEntry> = self.desk.queue.values().cloned().collect();
        tickets.sort_by_key(|entry| (entry.priority, entry.waiting_since, entry.id));
        tickets
    }
}
