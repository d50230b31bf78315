//! The words that the desktop shows for us: tray labels and titles of notifications. All others are the interface's.

use renfort_protocol::ticket::Language;

/// One language's.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// Opens a user's window.
    pub(super) get_help: &'static str,
    /// Opens a technician's window.
    pub(super) open: &'static str,
    /// The other language, in its own word.
    pub(super) other_language: &'static str,
    /// Ends the program.
    pub(super) quit: &'static str,
    /// Title of a new ticket's notification.
    pub(super) new_ticket: &'static str,
    /// Title of a technician's question.
    pub(super) asked: &'static str,
    /// Kind of file in the system's dialog.
    pub(super) organisation_file: &'static str,
    /// Kind of file that a receipt is.
    pub(super) receipt_file: &'static str,
}

/// The words of a language.
pub(super) const fn words(language: Language) -> Words {
    match language {
        Language::En => Words {
            get_help: "Get help",
            open: "Open Renfort",
            other_language: "Français",
            quit: "Quit",
            new_ticket: "New ticket",
            asked: "A technician would like to see your screen",
            organisation_file: "Organisation file",
            receipt_file: "Receipt (web page)",
        },
        Language::Fr => Words {
            get_help: "Obtenir de l’aide",
            open: "Ouvrir Renfort",
            other_language: "English",
            quit: "Quitter",
            new_ticket: "Nouveau ticket",
            asked: "Un technicien souhaite voir votre écran",
            organisation_file: "Fichier d’organisation",
            receipt_file: "Reçu (page web)",
        },
    }
}

/// The language that is not this one.
pub(super) const fn other(language: Language) -> Language {
    match language {
        Language::En => Language::Fr,
        Language::Fr => Language::En,
    }
}
