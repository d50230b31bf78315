//! The user's window: somebody who is stuck.

use anyhow::{Context, Result};

use crate::{
    desktop::Desktop,
    page::Page,
    picture::Area,
    programs::Programs,
    relay::Relay,
    waiting::{Look, until},
    webdriver::Driven,
    words::Language,
};

/// Title of the app's window.
pub const WINDOW: &str = "Renfort";
/// Where the story puts the user's window.
pub const PLACE: Area = Area {
    x: 8,
    y: 70,
    width: 560,
    height: 740,
};

/// The user's window.
pub struct UserWindow {
    /// The page in it.
    pub page: Page,
}

impl UserWindow {
    /// Opens the app on this desktop. What it kept when it was open before is there again.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn open(programs: &Programs, desktop: &Desktop, language: Language) -> Result<Self> {
        Self::open_with(programs, desktop, language, &[]).await
    }

    /// The same with more arguments.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn open_with(programs: &Programs, desktop: &Desktop, language: Language, more: &[&str]) -> Result<Self> {
        let data = desktop.folder().join("renfort").to_string_lossy().into_owned();
        let mut arguments = vec!["--data".into(), data, "--language".into(), language.code().into()];
        arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
        let page = Page::new(desktop.name(), Driven::app(desktop, &programs.app, &arguments).await?);
        desktop.place(WINDOW, PLACE).await?;
        Ok(Self { page })
    }

    /// Ends the app as a power cut would.
    pub fn close(&mut self) {
        self.page.kill();
    }

    /// Pastes the organisation's link and imports it.
    ///
    /// # Errors
    /// When the app does not take it.
    pub async fn import(&self, relay: &Relay) -> Result<()> {
        self.page.fill("organisation-link", relay.link()).await?;
        self.page.click("organisation-import").await?;
        self.page.shows("get-help-summary").await
    }

    /// Asks for help and says the ticket's number, as in `T-1001`.
    ///
    /// # Errors
    /// When no ticket comes of it.
    pub async fn ask_for_help(&self, summary: &str, impact: &str, urgency: &str) -> Result<String> {
        self.page.fill("get-help-summary", summary).await?;
        self.page.click(&format!("impact-{impact}")).await?;
        self.page.click(&format!("urgency-{urgency}")).await?;
        self.page.click("get-help").await?;
        let text = self
            .page
            .text_that("ticket-number", "a number", |text| ticket_in(text).is_some())
            .await?;
        ticket_in(&text).context("a ticket's number")
    }

    /// Asks for a code instead, as somebody on the telephone is told to, and reads it out: ticket and secret part.
    ///
    /// # Errors
    /// When none is shown.
    pub async fn show_code(&self) -> Result<(String, String)> {
        self.page.click("code-show").await?;
        let shown = self
            .page
            .text_that("code-digits", "a code", |text| secret_in(text).is_some())
            .await?;
        let number = self.page.text("ticket-number").await?;
        let ticket = ticket_in(&number).context("a ticket's number")?;
        Ok((ticket, secret_in(&shown).context("a code")?))
    }

    /// Waits until the window shows that place in the queue, and says how it words it.
    ///
    /// # Errors
    /// When it shows another.
    pub async fn is_in_place(&self, place: u32) -> Result<String> {
        let css = format!("[data-testid=\"queue-position\"][data-position=\"{place}\"]");
        until(format!("place {place} in the queue"), async || {
            Ok(match self.page.matching(&css).await?.pop() {
                Some(seen) => Look::There(seen.text),
                None => Look::NotYet(format!("{:?}", self.page.all("queue-position").await?)),
            })
        })
        .await
    }

    /// What the consent screen says of who asks.
    ///
    /// # Errors
    /// When there is none.
    pub async fn who_asks(&self) -> Result<String> {
        self.page.text("consent-technician").await
    }

    /// Waits until the consent screen names this technician.
    ///
    /// # Errors
    /// When it names nobody, or somebody else.
    pub async fn is_asked_by(&self, name: &str) -> Result<()> {
        self.page
            .text_that("consent-technician", name, |who| who.contains(name))
            .await
            .map(drop)
    }

    /// Waits until a switch of the session's page is on.
    ///
    /// # Errors
    /// When it stays off.
    pub async fn is_on(&self, id: &str) -> Result<()> {
        let css = format!("[data-testid=\"{id}\"]:checked");
        until(format!("{id} to be on"), async || {
            Ok(if self.page.matching(&css).await?.is_empty() {
                Look::NotYet("off".into())
            } else {
                Look::There(())
            })
        })
        .await
    }

    /// Lets the technician see the screen, and nothing else; the first time after the pause.
    ///
    /// # Errors
    /// When the question is not there.
    pub async fn allow_view(&self) -> Result<()> {
        self.page.click("consent-allow").await?;
        self.page.shows("stop").await
    }

    /// Says no to the technician.
    ///
    /// # Errors
    /// When the question is not there.
    pub async fn refuse_view(&self) -> Result<()> {
        self.page.click("consent-refuse").await
    }

    /// Lets the technician control the machine, and exchange copied texts.
    ///
    /// # Errors
    /// When the question is not there.
    pub async fn allow_control(&self) -> Result<()> {
        self.page.click("control-clipboard").await?;
        self.page.click("control-allow").await?;
        self.is_on("switch-control").await
    }

    /// Writes to the technician.
    ///
    /// # Errors
    /// When it cannot be sent.
    pub async fn say(&self, text: &str) -> Result<()> {
        say(&self.page, text).await
    }

    /// Gives five more minutes and says how the time left changed.
    ///
    /// # Errors
    /// When the time left does not grow.
    pub async fn extend(&self) -> Result<String> {
        let before = self.seconds_left().await?;
        self.page.click("extend").await?;
        until("five more minutes", async || {
            let now = self.seconds_left().await?;
            // The clock goes on meanwhile: anything above four minutes is the five that were given.
            let grown = now >= before + 4 * 60;
            Ok(if grown {
                Look::There(format!("{before} s -> {now} s"))
            } else {
                Look::NotYet(format!("{now} s"))
            })
        })
        .await
    }

    async fn seconds_left(&self) -> Result<u32> {
        let text = self.page.text("time-left").await?;
        clock(&text).with_context(|| format!("no time in {text:?}"))
    }

    /// Presses *Stop*.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn stop(&self) -> Result<()> {
        self.page.click("stop").await
    }

    /// Presses *Stop* on the banner that is above all windows.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn stop_by_the_banner(&self) -> Result<()> {
        self.page.click_in_another_window("banner-stop").await
    }

    /// Where something of the window is on the user's screen.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn area_on_screen(&self, desktop: &Desktop, id: &str) -> Result<Area> {
        let frame = self.page.frame(id).await?;
        let window = desktop.area_of(WINDOW)?;
        Ok(Area {
            x: window.x + frame.x.round() as i16,
            y: window.y + frame.y.round() as i16,
            width: frame.width.round() as u16,
            height: frame.height.round() as u16,
        })
    }

    /// Waits until the window says what this technician did, and gives it.
    ///
    /// # Errors
    /// When it names nobody, or somebody else.
    pub async fn receipt(&self, technician: &str) -> Result<String> {
        self.page
            .text_that("receipt", technician, |text| text.contains(technician))
            .await
    }

    /// Waits until the window shows what the technician wrote at the end.
    ///
    /// # Errors
    /// When it shows something else.
    pub async fn reads_message(&self, message: &str) -> Result<()> {
        self.page
            .text_that("message", message, |text| text == message)
            .await
            .map(drop)
    }

    /// Answers "solved?" with yes.
    ///
    /// # Errors
    /// When the question is not there.
    pub async fn answer_solved(&self) -> Result<()> {
        self.page.click("solved-yes").await?;
        self.page.no_longer_shows("solved-yes").await
    }
}

/// Writes a line of chat and waits until it stands in one's own window.
///
/// # Errors
/// When it cannot be sent.
pub async fn say(page: &Page, text: &str) -> Result<()> {
    page.fill("chat-input", text).await?;
    page.click("chat-send").await?;
    heard(page, text).await
}

/// Waits for a line of chat.
///
/// # Errors
/// When it does not come.
pub async fn heard(page: &Page, text: &str) -> Result<()> {
    page.text_that("chat-line", &format!("{text:?}"), |line| line.contains(text))
        .await
        .map(drop)
}

/// Seconds of a time like 30 min, 1:59 or 1:02:03.
fn clock(text: &str) -> Option<u32> {
    if let Some(minutes) = text.trim().strip_suffix("min") {
        return minutes.trim().parse::<u32>().ok().map(|minutes| minutes * 60);
    }
    text.split(':').try_fold(0, |sum: u32, part| {
        part.trim().parse::<u32>().ok().map(|number| sum * 60 + number)
    })
}

/// The ticket's number in a text.
fn ticket_in(text: &str) -> Option<String> {
    let number: String = text[text.find("T-")? + 2..]
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    (!number.is_empty()).then(|| format!("T-{number}"))
}

/// The secret part of a code as it is shown: `1001 – 583 921`.
fn secret_in(text: &str) -> Option<String> {
    let (_, secret) = text.rsplit_once('–')?;
    let digits: String = secret.chars().filter(char::is_ascii_digit).collect();
    (digits.len() == 6).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_read_with_and_without_hours_and_in_minutes() {
        assert_eq!(clock("30\u{a0}min"), Some(1800));
        assert_eq!(clock("29:59"), Some(29 * 60 + 59));
        assert_eq!(clock("1:02:03"), Some(3723));
        assert_eq!(clock("soon"), None);
    }

    #[test]
    fn a_codes_secret_part_is_what_follows_the_dash() {
        assert_eq!(secret_in("1001\n–\n583\n921"), Some("583921".into()));
        assert_eq!(secret_in("1001 – 583"), None);
        assert_eq!(secret_in("583921"), None);
    }

    #[test]
    fn a_tickets_number_is_found_in_a_sentence() {
        assert_eq!(ticket_in("Your ticket is T-1001."), Some("T-1001".into()));
        assert_eq!(ticket_in("T-"), None);
        assert_eq!(ticket_in("no ticket"), None);
    }
}
