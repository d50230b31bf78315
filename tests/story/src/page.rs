//! One page and what a person does on it. Elements are found by their `data-testid`.
//!
//! Invariant: whatever is clicked or typed into can be seen and used at that moment; a script only looks.

use std::{fmt::Write, path::PathBuf};

use anyhow::{Context, Result, bail};
use fantoccini::{
    Locator,
    actions::{Actions, InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    elements::Element,
    error::{CmdError, ErrorStatus},
    wd::WindowHandle,
};
use serde_json::{Value, json};

use crate::{
    programs::target_folder,
    waiting::{Look, until},
    webdriver::Driven,
};

/// A page.
pub struct Page {
    who: String,
    driven: Driven,
}

/// An element as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What it says; of a field, what is in it.
    pub text: String,
    /// Can it be used?
    pub enabled: bool,
}

/// Where an element is inside the window, in pixels, and of how many pixels a canvas is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Pixels across.
    pub width: f64,
    /// Pixels down.
    pub height: f64,
    /// A canvas' own pixels across.
    pub inner_width: f64,
    /// A canvas' own pixels down.
    pub inner_height: f64,
}

/// Looks at all elements with a test id that can be seen.
const LOOK: &str = r#"
    return [...document.querySelectorAll(arguments[0])].filter((element) => {
        const box = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        return box.width > 0 && box.height > 0 && style.visibility !== "hidden" && style.display !== "none";
    }).map((element) => ({
        text: (element.matches("input, textarea, select") ? element.value : element.innerText).trim(),
        enabled: !element.matches(":disabled, [aria-disabled=true], [inert] *"),
    }));
"#;

const MEASURE: &str = r#"
    const element = document.querySelector(arguments[0]);
    if (!element) return null;
    const box = element.getBoundingClientRect();
    return [box.x, box.y, box.width, box.height, element.width ?? box.width, element.height ?? box.height];
"#;

fn selector(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

impl Page {
    /// `who` names the person in front of it, for reports of failures.
    #[must_use]
    pub fn new(who: &str, driven: Driven) -> Self {
        Self {
            who: who.to_owned(),
            driven,
        }
    }

    /// Kills the program that shows it.
    pub fn kill(&mut self) {
        self.driven.driver.kill();
    }

    /// Everything with this id that can be seen now.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn all(&self, id: &str) -> Result<Vec<Seen>> {
        self.matching(&selector(id)).await
    }

    /// Everything that fits a CSS selector and can be seen now.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn matching(&self, css: &str) -> Result<Vec<Seen>> {
        let found = self.look(LOOK, json!(css)).await?;
        let seen = |value: &Value| Seen {
            text: value["text"].as_str().unwrap_or_default().to_owned(),
            enabled: value["enabled"].as_bool().unwrap_or_default(),
        };
        Ok(found
            .as_array()
            .map(|all| all.iter().map(seen).collect())
            .unwrap_or_default())
    }

    /// Waits for an element and says what it says.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn text(&self, id: &str) -> Result<String> {
        self.text_that(id, "something", |text| !text.is_empty()).await
    }

    /// Waits until an element says something that fits; `wanted` words it.
    ///
    /// # Errors
    /// When it does not.
    pub async fn text_that(&self, id: &str, wanted: &str, fits: impl Fn(&str) -> bool) -> Result<String> {
        let waited = until(format!("{id} saying {wanted}"), async || {
            let all = self.all(id).await?;
            Ok(match all.iter().find(|seen| fits(&seen.text)) {
                Some(seen) => Look::There(seen.text.clone()),
                None => Look::NotYet(format!("{:?}", all.iter().map(|seen| &seen.text).collect::<Vec<_>>())),
            })
        });
        self.or_report(waited.await).await
    }

    /// Waits until the whole page says something that fits, and gives it; `wanted` words it. What belongs together may be
    /// drawn one after the other.
    ///
    /// # Errors
    /// When it does not.
    pub async fn says(&self, wanted: &str, fits: impl Fn(&str) -> bool) -> Result<String> {
        let waited = until(format!("{wanted} on the page"), async || {
            let shown: String = self.matching("body").await?.into_iter().map(|seen| seen.text).collect();
            Ok(if fits(&shown) {
                Look::There(shown)
            } else {
                Look::NotYet(shown)
            })
        });
        self.or_report(waited.await).await
    }

    /// Waits until an element can be seen.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn shows(&self, id: &str) -> Result<()> {
        self.text_that(id, "anything", |_| true).await.map(drop)
    }

    /// Waits until no such element can be seen.
    ///
    /// # Errors
    /// When it stays.
    pub async fn no_longer_shows(&self, id: &str) -> Result<()> {
        let waited = until(format!("{id} to go"), async || {
            let all = self.all(id).await?;
            Ok(if all.is_empty() {
                Look::There(())
            } else {
                Look::NotYet(format!("{all:?}"))
            })
        });
        self.or_report(waited.await).await
    }

    /// Waits for an element and clicks it.
    ///
    /// # Errors
    /// When it does not come or cannot be clicked.
    pub async fn click(&self, id: &str) -> Result<()> {
        self.use_element(id, "to click", async |element| element.click().await)
            .await
    }

    /// Clicks an element if it is there and can be used at this moment, and says whether it was.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn press_button(&self, id: &str) -> Result<bool> {
        if !self.all(id).await?.first().is_some_and(|seen| seen.enabled) {
            return Ok(false);
        }
        let clicked = match self.driven.client.find(Locator::Css(&selector(id))).await {
            Ok(element) => element.click().await,
            Err(error) => Err(error),
        };
        match clicked {
            Ok(()) => Ok(true),
            Err(error) if is_passing(&error) => Ok(false),
            Err(error) => Err(error).with_context(|| format!("cannot click {id}")),
        }
    }

    /// Clicks an element of another window of the same program, then goes back to this one. The click may close that
    /// window.
    ///
    /// # Errors
    /// When no other window shows it, or it cannot be clicked.
    pub async fn click_in_another_window(&self, id: &str) -> Result<()> {
        let client = &self.driven.client;
        let own = client.window().await?;
        let other = until(format!("another window of {} with {id}", self.who), async || {
            for window in client.windows().await?.into_iter().filter(|window| *window != own) {
                client.switch_to_window(window.clone()).await?;
                if !self.all(id).await?.is_empty() {
                    return Ok(Look::There(window));
                }
            }
            Ok(Look::NotYet("none has it".into()))
        })
        .await?;
        let clicked = self.click_or_close(id, &other).await;
        client.switch_to_window(own).await?;
        clicked.with_context(|| format!("cannot click {id} of another window"))
    }

    /// Clicks in the window that the driver is in, which may close it.
    async fn click_or_close(&self, id: &str, window: &WindowHandle) -> Result<()> {
        let client = &self.driven.client;
        until(format!("{id} to click"), async || {
            let clicked = match client.find(Locator::Css(&selector(id))).await {
                Ok(element) => element.click().await,
                Err(error) => Err(error),
            };
            match clicked {
                Ok(()) => Ok(Look::There(())),
                Err(_) if !client.windows().await?.contains(window) => Ok(Look::There(())),
                Err(error) if is_passing(&error) => Ok(Look::NotYet(error.to_string())),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    /// Waits for a field, empties it and types into it.
    ///
    /// # Errors
    /// When it does not come or cannot be typed into.
    pub async fn fill(&self, id: &str, text: &str) -> Result<()> {
        self.use_element(id, "to type into", async |element| {
            element.click().await?;
            element.clear().await?;
            element.send_keys(text).await
        })
        .await?;
        self.text_that(id, &format!("{text:?}"), |shown| shown == text.trim())
            .await
            .map(drop)
    }

    async fn use_element(
        &self,
        id: &str,
        what: &str,
        act: impl AsyncFn(Element) -> Result<(), CmdError>,
    ) -> Result<()> {
        let waited = until(format!("{id} {what}"), async || {
            match self.all(id).await?.first() {
                None => return Ok(Look::NotYet("there is none".into())),
                Some(seen) if !seen.enabled => return Ok(Look::NotYet("it is disabled".into())),
                Some(_) => {}
            }
            let done = match self.driven.client.find(Locator::Css(&selector(id))).await {
                Ok(element) => act(element).await,
                Err(error) => Err(error),
            };
            match done {
                Ok(()) => Ok(Look::There(())),
                // The page was drawn anew between two commands, or something still moves over the element.
                Err(error) if is_passing(&error) => Ok(Look::NotYet(error.to_string())),
                Err(error) => Err(error).with_context(|| format!("{id} {what}")),
            }
        });
        self.or_report(waited.await).await
    }

    /// Where an element is, once it is there.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn frame(&self, id: &str) -> Result<Frame> {
        self.shows(id).await?;
        let measured = self.look(MEASURE, json!(selector(id))).await?;
        let numbers: Vec<f64> = measured
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_f64)
            .collect();
        match numbers[..] {
            [x, y, width, height, inner_width, inner_height] => Ok(Frame {
                x,
                y,
                width,
                height,
                inner_width,
                inner_height,
            }),
            _ => bail!("{id} of {} went away while it was measured", self.who),
        }
    }

    /// Clicks inside an element, that many pixels from its middle.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn click_inside(&self, id: &str, x: f64, y: f64) -> Result<()> {
        let element = self.driven.client.find(Locator::Css(&selector(id))).await?;
        let pointer = MouseActions::new("pointer".into())
            .then(PointerAction::MoveToElement {
                element,
                duration: None,
                x,
                y,
            })
            .then(PointerAction::Down {
                button: MOUSE_BUTTON_LEFT,
            })
            .then(PointerAction::Up {
                button: MOUSE_BUTTON_LEFT,
            });
        let done = self.driven.client.perform_actions(Actions::from(pointer)).await;
        self.or_report(done.with_context(|| format!("cannot click inside {id}")))
            .await
    }

    /// Presses keys, one after the other, wherever the focus is.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn press(&self, keys: &str) -> Result<()> {
        let mut presses = KeyActions::new("keyboard".into());
        for value in keys.chars() {
            presses = presses.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        let done = self.driven.client.perform_actions(Actions::from(presses)).await;
        self.or_report(done.context("cannot press keys")).await
    }

    /// Goes to an address.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn go_to(&self, url: &str) -> Result<()> {
        self.driven
            .client
            .goto(url)
            .await
            .with_context(|| format!("cannot open {url}"))
    }

    /// Waits until the page says that it is in this language: it begins in its own and learns the person's.
    ///
    /// # Errors
    /// When it stays in another.
    pub async fn is_in_language(&self, wanted: &str) -> Result<()> {
        let waited = until(format!("the page in the language {wanted:?}"), async || {
            let language = self.look("return document.documentElement.lang;", Value::Null).await?;
            let language = language.as_str().unwrap_or_default();
            Ok(if language == wanted {
                Look::There(())
            } else {
                Look::NotYet(format!("{language:?}"))
            })
        });
        self.or_report(waited.await).await
    }

    /// What the driver sees of it, as PNG. Only of Chromium: WebKitGTK's is empty when it draws in software.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn screenshot(&self) -> Result<Vec<u8>> {
        Ok(self.driven.client.screenshot().await?)
    }

    /// Loads the page anew, as a person does.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn reload(&self) -> Result<()> {
        self.driven.client.refresh().await.context("cannot load the page anew")
    }

    /// Opens an address in another tab of the same browser, and stays there.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn open_tab(&self, url: &str) -> Result<()> {
        let tab = self.driven.client.new_window(true).await?;
        self.driven.client.switch_to_window(tab.handle).await?;
        self.go_to(url).await
    }

    /// Goes to another tab; the first is 0.
    ///
    /// # Errors
    /// When there is none.
    pub async fn show_tab(&self, number: usize) -> Result<()> {
        let tabs = self.driven.client.windows().await?;
        let tab = tabs
            .get(number)
            .with_context(|| format!("{} has {} tabs", self.who, tabs.len()))?;
        Ok(self.driven.client.switch_to_window(tab.clone()).await?)
    }

    /// What a script that only looks gives back; a promise is waited for.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn look(&self, script: &str, argument: Value) -> Result<Value> {
        self.driven
            .client
            .execute(script, vec![argument])
            .await
            .with_context(|| {
                format!(
                    "the window of {} does not answer:\n{}",
                    self.who,
                    self.driven.driver.last_lines()
                )
            })
    }

    /// Adds what the page shows to an error, and keeps its source.
    async fn or_report<T>(&self, result: Result<T>) -> Result<T> {
        let Err(error) = result else { return result };
        let mut report = format!("in the window of {}", self.who);
        if let Ok(text) = self.look("return document.body.innerText;", Value::Null).await {
            write!(
                report,
                ", which says:\n---\n{}\n---\n",
                text.as_str().unwrap_or_default()
            )?;
        }
        if let Ok(path) = self.keep_source().await {
            write!(report, "its source is in {}", path.display())?;
        }
        Err(error.context(report))
    }

    async fn keep_source(&self) -> Result<PathBuf> {
        let source = self.driven.client.source().await?;
        let path = target_folder("story")?.join(format!("{}-{}.html", self.who, std::process::id()));
        std::fs::write(&path, source)?;
        Ok(path)
    }
}

fn is_passing(error: &CmdError) -> bool {
    error.is_no_such_element()
        || error.is_stale_element_reference()
        || error.is_element_not_interactable()
        || error.is_move_target_out_of_bounds()
        || matches!(error, CmdError::Standard(answer) if answer.error == ErrorStatus::ElementClickIntercepted)
}
