//! A technician in Chromium, at the relay's own address: the same pages as in the app, with the browser's own WebRTC.
//!
//! Flow: [`BrowserStage`] has a user's desktop and a browser; what a technician does is [`TechnicianWindow`]'s, what is
//! seen is read from the canvas, and how it came from the browser's own statistics.

use anyhow::{Context, Result, ensure};
use data_encoding::BASE64;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    desktop::Desktop,
    page::Page,
    picture::{Area, Colour, Picture},
    programs::Programs,
    relay::Relay,
    stage::{ORGANISATION, People, TERMINAL, USER_SCREEN},
    technician::TechnicianWindow,
    user::UserWindow,
    waiting::{Look, until},
    webdriver::Driven,
    words::{Language, Words},
    xterm::Xterm,
};

/// How alike the canvas and the user's screen must be.
const ALIKE: f64 = 0.97;
/// How far a colour may be off in each channel after the codec.
const TOLERANCE: u8 = 28;
/// The share of an area that must be in its colour; the rest is text.
const SHARE: f64 = 0.6;

/// Remembers the page's connections, so that they can be asked for their statistics. The page's own code has none of it.
const REMEMBER_CONNECTIONS: &str = r#"
    const connections = (window.storyConnections = []);
    window.RTCPeerConnection = class extends window.RTCPeerConnection {
        constructor(...parts) {
            super(...parts);
            connections.push(this);
        }
    };
    return null;
"#;

/// What the newest connection says of the picture that it receives (W3C, Identifiers for WebRTC's Statistics API).
const STATISTICS: &str = r#"
    const connection = (window.storyConnections ?? []).at(-1);
    if (!connection) return null;
    return connection.getStats().then((stats) => {
        const found = { frames: 0, keyFrames: 0, requests: 0, updates: 0 };
        stats.forEach((entry) => {
            if (entry.type === "data-channel" && entry.label === "picture-2") found.updates = entry.messagesReceived;
            if (entry.type !== "inbound-rtp" || entry.kind !== "video") return;
            found.frames = entry.framesDecoded ?? 0;
            found.keyFrames = entry.keyFramesDecoded ?? 0;
            found.requests = entry.pliCount ?? 0;
        });
        return found;
    });
"#;

/// Makes of it a browser that does not say when a frame of video is of.
const NO_TIMESTAMPS: &str = r#"
    delete VideoFrame.prototype.metadata;
    const ask = HTMLVideoElement.prototype.requestVideoFrameCallback;
    HTMLVideoElement.prototype.requestVideoFrameCallback = function (tell) {
        return ask.call(this, (now, { rtpTimestamp, ...metadata }) => tell(now, metadata));
    };
    return null;
"#;

const CANVAS: &str = r#"
    const canvas = document.querySelector('[data-testid="remote-canvas"]');
    return canvas?.dataset.width ? canvas.toDataURL("image/png") : "";
"#;

/// What a browser received of one connection's picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// Frames of video that it decoded.
    pub frames: u64,
    /// Key frames among them.
    pub key_frames: u64,
    /// Key frames that it asked for.
    pub requests: u64,
    /// Messages with updates.
    pub updates: u64,
}

/// A technician in a browser.
pub struct BrowserTechnician {
    /// The page, used as the app's window is.
    pub window: TechnicianWindow,
    _folder: TempDir,
}

impl BrowserTechnician {
    /// Opens the technician's page in a browser with a fresh profile.
    ///
    /// # Errors
    /// When browser or page do not come up.
    pub async fn open(relay: &Relay, language: Language) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("renfort-browser-").tempdir()?;
        let page = Page::new("technician-browser", Driven::chromium(folder.path(), language).await?);
        page.go_to(&relay.technician_url()).await?;
        page.look(REMEMBER_CONNECTIONS, Value::Null).await?;
        Ok(Self {
            window: TechnicianWindow { page },
            _folder: folder,
        })
    }

    /// From now on, and until the page is loaded anew, the browser does not say when frames of video are of.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn tells_no_timestamps(&self) -> Result<()> {
        self.window.page.look(NO_TIMESTAMPS, Value::Null).await.map(drop)
    }

    /// What the canvas shows, in the user's pixels; none before the first picture.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn picture(&self) -> Result<Option<Picture>> {
        let url = self.window.page.look(CANVAS, Value::Null).await?;
        let Some(data) = url.as_str().and_then(|url| url.strip_prefix("data:image/png;base64,")) else {
            return Ok(None);
        };
        let png = BASE64.decode(data.as_bytes()).context("the canvas gives no base64")?;
        Picture::read(&png).map(Some)
    }

    /// Waits until the canvas shows the user's screen, in its own size, and says how alike they are.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn sees_the_screen_of(&self, user: &Desktop) -> Result<f64> {
        until("the user's screen in the browser", async || {
            let Some(seen) = self.picture().await? else {
                return Ok(Look::NotYet("no picture".into()));
            };
            let screen = user.picture()?;
            ensure!(
                seen.size() == screen.size(),
                "the canvas has {:?} pixels, the user's screen {:?}",
                seen.size(),
                screen.size()
            );
            let alike = seen.likeness(&screen);
            Ok(if alike >= ALIKE {
                Look::There(alike)
            } else {
                Look::NotYet(format!("a likeness of {alike:.3}"))
            })
        })
        .await
    }

    /// Waits until a part of the user's screen is seen in this colour.
    ///
    /// # Errors
    /// When it is not.
    pub async fn sees_colour(&self, part: Area, colour: Colour) -> Result<f64> {
        until(
            format!("the colour {colour:?} at {part:?} in the browser"),
            async || {
                let share = match self.picture().await? {
                    Some(seen) => seen.part(part)?.share_of(colour, TOLERANCE),
                    None => 0.0,
                };
                Ok(if share > SHARE {
                    Look::There(share)
                } else {
                    Look::NotYet(format!("{:.0} % of it", share * 100.0))
                })
            },
        )
        .await
    }

    /// Waits until the canvas shows the user's screen to the pixel.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn sees_exactly(&self, user: &Desktop) -> Result<()> {
        until("the user's screen, to the pixel, in the browser", async || {
            let before = user.picture()?;
            let Some(seen) = self.picture().await? else {
                return Ok(Look::NotYet("no picture".into()));
            };
            // What changes meanwhile is seen the next time.
            Ok(if seen == before || seen == user.picture()? {
                Look::There(())
            } else {
                Look::NotYet(format!(
                    "{:.4} % of the pixels are others",
                    seen.unlike(&before) * 100.0
                ))
            })
        })
        .await
    }

    /// What the newest connection has received so far.
    ///
    /// # Errors
    /// When the page has made no connection since it was opened.
    pub async fn received(&self) -> Result<Received> {
        let found = self.window.page.look(STATISTICS, json!(null)).await?;
        let number = |name: &str| found[name].as_u64().with_context(|| format!("no {name} among {found}"));
        Ok(Received {
            frames: number("frames")?,
            key_frames: number("keyFrames")?,
            requests: number("requests")?,
            updates: number("updates")?,
        })
    }

    /// Waits until a part of the user's screen was seen to be another so many times.
    ///
    /// # Errors
    /// When it was not.
    pub async fn sees_changing(&self, part: Area, times: usize) -> Result<()> {
        let (mut last, mut changes) = (None, 0);
        until(format!("{times} changes at {part:?} in the browser"), async || {
            let seen = self.picture().await?.map(|seen| seen.part(part)).transpose()?;
            if seen != last {
                changes += usize::from(last.is_some());
                last = seen;
            }
            Ok(if changes >= times {
                Look::There(())
            } else {
                Look::NotYet(format!("{changes} changes"))
            })
        })
        .await
    }

    /// Waits until so many more frames of video were decoded than before.
    ///
    /// # Errors
    /// When there are not.
    pub async fn decodes_more_than(&self, before: Received, frames: u64) -> Result<()> {
        until(format!("{frames} frames of video"), async || {
            let now = self.received().await?;
            Ok(if now.frames > before.frames + frames {
                Look::There(())
            } else {
                Look::NotYet(format!("{now:?}"))
            })
        })
        .await
    }

    /// Waits until more updates came than before.
    ///
    /// # Errors
    /// When there are none.
    pub async fn receives_more_than(&self, before: Received) -> Result<Received> {
        until("more updates of the picture", async || {
            let now = self.received().await?;
            Ok(if now.updates > before.updates {
                Look::There(now)
            } else {
                Look::NotYet(format!("{now:?}"))
            })
        })
        .await
    }
}

/// A stage with the technician in a browser. Fields are dropped in this order.
pub struct BrowserStage {
    /// The user's window.
    pub user: UserWindow,
    /// The technician's browser.
    pub technician: BrowserTechnician,
    /// The application on the user's screen.
    pub terminal: Xterm,
    /// The user's desktop.
    pub user_desktop: Desktop,
    /// The relay.
    pub relay: Relay,
    /// Who signs in.
    pub people: People,
    /// In which language.
    pub language: Language,
}

impl BrowserStage {
    /// Sets everything up. Nobody has done anything yet.
    ///
    /// # Errors
    /// When a part does not come up.
    pub async fn set_up(language: Language) -> Result<Self> {
        let programs = Programs::find()?;
        let people = People::new()?;
        let relay = Relay::set_up(&programs, ORGANISATION, &people.all()).await?;
        let user_desktop = Desktop::on_a_virtual_screen("user", USER_SCREEN).await?;
        // Another keyboard than the technician's: what they type must arrive all the same.
        user_desktop.set_keyboard("fr")?;
        let terminal = Xterm::open(&user_desktop, TERMINAL.0, TERMINAL.1).await?;
        let user = UserWindow::open(&programs, &user_desktop, language).await?;
        let technician = BrowserTechnician::open(&relay, language).await?;
        Ok(Self {
            user,
            technician,
            terminal,
            user_desktop,
            relay,
            people,
            language,
        })
    }

    /// What the people say.
    #[must_use]
    pub fn words(&self) -> &'static Words {
        self.language.words()
    }

    /// The user asks for help, the technician signs in and takes the ticket, the user allows a view and it is seen. Says
    /// the ticket's number.
    ///
    /// # Errors
    /// When a window does not do its part.
    pub async fn until_the_technician_sees(&self) -> Result<String> {
        let technician = &self.technician.window;
        self.user.import(&self.relay).await?;
        let ticket = self.user.ask_for_help(self.words().summary, "person", "high").await?;
        technician.sign_in(&self.people.technician, &self.relay).await?;
        technician.sees(&ticket, self.words().summary).await?;
        technician.look_at(&ticket).await?;
        technician.take().await?;
        self.user.is_asked_by(self.people.technician.name).await?;
        self.user.allow_view().await?;
        self.technician.sees_the_screen_of(&self.user_desktop).await?;
        Ok(ticket)
    }

    /// The same, and the technician holds control.
    ///
    /// # Errors
    /// When a window does not do its part.
    pub async fn until_the_technician_controls(&self) -> Result<String> {
        let ticket = self.until_the_technician_sees().await?;
        self.technician.window.ask_for_control().await?;
        self.user.allow_control().await?;
        self.technician.window.has_control().await?;
        Ok(ticket)
    }

    /// The technician clicks into the terminal on the user's screen and types a line.
    ///
    /// # Errors
    /// When the remote picture is not there.
    pub async fn type_into_the_terminal(&self, line: &str) -> Result<()> {
        let terminal = self.terminal.area(&self.user_desktop)?;
        self.technician.window.click_at(terminal).await?;
        self.technician.window.type_line(line).await
    }
}
