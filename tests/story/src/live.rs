//! The demo for a person in front of a real display: windows to try everything oneself.

use std::{process::Command, time::Duration};

use anyhow::Result;
use renfort_story::{
    desktop::Desktop,
    processes::Running,
    programs::Programs,
    relay::{Account, Relay, Role},
    stage::{ORGANISATION, People, TERMINAL, USER_SCREEN},
    user::{PLACE, WINDOW},
    words::Language,
    xterm::Xterm,
};
use tempfile::TempDir;

/// How often somebody looks whether a technician waits for a card.
const CARDS: Duration = Duration::from_secs(1);

/// Opens everything, says who signs in where, and stays until it is dropped.
///
/// # Errors
/// When a part does not come up.
pub async fn show(language: Language) -> Result<()> {
    let programs = Programs::find()?;
    let people = People::new()?;
    let relay = Relay::set_up(&programs, ORGANISATION, &people.all()).await?;
    let desktop = Desktop::in_a_window("user", "Renfort demo: the user's desktop", USER_SCREEN).await?;
    let _terminal = Xterm::open(&desktop, TERMINAL.0, TERMINAL.1).await?;
    let mut command = desktop.command(&programs.app);
    command.arg("--data").arg(desktop.folder().join("renfort"));
    let _user = start_app(
        "the user's window",
        command,
        &relay,
        language,
        &desktop.folder().join("renfort.log"),
    )?;

    desktop.place(WINDOW, PLACE).await?;

    let folder = tempfile::Builder::new().prefix("renfort-technician-").tempdir()?;
    let _technician = technicians_window(&programs, &relay, language, &folder)?;
    say_who_is_who(&relay, &people);
    open_in_browser(&relay.console_url());
    // Whoever signs in as a technician gets a card, as an administrator at their side would give it.
    loop {
        relay.answer_card_requests(&[])?;
        tokio::time::sleep(CARDS).await;
    }
}

fn technicians_window(programs: &Programs, relay: &Relay, language: Language, folder: &TempDir) -> Result<Running> {
    let mut command = Command::new(&programs.app);
    command
        .arg("--data")
        .arg(folder.path().join("data"))
        .arg("--technician");
    start_app(
        "the technician's window",
        command,
        relay,
        language,
        &folder.path().join("renfort.log"),
    )
}

fn start_app(
    name: &str,
    mut command: Command,
    relay: &Relay,
    language: Language,
    log: &std::path::Path,
) -> Result<Running> {
    command
        .arg("--organisation")
        .arg(relay.organisation_file())
        .args(["--language", language.code()]);
    Running::start(name, &command, log)
}

fn say_who_is_who(relay: &Relay, people: &People) {
    println!("\nThe user's desktop is the window \"Renfort demo: the user's desktop\"; click Get help there.");
    println!(
        "The technician's window is on your own desktop. The console is at {}",
        relay.console_url()
    );
    println!(
        "\n  {:<10} {:<18} {:<14} {:<10} password",
        "where", "who", "role", "sign in as"
    );
    for account in people.all() {
        let (place, role) = place_and_role(account);
        println!(
            "  {place:<10} {:<18} {role:<14} {:<10} {}",
            account.name, account.login, account.password
        );
    }
    println!("\nThe passwords were made for this demo and end with it. Ctrl+C ends everything.");
}

fn place_and_role(account: &Account) -> (&'static str, String) {
    match account.role {
        Role::Technician(level) => ("window", format!("technician {level}")),
        Role::Supervisor => ("console", "supervisor".into()),
        Role::Administrator => ("console", "administrator".into()),
    }
}

/// Opens the console where the person reads the web; without a browser they have read the address above.
fn open_in_browser(url: &str) {
    Command::new("xdg-open")
        .arg(url)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .ok();
}
