//! The technician's window: the queue, the remote screen and what is done on it.

use anyhow::{Result, ensure};

use crate::{
    desktop::Desktop,
    page::{Frame, Page},
    picture::{Area, Colour, Picture},
    programs::Programs,
    relay::{Account, Relay},
    user::{self, WINDOW},
    waiting::{Look, until},
    webdriver::Driven,
    words::Language,
};

/// Where the story puts the technician's window.
const PLACE: Area = Area {
    x: 0,
    y: 0,
    width: 1438,
    height: 876,
};
/// How alike the technician's picture and the user's screen must be. Two screens that differ by one window stay below.
const ALIKE: f64 = 0.93;
/// How far a colour may be off in each channel after the codec.
const CODEC_TOLERANCE: u8 = 28;
/// Enter, as WebDriver writes it.
pub const ENTER: char = '\u{E007}';
/// Escape, as WebDriver writes it.
pub const ESCAPE: &str = "\u{E00C}";
/// How a technician ends with a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The cause is gone.
    Solved,
    /// Handed to level 2.
    EscalatedTo2,
}

/// Where the picture is seen in the window, and which part of the user's screen begins there: a picture in its own size may be
/// larger than its room. Within the ring around it that tells where the keyboard is.
const VISIBLE: &str = r#"
    const canvas = document.querySelector("[data-testid=remote-canvas]");
    if (!canvas) return null;
    const room = canvas.closest("[data-plane]");
    const [picture, around] = [canvas.getBoundingClientRect(), room.getBoundingClientRect()];
    const ring = 4;
    const left = Math.max(picture.left, around.left) + ring, top = Math.max(picture.top, around.top) + ring;
    const right = Math.min(picture.right, around.left + room.clientWidth) - ring;
    const bottom = Math.min(picture.bottom, around.top + room.clientHeight) - ring;
    return [left, top, right - left, bottom - top, left - picture.left, top - picture.top];
"#;

/// The technician's window.
pub struct TechnicianWindow {
    /// The page in it.
    pub page: Page,
}

impl TechnicianWindow {
    /// Opens the app on this desktop, with the organisation's file.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn open(programs: &Programs, desktop: &Desktop, relay: &Relay, language: Language) -> Result<Self> {
        let text = |path: std::path::PathBuf| path.to_string_lossy().into_owned();
        let arguments = [
            "--data".into(),
            text(desktop.folder().join("renfort")),
            "--technician".into(),
            "--organisation".into(),
            text(relay.organisation_file()),
            "--language".into(),
            language.code().into(),
        ];
        let page = Page::new(desktop.name(), Driven::app(desktop, &programs.app, &arguments).await?);
        desktop.place(WINDOW, PLACE).await?;
        Ok(Self { page })
    }

    /// Signs in, and is given a card.
    ///
    /// # Errors
    /// When the queue does not open.
    pub async fn sign_in(&self, account: &Account, relay: &Relay) -> Result<()> {
        self.sign_in_without_a_card(account).await?;
        relay.give_card(account).await?;
        self.page.no_longer_shows("card-needed").await
    }

    /// Signs in on a device for which there is no card.
    ///
    /// # Errors
    /// When the queue does not open.
    pub async fn sign_in_without_a_card(&self, account: &Account) -> Result<()> {
        self.page.fill("sign-in-login", account.login).await?;
        self.page.fill("sign-in-password", &account.password).await?;
        self.page.click("sign-in").await?;
        self.page.shows("sign-out").await?;
        self.page.shows("card-fingerprint").await
    }

    /// Types a code that a user read out.
    ///
    /// # Errors
    /// When there is no place for it.
    pub async fn type_code(&self, code: &str) -> Result<()> {
        self.page.click("code-enter").await?;
        self.correct_code(code).await
    }

    /// Types another code where one was typed before.
    ///
    /// # Errors
    /// When there is no place for it.
    pub async fn correct_code(&self, code: &str) -> Result<()> {
        self.page.fill("code-input", code).await?;
        self.page.click("code-use").await
    }

    /// Waits until the code is said to be wrong where it was typed.
    ///
    /// # Errors
    /// When it is not.
    pub async fn is_told_of_a_wrong_code(&self) -> Result<()> {
        let told = |shown: &str| shown.contains("Le code est faux") || shown.contains("The code is wrong");
        self.page
            .text_that("code-dialog", "that it is wrong", told)
            .await
            .map(drop)
    }

    /// Waits for a ticket in the queue, with this in its row, and says what the row shows.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn sees(&self, ticket: &str, summary: &str) -> Result<String> {
        self.page
            .text_that(&format!("queue-row-{ticket}"), summary, |row| row.contains(summary))
            .await
    }

    /// Looks at a ticket of the queue.
    ///
    /// # Errors
    /// When it is not in the queue.
    pub async fn look_at(&self, ticket: &str) -> Result<()> {
        self.page.click(&format!("queue-row-{ticket}")).await?;
        self.page.shows("take").await
    }

    /// Waits until the window shows this text: notes come after the ticket itself.
    ///
    /// # Errors
    /// When it does not.
    pub async fn reads(&self, wanted: &str) -> Result<()> {
        self.page.says(wanted, |shown| shown.contains(wanted)).await.map(drop)
    }

    /// Takes the ticket that is looked at, and so asks its user.
    ///
    /// # Errors
    /// When it cannot be taken.
    pub async fn take(&self) -> Result<()> {
        self.page.click("take").await
    }

    /// Presses the button that takes the ticket, if it is there at this moment, and says whether it was.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn press_take(&self) -> Result<bool> {
        self.page.press_button("take").await
    }

    /// Waits until the app is connected to the relay.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn is_online(&self) -> Result<()> {
        until("the technician's connection to the relay", async || {
            let online = self
                .page
                .matching("[data-testid=\"link\"][data-link=\"online\"]")
                .await?;
            Ok(if online.is_empty() {
                Look::NotYet("not online".into())
            } else {
                Look::There(())
            })
        })
        .await
    }

    /// Asks for control; the user has to answer.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn ask_for_control(&self) -> Result<()> {
        self.page.click("request-control").await
    }

    /// Waits until control is held.
    ///
    /// # Errors
    /// When it is not given.
    pub async fn has_control(&self) -> Result<()> {
        self.page.shows("give-back-control").await
    }

    /// Waits until the technician's own screen shows the user's, and says how alike they are.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn sees_the_screen_of(&self, user: &Desktop, own: &Desktop) -> Result<f64> {
        until("the user's screen in the technician's window", async || {
            let alike = self.picture(own).await?.likeness(&user.picture()?);
            Ok(if alike >= ALIKE {
                Look::There(alike)
            } else {
                Look::NotYet(format!("a likeness of {alike:.2}"))
            })
        })
        .await
    }

    /// Shows the picture in its own size, or as large as there is room for.
    ///
    /// # Errors
    /// When there is no button for that.
    pub async fn toggle_size(&self) -> Result<()> {
        self.page.click("fit-toggle").await
    }

    /// Waits until what the window shows of the user's screen, in its own size, is that to the pixel. The technician points at it:
    /// else the user's pointer is drawn over it.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn sees_exactly(&self, user: &Desktop, own: &Desktop) -> Result<()> {
        until(
            "the user's screen, to the pixel, in the technician's window",
            async || {
                let window = own.area_of(WINDOW)?;
                let visible = self.page.look(VISIBLE, serde_json::Value::Null).await?;
                if visible.is_null() {
                    return Ok(Look::NotYet("no picture".into()));
                }
                let visible: Vec<i16> = serde_json::from_value::<Vec<f64>>(visible)?
                    .into_iter()
                    .map(|length| length.round() as i16)
                    .collect();
                let [left, top, width, height, x, y] = visible[..] else {
                    anyhow::bail!("the window says where the picture is in {} numbers", visible.len());
                };
                // One of which only a corner is seen would prove little; and right after it changed its size, it may be the old one's.
                if width <= 1_000 || height <= 600 || x < 0 || y < 0 {
                    return Ok(Look::NotYet(format!("only {width} by {height} pixels are seen")));
                }
                let (width, height) = (u16::try_from(width)?, u16::try_from(height)?);
                let theirs = Area { x, y, width, height };
                let ours = Area {
                    x: window.x + left,
                    y: window.y + top,
                    width,
                    height,
                };
                let before = user.picture()?.part(theirs)?;
                let seen = own.picture()?.part(ours)?;
                // What changes meanwhile is seen the next time.
                Ok(if seen == before || seen == user.picture()?.part(theirs)? {
                    Look::There(())
                } else {
                    Look::NotYet(format!(
                        "{:.4} % of the pixels of {theirs:?} are others",
                        seen.unlike(&before) * 100.0
                    ))
                })
            },
        )
        .await
    }

    /// Waits until a part of the user's screen is seen in this colour.
    ///
    /// # Errors
    /// When it is not.
    pub async fn sees_colour(&self, own: &Desktop, part: Area, colour: Colour) -> Result<f64> {
        until(
            format!("the colour {colour:?} at {part:?} of the remote screen"),
            async || {
                let frame = self.page.frame("remote-canvas").await?;
                let share = own
                    .picture()?
                    .part(self.area(own, frame, Some(part))?)?
                    .share_of(colour, CODEC_TOLERANCE);
                Ok(if share > 0.6 {
                    Look::There(share)
                } else {
                    Look::NotYet(format!("{:.0} % of it", share * 100.0))
                })
            },
        )
        .await
    }

    /// Waits until an element of the page is seen, in this colour, where the picture would be.
    ///
    /// # Errors
    /// When it is not.
    pub async fn sees_over_the_picture(&self, own: &Desktop, id: &str, colour: Colour) -> Result<f64> {
        until(format!("{id} over the remote screen"), async || {
            let (window, frame) = (own.area_of(WINDOW)?, self.page.frame(id).await?);
            let at = |start: i16, offset: f64| (f64::from(start) + offset).round() as i16;
            let area = Area {
                x: at(window.x, frame.x),
                y: at(window.y, frame.y),
                width: frame.width.round() as u16,
                height: frame.height.round() as u16,
            };
            let share = own.picture()?.part(area)?.share_of(colour, 4);
            Ok(if share > 0.6 {
                Look::There(share)
            } else {
                Look::NotYet(format!("{:.0} % of it", share * 100.0))
            })
        })
        .await
    }

    /// What the technician's own screen shows of the user's.
    ///
    /// # Errors
    /// When the canvas is not there.
    pub async fn picture(&self, own: &Desktop) -> Result<Picture> {
        let frame = self.page.frame("remote-canvas").await?;
        own.picture()?.part(self.area(own, frame, None)?)
    }

    /// Clicks at a point of the user's screen, in the middle of an area of it.
    ///
    /// # Errors
    /// When the canvas is not there.
    pub async fn click_at(&self, area: Area) -> Result<()> {
        let frame = self.page.frame("remote-canvas").await?;
        let scale = scale(frame)?;
        let from_middle =
            |start: i16, length: u16, whole: f64| (f64::from(start) + f64::from(length) / 2.0 - whole / 2.0) * scale;
        let x = from_middle(area.x, area.width, frame.inner_width);
        let y = from_middle(area.y, area.height, frame.inner_height);
        self.page.click_inside("remote-canvas", x.round(), y.round()).await
    }

    /// Types a line into whatever has the focus on the user's screen.
    ///
    /// # Errors
    /// When the keys cannot be pressed.
    pub async fn type_line(&self, line: &str) -> Result<()> {
        self.page.press(&format!("{line}{ENTER}")).await
    }

    /// Writes to the user.
    ///
    /// # Errors
    /// When it cannot be sent.
    pub async fn say(&self, text: &str) -> Result<()> {
        self.open_chat().await?;
        user::say(&self.page, text).await
    }

    /// Waits for a line of the user's.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn hears(&self, text: &str) -> Result<()> {
        self.open_chat().await?;
        user::heard(&self.page, text).await
    }

    async fn open_chat(&self) -> Result<()> {
        if self.page.all("chat-input").await?.is_empty() {
            self.page.click("chat-toggle").await?;
        }
        self.page.shows("chat-input").await
    }

    /// Ends the session.
    ///
    /// # Errors
    /// When the wrap-up does not follow.
    pub async fn end(&self) -> Result<()> {
        self.page.click("end-session").await?;
        self.page.shows("wrapup-submit").await
    }

    /// Wraps the ticket up.
    ///
    /// # Errors
    /// When the queue does not follow.
    pub async fn wrap_up(&self, outcome: Outcome, message: Option<&str>, note: Option<&str>) -> Result<()> {
        let outcome = match outcome {
            Outcome::Solved => "outcome-solved",
            Outcome::EscalatedTo2 => "outcome-escalate-2",
        };
        self.page.click(outcome).await?;
        if let Some(message) = message {
            self.page.fill("wrapup-message", message).await?;
        }
        if let Some(note) = note {
            self.page.fill("wrapup-note", note).await?;
        }
        self.page.click("wrapup-submit").await?;
        self.page.no_longer_shows("wrapup-submit").await
    }

    /// Where a part of the remote screen (or all of it) is on the technician's own.
    fn area(&self, own: &Desktop, frame: Frame, part: Option<Area>) -> Result<Area> {
        let window = own.area_of(WINDOW)?;
        let scale = scale(frame)?;
        let (width, height) = (frame.inner_width * scale, frame.inner_height * scale);
        // A canvas that keeps its proportions lies in the middle of its box.
        let left = f64::from(window.x) + frame.x + (frame.width - width) / 2.0;
        let top = f64::from(window.y) + frame.y + (frame.height - height) / 2.0;
        let at = |start: f64, offset: f64| (start + offset * scale).round() as i16;
        let long = |length: f64| (length * scale).round() as u16;
        Ok(match part {
            None => Area {
                x: at(left, 0.0),
                y: at(top, 0.0),
                width: long(frame.inner_width),
                height: long(frame.inner_height),
            },
            Some(part) => Area {
                x: at(left, f64::from(part.x)),
                y: at(top, f64::from(part.y)),
                width: long(f64::from(part.width)),
                height: long(f64::from(part.height)),
            },
        })
    }
}

/// Pixels on the technician's screen for one of the user's.
fn scale(frame: Frame) -> Result<f64> {
    let scale = (frame.width / frame.inner_width).min(frame.height / frame.inner_height);
    ensure!(
        scale.is_finite() && scale > 0.0,
        "the remote picture has no size: {frame:?}"
    );
    Ok(scale)
}
