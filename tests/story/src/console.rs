//! The supervisor's console in Chromium.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::{
    page::Page,
    relay::{Account, Relay},
    waiting::{Look, until},
    webdriver::Driven,
    words::Language,
};

/// The console, open in a browser of its own.
pub struct Console {
    /// The page.
    pub page: Page,
    folder: TempDir,
}

impl Console {
    /// Opens it in a browser with a fresh profile.
    ///
    /// # Errors
    /// When browser or page do not come up.
    pub async fn open(relay: &Relay, language: Language) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("renfort-console-").tempdir()?;
        let page = Page::new("supervisor", Driven::chromium(folder.path(), language).await?);
        page.go_to(&relay.console_url()).await?;
        Ok(Self { page, folder })
    }

    /// Signs in.
    ///
    /// # Errors
    /// When the sessions do not follow.
    pub async fn sign_in(&self, account: &Account) -> Result<()> {
        self.page.fill("console-login", account.login).await?;
        self.page.fill("console-password", &account.password).await?;
        self.page.click("console-sign-in").await?;
        self.page.shows("nav-log").await
    }

    /// Opens the newest session of the list.
    ///
    /// # Errors
    /// When there is none.
    pub async fn open_newest_session(&self) -> Result<()> {
        self.page.click("sessions-row").await?;
        self.page.shows("timeline-entry").await
    }

    /// What one of the session's figures says, once it is a number: `waiting`, `handling`, `viewed`, `controlled`, `keys`,
    /// `clicks`.
    ///
    /// # Errors
    /// When it is not shown.
    pub async fn figure(&self, name: &str) -> Result<String> {
        let has_digit = |text: &str| text.contains(|c: char| c.is_ascii_digit());
        self.page
            .text_that(&format!("figure-{name}"), "a number", has_digit)
            .await
    }

    /// Waits until a figure has reached a number, and says which it has. The user's machine reports its last counts after
    /// the session has ended, and the page that was loaded before does not show them: it is loaded anew.
    ///
    /// # Errors
    /// When it stays below.
    pub async fn count_reaches(&self, name: &str, least: u64) -> Result<u64> {
        until(format!("{name} to reach {least}"), async || {
            let text = self.figure(name).await?;
            // Without the marks that group its digits.
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let count = digits
                .parse()
                .with_context(|| format!("no number in figure-{name}: {text:?}"))?;
            if count >= least {
                return Ok(Look::There(count));
            }
            self.page.reload().await?;
            Ok(Look::NotYet(format!("{count}")))
        })
        .await
    }

    /// Waits until the timeline has an event.
    ///
    /// # Errors
    /// When it has not.
    pub async fn timeline_has(&self, code: &str) -> Result<()> {
        until(format!("{code} in the timeline"), async || {
            let entries = self
                .page
                .matching(&format!("[data-testid=\"timeline-entry\"][data-code=\"{code}\"]"))
                .await?;
            Ok(if entries.is_empty() {
                Look::NotYet("it is not there".into())
            } else {
                Look::There(())
            })
        })
        .await
    }

    /// How many entries the timeline has.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn timeline_length(&self) -> Result<usize> {
        Ok(self.page.all("timeline-entry").await?.len())
    }

    /// What the console says of the log.
    ///
    /// # Errors
    /// When it says nothing.
    pub async fn log_status(&self) -> Result<String> {
        self.page.click("nav-log").await?;
        self.page.text("log-status").await
    }

    /// Has the browser itself prove the log; gives what it found.
    ///
    /// # Errors
    /// When it finds that the log does not hold, or nothing.
    pub async fn proof(&self) -> Result<String> {
        self.page.click("prove").await?;
        let found = self.page.text("proof-good").await?;
        let gaps = self.page.text("proof-no-gaps").await?;
        Ok(format!("{found} {gaps}"))
    }

    /// Exports the list that is shown as CSV and reads the file.
    ///
    /// # Errors
    /// When no file comes of it.
    pub async fn export_csv(&self) -> Result<String> {
        self.page.click("export-csv").await?;
        until("the exported file", async || {
            Ok(match downloaded(&self.folder.path().join("Downloads"))? {
                Some(path) => Look::There(std::fs::read_to_string(path)?),
                None => Look::NotYet("nothing was downloaded".into()),
            })
        })
        .await
    }
}

/// A whole CSV file in a folder; one that is still being written has another ending.
fn downloaded(folder: &Path) -> Result<Option<PathBuf>> {
    // The browser makes the folder with its first download.
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "csv") && path.metadata()?.len() > 0 {
            return Ok(Some(path));
        }
    }
    Ok(None)
}
