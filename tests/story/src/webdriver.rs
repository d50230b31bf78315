//! Browsers that are driven: WebKitWebDriver for the app's windows, chromedriver for the console.
//!
//! Flow: each page has a driver of its own, started in the environment of its desktop, on a port of its own.

use std::{path::Path, process::Command};

use anyhow::{Context, Result};
use fantoccini::{Client, ClientBuilder, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::{
    desktop::Desktop,
    processes::Running,
    relay::{free_port, wait_for_port},
    words::Language,
};

/// A driver with one session.
pub struct Driven {
    /// The session.
    pub client: Client,
    /// The driver, and with it the browser.
    pub driver: Running,
}

impl Driven {
    /// Opens the app on a desktop.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn app(desktop: &Desktop, program: &Path, arguments: &[String]) -> Result<Self> {
        let mut driver = desktop.command("WebKitWebDriver");
        // The app lets itself be driven when its environment says so.
        driver
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true");
        let options = json!({ "binary": program, "args": arguments });
        Self::start(driver, "webkitgtk:browserOptions", options, &desktop.log("renfort")).await
    }

    /// Opens Chromium without a window; `folder` is its home.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn chromium(folder: &Path, language: Language) -> Result<Self> {
        let mut driver = Command::new("chromedriver");
        let code = language.code();
        driver.env("HOME", folder).env("LANGUAGE", code).env_remove("DISPLAY");
        let profile = format!("--user-data-dir={}", folder.join("profile").display());
        let options = json!({
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--window-size=1360,900", format!("--lang={code}"), profile,
            ],
            "prefs": { "intl.accept_languages": code },
        });
        Self::start(driver, "goog:chromeOptions", options, &folder.join("chromedriver.log")).await
    }

    async fn start(mut command: Command, name: &str, options: Value, log: &Path) -> Result<Self> {
        let port = free_port()?;
        command.arg(format!("--port={port}"));
        let mut driver = Running::start("the driver", &command, log)?;
        wait_for_port(port, &mut driver).await?;
        let capabilities = Capabilities::from_iter([(name.to_owned(), options)]);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .with_context(|| format!("no session with the driver:\n{}", driver.last_lines()))?;
        Ok(Self { client, driver })
    }
}
