//! What the people of the story say, in both languages, and the few words of the interface that the story looks for.

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
}

/// The sentences of one language.
#[derive(Debug)]
pub struct Words {
    /// The user's request.
    pub summary: &'static str,
    /// The technician's first line.
    pub greeting: &'static str,
    /// The user's answer to it.
    pub answer: &'static str,
    /// The technician's note for colleagues.
    pub note: &'static str,
    /// A note that a colleague of level 2 must find.
    pub handover: &'static str,
    /// The technician's message for the user.
    pub message: &'static str,
    /// What the interface calls the button for getting help.
    pub get_help: &'static str,
    /// What the interface calls a support level.
    pub level: &'static str,
}

const ENGLISH: Words = Words {
    summary: "My terminal shows the wrong result since this morning",
    greeting: "Good morning, I am looking at it.",
    answer: "Thank you! It is the purple window.",
    note: "Ran the calculation by hand: correct. Colour reset.",
    handover: "Level 1 saw the fault, cannot explain it.",
    message: "The terminal works again: the result is in proof.txt.",
    get_help: "Get help",
    level: "level",
};

const FRENCH: Words = Words {
    summary: "Mon terminal donne un mauvais résultat depuis ce matin",
    greeting: "Bonjour, je regarde cela tout de suite.",
    answer: "Merci ! C'est la fenêtre violette.",
    note: "Calcul refait à la main : correct. Couleur rétablie.",
    handover: "Le niveau 1 a vu la panne, sans pouvoir l'expliquer.",
    message: "Le terminal fonctionne à nouveau : le résultat est dans proof.txt.",
    get_help: "Obtenir de l’aide",
    level: "niveau",
};

impl Language {
    /// As the programs take and give it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// Its sentences.
    #[must_use]
    pub fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
        }
    }
}

impl std::str::FromStr for Language {
    type Err = String;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        match code {
            "en" => Ok(Self::English),
            "fr" => Ok(Self::French),
            other => Err(format!("{other:?} is neither en nor fr")),
        }
    }
}
