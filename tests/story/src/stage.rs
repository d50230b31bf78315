//! Everything that the story needs, running: a relay with accounts, the user's desktop and the technician's, and a window
//! on each.

use anyhow::Result;

use crate::{
    desktop::Desktop,
    programs::Programs,
    relay::{Account, Relay, Role},
    technician::TechnicianWindow,
    user::UserWindow,
    words::{Language, Words},
    xserver::Size,
    xterm::Xterm,
};

/// Size of the user's screen, in pixels.
pub const USER_SCREEN: Size = Size {
    width: 1280,
    height: 840,
};
/// Size of a technician's screen, in pixels.
pub const TECHNICIAN_SCREEN: Size = Size {
    width: 1440,
    height: 900,
};
/// Where the terminal is on the user's screen: beside the app's window, for nothing reaches that from afar.
pub const TERMINAL: (i16, i16) = (600, 260);

/// The people of the story.
#[derive(Debug)]
pub struct People {
    /// Keeps the accounts.
    pub administrator: Account,
    /// Answers first.
    pub technician: Account,
    /// Another one of level 1.
    pub colleague: Account,
    /// Diagnoses deeply.
    pub expert: Account,
    /// Reads the log.
    pub supervisor: Account,
}

impl People {
    /// With new passwords.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn new() -> Result<Self> {
        Ok(Self {
            administrator: Account::new("anne", "Anne Le Gall", Role::Administrator)?,
            technician: Account::new("claire", "Claire Morvan", Role::Technician(1))?,
            colleague: Account::new("hugo", "Hugo Tanguy", Role::Technician(1))?,
            expert: Account::new("ines", "Inès Guillou", Role::Technician(2))?,
            supervisor: Account::new("louis", "Louis Kerbrat", Role::Supervisor)?,
        })
    }

    /// All of them, the administrator first.
    #[must_use]
    pub fn all(&self) -> [&Account; 5] {
        [
            &self.administrator,
            &self.technician,
            &self.colleague,
            &self.expert,
            &self.supervisor,
        ]
    }
}

/// The organisation of the story.
pub const ORGANISATION: &str = "Mairie de Lannion";

/// The stage. Fields are dropped in this order: windows, what runs beside them, desktops, the relay.
pub struct Stage {
    /// The user's window.
    pub user: UserWindow,
    /// The technician's.
    pub technician: TechnicianWindow,
    /// The application on the user's screen.
    pub terminal: Xterm,
    /// The user's desktop.
    pub user_desktop: Desktop,
    /// The technician's.
    pub technician_desktop: Desktop,
    /// The relay.
    pub relay: Relay,
    /// Who signs in.
    pub people: People,
    /// In which language.
    pub language: Language,
    /// What was built.
    pub programs: Programs,
}

impl Stage {
    /// Sets everything up, on virtual screens. Nobody has done anything yet.
    ///
    /// # Errors
    /// When a part does not come up.
    pub async fn set_up(language: Language) -> Result<Self> {
        Self::set_up_with(language, &[]).await
    }

    /// The same, the user's app with more arguments.
    ///
    /// # Errors
    /// When a part does not come up.
    pub async fn set_up_with(language: Language, arguments: &[&str]) -> Result<Self> {
        let programs = Programs::find()?;
        let people = People::new()?;
        let relay = Relay::set_up(&programs, ORGANISATION, &people.all()).await?;
        let user_desktop = Desktop::on_a_virtual_screen("user", USER_SCREEN).await?;
        // Another keyboard than the technician's: what they type must arrive all the same.
        user_desktop.set_keyboard("fr")?;
        let technician_desktop = Desktop::on_a_virtual_screen("technician", TECHNICIAN_SCREEN).await?;
        let terminal = Xterm::open(&user_desktop, TERMINAL.0, TERMINAL.1).await?;
        let user = UserWindow::open_with(&programs, &user_desktop, language, arguments).await?;
        let technician = TechnicianWindow::open(&programs, &technician_desktop, &relay, language).await?;
        Ok(Self {
            user,
            technician,
            terminal,
            user_desktop,
            technician_desktop,
            relay,
            people,
            language,
            programs,
        })
    }

    /// What the people say.
    #[must_use]
    pub fn words(&self) -> &'static Words {
        self.language.words()
    }

    /// The user has imported the organisation and asked for help, the technician has signed in and taken the ticket, and
    /// the user is being asked. Says the ticket's number.
    ///
    /// # Errors
    /// When a window does not do its part.
    pub async fn until_the_user_is_asked(&self) -> Result<String> {
        self.user.import(&self.relay).await?;
        let ticket = self.user.ask_for_help(self.words().summary, "person", "high").await?;
        self.technician.sign_in(&self.people.technician, &self.relay).await?;
        self.technician.sees(&ticket, self.words().summary).await?;
        self.technician.look_at(&ticket).await?;
        self.technician.take().await?;
        self.user.who_asks().await?;
        Ok(ticket)
    }

    /// The same, and the technician sees the user's screen.
    ///
    /// # Errors
    /// When a window does not do its part.
    pub async fn until_the_technician_sees(&self) -> Result<String> {
        let ticket = self.until_the_user_is_asked().await?;
        self.user.allow_view().await?;
        self.technician
            .sees_the_screen_of(&self.user_desktop, &self.technician_desktop)
            .await?;
        Ok(ticket)
    }

    /// The same, and the technician holds control.
    ///
    /// # Errors
    /// When a window does not do its part.
    pub async fn until_the_technician_controls(&self) -> Result<String> {
        let ticket = self.until_the_technician_sees().await?;
        self.technician.ask_for_control().await?;
        self.user.allow_control().await?;
        self.technician.has_control().await?;
        Ok(ticket)
    }

    /// The technician clicks into the terminal on the user's screen and types a line.
    ///
    /// # Errors
    /// When the remote picture is not there.
    pub async fn type_into_the_terminal(&self, line: &str) -> Result<()> {
        self.technician
            .click_at(self.terminal.area(&self.user_desktop)?)
            .await?;
        self.technician.type_line(line).await
    }
}
