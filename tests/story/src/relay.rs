//! The relay as an administrator sets it up and runs it: by its command line.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::{
    log,
    processes::Running,
    programs::Programs,
    waiting::{Look, until},
};

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Helps, at a level of 1 to 3.
    Technician(u8),
    /// Reads the log.
    Supervisor,
    /// Keeps the accounts; made by `init`.
    Administrator,
}

/// Somebody who signs in.
#[derive(Debug, Clone)]
pub struct Account {
    /// Sign-in name.
    pub login: &'static str,
    /// As others see them.
    pub name: &'static str,
    /// What they may do.
    pub role: Role,
    /// Random, of this run alone.
    pub password: String,
}

impl Account {
    /// With a new password.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn new(login: &'static str, name: &'static str, role: Role) -> Result<Self> {
        Ok(Self {
            login,
            name,
            role,
            password: uuid()?.chars().take(16).collect(),
        })
    }
}

/// 122 random bits, in hexadecimal.
fn uuid() -> Result<String> {
    let random = std::fs::read_to_string("/proc/sys/kernel/random/uuid").context("no randomness")?;
    Ok(random.trim().chars().filter(|c| *c != '-').collect())
}

/// A relay with its data folder.
pub struct Relay {
    program: PathBuf,
    port: u16,
    running: Option<Running>,
    link: String,
    folder: TempDir,
    /// The machine that is not the relay, with the organisation's key.
    offline: TempDir,
}

impl Relay {
    /// Makes an organisation, a data folder and the accounts, the administrator's first, and starts to serve.
    ///
    /// # Errors
    /// With the relay's own words when a command fails.
    pub async fn set_up(programs: &Programs, organisation: &str, accounts: &[&Account]) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("renfort-relay-").tempdir()?;
        let mut relay = Self {
            program: programs.relay.clone(),
            port: free_port()?,
            running: None,
            link: String::new(),
            folder,
            offline: tempfile::Builder::new().prefix("renfort-offline-").tempdir()?,
        };
        let (address, keys) = (format!("ws://127.0.0.1:{}", relay.port), relay.path("organisation"));
        let made = relay.run(
            &[
                "organisation",
                "new",
                "--name",
                organisation,
                "--relay",
                &address,
                "--out",
                &keys,
            ],
            None,
        )?;
        relay.link = made.lines().next().unwrap_or_default().trim().to_owned();
        ensure!(
            relay.link.starts_with("renfort://import/"),
            "`organisation new` printed no link but {made:?}"
        );
        // The key goes offline, as the administrator is told to do: the relay refuses to start beside it.
        let key = relay.folder.path().join("organisation/organisation.key");
        std::fs::copy(&key, relay.key())?;
        std::fs::remove_file(key)?;

        let (first, others) = accounts.split_first().context("a relay has an administrator")?;
        let (data, file) = (relay.data(), relay.path("organisation/organisation.json"));
        let init = [
            "init",
            "--data",
            &data,
            "--organisation",
            &file,
            "--login",
            first.login,
            "--name",
            first.name,
        ];
        relay.run(&[&init[..], &["--password-file", "-"]].concat(), Some(&first.password))?;
        for account in others {
            let mut add = vec![
                "people",
                "add",
                "--data",
                &data,
                "--login",
                account.login,
                "--name",
                account.name,
            ];
            let level;
            match account.role {
                Role::Technician(number) => {
                    level = number.to_string();
                    add.extend(["--role", "technician", "--level", &level]);
                }
                Role::Supervisor => add.extend(["--role", "supervisor"]),
                Role::Administrator => add.extend(["--role", "administrator"]),
            }
            add.extend(["--password-file", "-"]);
            relay.run(&add, Some(&account.password))?;
        }
        relay.serve().await?;
        Ok(relay)
    }

    /// Starts to serve, at the same port each time.
    ///
    /// # Errors
    /// When it does not say that it listens.
    pub async fn serve(&mut self) -> Result<()> {
        let mut command = Command::new(&self.program);
        command.args([
            "serve",
            "--data",
            &self.data(),
            "--listen",
            &format!("127.0.0.1:{}", self.port),
        ]);
        let log = self.folder.path().join("relay.log");
        let mut running = Running::start_piped("the relay", &command, &log)?;
        let stdout = running.take_stdout().context("the relay's output is piped")?;
        let mut lines = BufReader::new(stdout).lines();
        let mut heard = String::new();
        while let Some(line) = lines.next().transpose()? {
            if line.contains("listening on ") {
                // Read on, or a full pipe would stop the relay.
                std::thread::spawn(move || lines.for_each(drop));
                self.running = Some(running);
                return Ok(());
            }
            heard.push_str(&line);
        }
        bail!("the relay did not start: {heard}\n{}", running.last_lines())
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// The link that users import.
    #[must_use]
    pub fn link(&self) -> &str {
        &self.link
    }

    /// The organisation file.
    #[must_use]
    pub fn organisation_file(&self) -> PathBuf {
        self.folder.path().join("organisation/organisation.json")
    }

    /// Where the console is.
    #[must_use]
    pub fn console_url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Where the technician's page is.
    #[must_use]
    pub fn technician_url(&self) -> String {
        format!("http://127.0.0.1:{}/technician", self.port)
    }

    /// The end of what the relay printed.
    #[must_use]
    pub fn last_lines(&self) -> String {
        self.running.as_ref().map_or_else(String::new, Running::last_lines)
    }

    /// Exports the log with `audit export`, in place of an earlier export.
    ///
    /// # Errors
    /// With the relay's words when it fails.
    pub fn export_log(&self, file: &Path) -> Result<()> {
        // The relay writes over nothing.
        if file.exists() {
            std::fs::remove_file(file)?;
        }
        self.run(
            &[
                "audit",
                "export",
                "--data",
                &self.data(),
                "--out",
                &file.to_string_lossy(),
            ],
            None,
        )
        .map(drop)
    }

    /// What `audit verify` says of a file: its words, as an error when the file does not verify.
    ///
    /// # Errors
    /// With the relay's words when the log does not hold.
    pub fn verify_log(&self, file: &Path) -> Result<String> {
        self.run(&["audit", "verify", &file.to_string_lossy()], None)
    }

    /// Waits until the log verifies and has what is asked of it. The last records of a session are written a moment after
    /// its windows have changed.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn wait_for_log(&self, file: &Path, has: impl Fn(&str) -> bool) -> Result<String> {
        until("the records in the exported log", async || {
            self.export_log(file)?;
            self.verify_log(file)?;
            let text = std::fs::read_to_string(file)?;
            Ok(if has(&text) {
                Look::There(text)
            } else {
                Look::NotYet(log::codes(&text).join(" "))
            })
        })
        .await
    }

    /// Waits for the request for a card of whoever signs in as this account, and answers it. A device whose card is there
    /// makes none.
    ///
    /// # Errors
    /// With the relay's words when a command fails.
    pub async fn give_card(&self, account: &Account) -> Result<()> {
        until("the request for a card", async || {
            Ok(match self.answer_card_requests(&["--login", account.login])? {
                0 => Look::NotYet("nobody asks for one".to_owned()),
                _ => Look::There(()),
            })
        })
        .await
    }

    /// Answers the requests for cards as the administrator does: fetched at the relay, signed offline, brought to the
    /// relay. Says how many there were.
    ///
    /// # Errors
    /// With the relay's words when a command fails.
    pub fn answer_card_requests(&self, of: &[&str]) -> Result<usize> {
        let folder = tempfile::Builder::new()
            .prefix("requests-")
            .tempdir_in(self.offline.path())?;
        let (data, out) = (self.data(), folder.path().to_string_lossy().into_owned());
        self.run(
            &[&["card", "request", "--data", &data, "--out", &out], of].concat(),
            None,
        )?;
        let (key, organisation) = (self.key(), self.path("organisation/organisation.json"));
        let key = key.to_string_lossy();
        let mut answered = 0;
        for request in std::fs::read_dir(folder.path())? {
            let request = request?.path();
            let card = self.offline.path().join(format!("card-{}", uuid()?));
            let (request, card) = (request.to_string_lossy(), card.to_string_lossy());
            let signing = ["--key", &key, "--organisation", &organisation, "--request", &request];
            self.run(
                &[&["card", "issue"], &signing[..], &["--out", &card, "--yes"]].concat(),
                None,
            )?;
            self.run(&["card", "install", "--data", &data, &card], None)?;
            answered += 1;
        }
        Ok(answered)
    }

    fn key(&self) -> PathBuf {
        self.offline.path().join("organisation.key")
    }

    fn data(&self) -> String {
        self.path("data")
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    fn run(&self, arguments: &[&str], input: Option<&str>) -> Result<String> {
        let mut child = Command::new(&self.program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        let mut stdin = child.stdin.take().context("stdin is piped")?;
        if let Some(input) = input {
            writeln!(stdin, "{input}")?;
        }
        drop(stdin);
        let Output { status, stdout, stderr } = child.wait_with_output()?;
        let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        ensure!(
            status.success(),
            "renfort-relay {}: {status}\n{stdout}{stderr}",
            arguments.join(" ")
        );
        Ok(stdout.into_owned())
    }
}

/// A port that nobody listens on now.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Waits until somebody listens there.
///
/// # Errors
/// When nobody does, or the program ends.
pub async fn wait_for_port(port: u16, program: &mut Running) -> Result<()> {
    until(format!("port {port}"), async || {
        program.must_run()?;
        let address = ([127, 0, 0, 1], port).into();
        Ok(
            match std::net::TcpStream::connect_timeout(&address, Duration::from_secs(1)) {
                Ok(_) => Look::There(()),
                Err(error) => Look::NotYet(error.to_string()),
            },
        )
    })
    .await
}
