//! What each record says, in a few words. A code without words here is shown as it stands.
//!
//! Flow: [`details`] where the record holds a field that says more, else [`STEPS`].

use renfort_protocol::ticket::Language;

use crate::receipt::{Included, details};

/// By code, in English and in French.
pub(super) const STEPS: &[(&str, &str, &str)] = &[
    ("ticket.opened", "You asked for help", "Vous avez demandé de l’aide"),
    (
        "ticket.taken",
        "A technician took the ticket",
        "Un technicien a pris le ticket",
    ),
    (
        "ticket.take_denied",
        "A technician could not take the ticket",
        "Un technicien n’a pas pu prendre le ticket",
    ),
    (
        "ticket.note_added",
        "The technician wrote a note for colleagues",
        "Le technicien a écrit une note pour ses collègues",
    ),
    (
        "ticket.closed",
        "The technician closed the ticket",
        "Le technicien a fermé le ticket",
    ),
    (
        "ticket.escalated",
        "The ticket was passed on",
        "Le ticket a été transmis",
    ),
    (
        "ticket.returned",
        "The ticket went back to the queue",
        "Le ticket est revenu dans la file",
    ),
    (
        "ticket.reopened",
        "You asked for help again",
        "Vous avez redemandé de l’aide",
    ),
    (
        "ticket.feedback",
        "You said whether it was solved",
        "Vous avez dit si c’était résolu",
    ),
    (
        "ticket.user_left",
        "Your app was out of reach",
        "Votre application était injoignable",
    ),
    (
        "ticket.user_back",
        "Your app could be reached again",
        "Votre application était de nouveau joignable",
    ),
    (
        "ticket.cancelled",
        "You no longer needed help",
        "Vous n’aviez plus besoin d’aide",
    ),
    (
        "consent.asked",
        "The technician asked to see your screen",
        "Le technicien a demandé à voir votre écran",
    ),
    (
        "consent.ask_refused",
        "A technician’s question was not put to you",
        "La demande d’un technicien ne vous a pas été transmise",
    ),
    ("consent.granted", "You said yes", "Vous avez accepté"),
    ("consent.refused", "The answer was no", "La réponse a été non"),
    (
        "session.offered",
        "Your computer offered a connection",
        "Votre ordinateur a proposé une connexion",
    ),
    (
        "session.answered",
        "The technician’s computer answered",
        "L’ordinateur du technicien a répondu",
    ),
    (
        "session.connected",
        "The two computers were connected",
        "Les deux ordinateurs étaient connectés",
    ),
    (
        "session.peer_lost",
        "The connection was interrupted",
        "La connexion s’est interrompue",
    ),
    (
        "session.peer_back",
        "The connection was back",
        "La connexion est revenue",
    ),
    ("session.stopped", "You pressed Stop", "Vous avez appuyé sur Arrêter"),
    (
        "session.tampered",
        "Something was not as it was sent, and was not used",
        "Quelque chose a été modifié en route, et n’a pas servi",
    ),
    (
        "session.failed",
        "The session could not go on",
        "La session n’a pas pu continuer",
    ),
    (
        "session.abuse_reported",
        "You reported abuse",
        "Vous avez signalé un abus",
    ),
    ("session.ended", "The session ended", "La session s’est terminée"),
    (
        "session.signed",
        "An end of the session signed its records",
        "L’un des deux ordinateurs a signé l’enregistrement",
    ),
    (
        "session.head_disputed",
        "An end of the session did not agree with its records",
        "L’un des deux ordinateurs n’était pas d’accord avec l’enregistrement",
    ),
    (
        "view.first_picture",
        "The technician saw your screen",
        "Le technicien a vu votre écran",
    ),
    (
        "view.requested",
        "The technician asked to see your screen again",
        "Le technicien a redemandé à voir votre écran",
    ),
    (
        "view.allowed",
        "You showed your screen again",
        "Vous avez de nouveau montré votre écran",
    ),
    (
        "view.refused",
        "Showing the screen was refused",
        "Montrer l’écran a été refusé",
    ),
    (
        "view.withdrawn",
        "Your screen was no longer shown",
        "Votre écran n’a plus été montré",
    ),
    (
        "control.requested",
        "The technician asked to use your mouse and keyboard",
        "Le technicien a demandé à utiliser votre souris et votre clavier",
    ),
    (
        "control.allowed",
        "You allowed the use of your mouse and keyboard",
        "Vous avez permis l’usage de votre souris et de votre clavier",
    ),
    (
        "control.refused",
        "Mouse and keyboard were refused",
        "Souris et clavier ont été refusés",
    ),
    (
        "control.withdrawn",
        "The technician could no longer use your mouse and keyboard",
        "Le technicien ne pouvait plus utiliser votre souris et votre clavier",
    ),
    (
        "clipboard.requested",
        "The technician asked to copy texts",
        "Le technicien a demandé à copier des textes",
    ),
    (
        "clipboard.allowed",
        "You allowed copying texts",
        "Vous avez permis de copier des textes",
    ),
    (
        "clipboard.refused",
        "Copying texts was refused",
        "Copier des textes a été refusé",
    ),
    (
        "clipboard.withdrawn",
        "Texts could no longer be copied",
        "Les textes ne pouvaient plus être copiés",
    ),
    ("grant.extended", "You gave more time", "Vous avez donné plus de temps"),
    (
        "input.counted",
        "Keys, clicks and texts were counted",
        "Touches, clics et textes ont été comptés",
    ),
    (
        "input.denied",
        "Your computer did not carry out some keys or clicks",
        "Votre ordinateur n’a pas exécuté des touches ou des clics",
    ),
    (
        "console.viewed",
        "Somebody in charge read what is recorded of this session",
        "Un responsable a lu ce qui est enregistré de cette session",
    ),
    (
        "hold.added",
        "The records of this session were put under protection from erasure",
        "Les enregistrements de cette session ont été mis à l’abri de l’effacement",
    ),
    (
        "hold.removed",
        "The protection from erasure was ended",
        "La protection contre l’effacement a pris fin",
    ),
    (
        "message.refused",
        "Something was refused by the relay",
        "Le relais a refusé quelque chose",
    ),
];

/// The words for a record.
pub(super) fn words(language: Language, one: &Included) -> Option<&'static str> {
    let code = one.record.code.as_str();
    let plain = || STEPS.iter().find(|(of, ..)| *of == code).map(|(_, en, fr)| (*en, *fr));
    let (en, fr) = details::text(&one.record).or_else(plain)?;
    Some(match language {
        Language::En => en,
        Language::Fr => fr,
    })
}
