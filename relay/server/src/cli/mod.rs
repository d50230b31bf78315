//! The command line. Each command says on success what it did, on standard output; failures go to standard error and
//! exit code 1, or 3 where something could not be checked. A reader that leaves early is told by the exit code (`output`).

mod audit;
mod card;
mod erase;
mod hold;
mod hours;
mod kept;
mod keys_lost;
mod opened;
mod organisation;
mod output;
mod password;
mod people;
mod receipt;
mod retention;
mod second_factor;
mod serve;

pub use self::output::end;

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand, ValueEnum};
use renfort_audit::{checkpoint::LogKey, hash::Digest};
use renfort_protocol::{
    ids::CardSerial,
    people::{Level, Name, Role},
};

/// The relay of Renfort: tickets, queue, signalling, audit log and the supervisor's console.
#[derive(Debug, Parser)]
#[command(name = "renfort-relay", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes and shows organisation files (offline, on a machine that is not the relay).
    #[command(subcommand)]
    Organisation(OrganisationCommand),
    /// Sets up a data folder: relay key, database, first administrator.
    Init(InitArgs),
    /// Runs the relay.
    Serve(ServeArgs),
    /// Keeps the accounts of technicians, supervisors and administrators.
    #[command(subcommand)]
    People(PeopleCommand),
    /// Keeps technicians' cards, without which nobody can be asked: signs them offline, brings them to the relay.
    #[command(subcommand)]
    Card(CardCommand),
    /// Shows and sets the business hours that the team's figures count.
    #[command(subcommand)]
    Hours(HoursCommand),
    /// Erases a person's names and texts for good; every proof of the log stays.
    #[command(subcommand)]
    Erase(erase::EraseCommand),
    /// Shows and sets for how many months names are kept.
    #[command(subcommand)]
    Retention(retention::RetentionCommand),
    /// Keeps tickets and sessions from being erased.
    #[command(subcommand)]
    Hold(hold::HoldCommand),
    /// Goes on without keys.db when no copy of it is left: names in the log from before can never be read again.
    KeysLost {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Exports and verifies the audit log.
    #[command(subcommand)]
    Audit(AuditCommand),
}

#[derive(Debug, Subcommand)]
enum OrganisationCommand {
    /// Makes the organisation's key and its signed file.
    New {
        /// The organisation's name, as users see it.
        #[arg(long, value_parser = name)]
        name: Name,
        /// Address of a relay, wss://host[:port] (ws:// on this machine only); may be given several times.
        #[arg(long = "relay", required = true)]
        relays: Vec<String>,
        /// Folder to make; gets organisation.key and organisation.json.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        policy: PolicyArgs,
    },
    /// Prints the renfort:// link that carries an organisation file.
    Link {
        /// The organisation file.
        file: PathBuf,
    },
}

/// What users can allow; without any of these, whatever they like.
#[derive(Debug, Args)]
struct PolicyArgs {
    /// The policy as a JSON file: {"capabilities": ["view", "control", "clipboard"], "longest_minutes": 60,
    /// "longest_total_minutes": 120, "codes": false}, each member optional.
    #[arg(long, conflicts_with_all = ["no_control", "no_clipboard", "no_codes", "longest", "longest_total"])]
    policy: Option<PathBuf>,
    /// Users cannot let technicians control their machine.
    #[arg(long)]
    no_control: bool,
    /// Users cannot share their clipboard.
    #[arg(long)]
    no_clipboard: bool,
    /// Users cannot let anybody in by a code that they read out on the telephone: only technicians with a card.
    #[arg(long)]
    no_codes: bool,
    /// Longest time that can be given at once, in minutes.
    #[arg(long, value_name = "MINUTES")]
    longest: Option<u32>,
    /// Longest session with all extensions, in minutes.
    #[arg(long, value_name = "MINUTES")]
    longest_total: Option<u32>,
}

#[derive(Debug, Args)]
struct InitArgs {
    /// Data folder to make.
    #[arg(long)]
    data: PathBuf,
    /// The organisation file.
    #[arg(long)]
    organisation: PathBuf,
    /// Sign-in name of the first administrator.
    #[arg(long, value_parser = new_login)]
    login: Name,
    /// The administrator's name, as colleagues see it.
    #[arg(long, value_parser = name)]
    name: Name,
    #[command(flatten)]
    password: PasswordArgs,
}

#[derive(Debug, Args)]
struct PasswordArgs {
    /// File whose first line is the password, or - for standard input; without it, the password is asked for.
    #[arg(long)]
    password_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct ServeArgs {
    /// Data folder that `init` made.
    #[arg(long)]
    data: PathBuf,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// Certificate chain in PEM.
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key in PEM.
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum PeopleCommand {
    /// Adds an account.
    Add {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
        /// Sign-in name.
        #[arg(long, value_parser = new_login)]
        login: Name,
        /// Name, as users and colleagues see it.
        #[arg(long, value_parser = name)]
        name: Name,
        /// What they may do.
        #[arg(long)]
        role: RoleArg,
        /// A technician's support level: 1, 2 or 3.
        #[arg(long, value_parser = level, required_if_eq("role", "technician"))]
        level: Option<Level>,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Lists all accounts.
    List {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Gives an account a second factor, takes it away, or says whether it has one.
    SecondFactor {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
        /// Sign-in name.
        #[arg(long, value_parser = name)]
        login: Name,
        /// What to do.
        action: SecondFactorAction,
    },
    /// Demands a second factor of every account, or no longer.
    RequireSecondFactor {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
        /// On or off.
        what: OnOff,
    },
    /// Changes a password; whoever is signed in with the account is signed out.
    Password {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
        /// Sign-in name.
        #[arg(long, value_parser = name)]
        login: Name,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Disables an account; whoever is signed in with it is signed out.
    Disable {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
        /// Sign-in name.
        #[arg(long, value_parser = name)]
        login: Name,
        /// Also when no active administrator is left then.
        #[arg(long)]
        even_last: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SecondFactorAction {
    /// Makes one, in place of any other, and prints what its owner needs.
    Enable,
    /// Takes it away, for whoever lost it.
    Reset,
    /// Says whether there is one.
    #[value(name = "show-status")]
    Show,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OnOff {
    On,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RoleArg {
    Technician,
    Supervisor,
    Administrator,
}

#[derive(Debug, Subcommand)]
enum CardCommand {
    /// On the relay: lists the devices that wait for a card, and writes each request to a file.
    Request {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
        /// Of this account only.
        #[arg(long, value_parser = name)]
        login: Option<Name>,
        /// Folder for the files; without it, requests are only listed.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Offline: signs a card for a request.
    Issue {
        #[command(flatten)]
        issuer: IssuerArgs,
        /// The request's file.
        #[arg(long)]
        request: PathBuf,
        /// How long the card is good, in days.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u64).range(1..=crate::issuing::MAX_DAYS))]
        days: u64,
        /// File to write; without it, the card lies beside the request.
        #[arg(long)]
        out: Option<PathBuf>,
        /// Signs without asking whether the fingerprint is right.
        #[arg(long)]
        yes: bool,
    },
    /// Offline: takes cards back before they expire.
    Revoke {
        #[command(flatten)]
        issuer: IssuerArgs,
        /// The list's file; made when it is missing. Keep it: the next list goes on from it.
        #[arg(long)]
        list: PathBuf,
        #[command(flatten)]
        which: RevokedArgs,
    },
    /// On the relay: takes cards and lists of revoked cards; a running relay acts on them at once.
    Install {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
        /// Files of cards and lists.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// On the relay: lists the cards that are here.
    List {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
    },
}

#[derive(Debug, Args)]
struct IssuerArgs {
    /// The organisation's private key.
    #[arg(long)]
    key: PathBuf,
    /// The organisation file.
    #[arg(long)]
    organisation: PathBuf,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct RevokedArgs {
    /// The card's serial.
    #[arg(long, value_parser = serial)]
    serial: Option<CardSerial>,
    /// The card's file.
    #[arg(long)]
    card: Option<PathBuf>,
    /// Every card with this name on it.
    #[arg(long, value_parser = name)]
    name: Option<Name>,
}

#[derive(Debug, Subcommand)]
enum HoursCommand {
    /// Prints them, in the form that `set` takes.
    Show {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Sets them, for the past as well; they count from the next question on.
    Set {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
        /// JSON file, as `show` prints it: time_zone (IANA name), week (monday to sunday, each a list of from and to),
        /// holidays (YYYY-MM-DD).
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Writes the whole audit log as JSON Lines, ready to be verified anywhere.
    Export {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
        /// File to write; without it, standard output.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Checks an exported log offline; exit code 1 and the first fault when it does not hold, 3 when it cannot be checked.
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Verify {
        /// Something else than an exported log.
        #[command(subcommand)]
        other: Option<VerifyCommand>,
        /// The exported file.
        #[arg(required = true)]
        file: Option<PathBuf>,
        /// The relay's public key as known from elsewhere, in hexadecimal; without it, the log is only shown to be whole
        /// under the key that the file itself names.
        #[arg(long, value_parser = log_key)]
        key: Option<LogKey>,
        /// A checkpoint kept from before, as a file; can be given several times. The log must have grown from each.
        #[arg(long)]
        checkpoint: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
enum VerifyCommand {
    /// Checks a receipt that a user saved, offline; exit code 1 and the first fault when it does not hold, 3 when it cannot be
    /// checked.
    Receipt {
        /// The saved page.
        file: PathBuf,
        /// The relay's public key as known from elsewhere, in hexadecimal; without it, the receipt is only shown to be
        /// whole under the key that it names itself.
        #[arg(long, value_parser = log_key)]
        key: Option<LogKey>,
        /// A checkpoint kept from elsewhere, as a file; can be given several times. It can be compared with a receipt of the
        /// same size of the log.
        #[arg(long)]
        checkpoint: Vec<PathBuf>,
    },
}

/// Runs one command.
///
/// # Errors
/// What the person at the command line should read.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Organisation(OrganisationCommand::New {
            name,
            relays,
            out,
            policy,
        }) => organisation::new(name, relays, policy, &out),
        Command::Organisation(OrganisationCommand::Link { file }) => organisation::link(&file),
        Command::Init(args) => organisation::init(args).await,
        Command::Serve(args) => serve::serve(args).await,
        Command::People(command) => people::run(command).await,
        Command::Card(command) => card::run(command).await,
        Command::Hours(command) => hours::run(command).await,
        Command::Erase(command) => erase::run(command).await,
        Command::Retention(command) => retention::run(command).await,
        Command::Hold(command) => hold::run(command).await,
        Command::KeysLost { data } => keys_lost::run(&data).await,
        Command::Audit(AuditCommand::Export { data, out }) => audit::export(&data, out.as_deref()).await,
        Command::Audit(AuditCommand::Verify {
            other: Some(VerifyCommand::Receipt { file, key, checkpoint }),
            ..
        }) => receipt::verify(&file, key, &checkpoint),
        Command::Audit(AuditCommand::Verify {
            other: None,
            file,
            key,
            checkpoint,
        }) => audit::verify(&file.context("no file was named")?, key, &checkpoint),
    }
}

fn name(text: &str) -> Result<Name, String> {
    Name::new(text).map_err(|error| error.to_string())
}

/// Of an account that is to be made; one that is there may have a name from before this rule.
fn new_login(text: &str) -> Result<Name, String> {
    if text.trim().contains(char::is_whitespace) {
        return Err("a sign-in name has no spaces".to_owned());
    }
    name(text)
}

fn serial(text: &str) -> Result<CardSerial, String> {
    text.parse()
        .map_err(|_| "a card's serial is 16 lower-case hexadecimal digits".to_owned())
}

fn log_key(text: &str) -> Result<LogKey, String> {
    // As the log has it; others write hexadecimal in capitals.
    Digest::try_from(text.to_ascii_lowercase())
        .map(LogKey)
        .map_err(|error| error.to_string())
}

fn level(text: &str) -> Result<Level, String> {
    let number: u8 = text.parse().map_err(|_| "a support level is 1, 2 or 3".to_owned())?;
    Level::try_from(number).map_err(|error| error.to_string())
}

fn role(role: RoleArg, level: Option<Level>) -> anyhow::Result<Role> {
    match (role, level) {
        (RoleArg::Technician, Some(level)) => Ok(Role::Technician { level }),
        (RoleArg::Technician, None) => anyhow::bail!("a technician needs --level 1, 2 or 3"),
        (_, Some(_)) => anyhow::bail!("--level is for technicians only"),
        (RoleArg::Supervisor, None) => Ok(Role::Supervisor),
        (RoleArg::Administrator, None) => Ok(Role::Administrator),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_technician_has_a_level_and_nobody_else_has() {
        assert_eq!(
            role(RoleArg::Technician, Some(Level::Two)).unwrap(),
            Role::Technician { level: Level::Two }
        );
        assert!(role(RoleArg::Technician, None).is_err());
        assert!(role(RoleArg::Supervisor, Some(Level::One)).is_err());
        assert!(level("4").is_err() && level("x").is_err());
    }

    #[test]
    fn a_new_sign_in_name_has_no_spaces() {
        assert!(new_login("ad min").is_err() && new_login("ad\u{a0}min").is_err() && new_login("").is_err());
        assert_eq!(new_login("admin").unwrap().as_str(), "admin");
    }

    #[test]
    fn a_password_is_never_an_argument() {
        let arguments = [
            "renfort-relay",
            "people",
            "add",
            "--data",
            "d",
            "--login",
            "l",
            "--name",
            "n",
        ];
        let with = |more: &[&'static str]| Cli::try_parse_from(arguments.into_iter().chain(more.iter().copied()));
        assert!(with(&["--role", "supervisor"]).is_ok());
        assert!(with(&["--role", "supervisor", "--password", "secret"]).is_err());
    }
}
