//! What a record says when one of its fields tells who it was or why. A record from before the field was there has the words of
//! its code alone.

use crate::{fields::Field, record::Record};

/// A text in English and in French.
pub(super) type Text = (&'static str, &'static str);

/// By code, field and the field's value; of several that fit, the first.
pub(super) const DETAILS: &[(&str, &str, &str, Text)] = &[
    (
        "ticket.returned",
        "reason",
        "signed_out",
        (
            "The ticket went back to the queue: its technician signed out",
            "Le ticket est revenu dans la file\u{a0}: son technicien s’est déconnecté",
        ),
    ),
    (
        "ticket.returned",
        "reason",
        "account_disabled",
        (
            "The ticket went back to the queue: its technician’s account was disabled",
            "Le ticket est revenu dans la file\u{a0}: le compte de son technicien a été désactivé",
        ),
    ),
    (
        "ticket.returned",
        "reason",
        "abuse_reported",
        (
            "The ticket went back to the queue: you reported abuse",
            "Le ticket est revenu dans la file\u{a0}: vous avez signalé un abus",
        ),
    ),
    (
        "ticket.returned",
        "reason",
        "refused",
        (
            "The ticket went back to the queue: you said no to the technician who came with a code",
            "Le ticket est revenu dans la file\u{a0}: vous avez refusé le technicien venu avec un code",
        ),
    ),
    (
        "ticket.returned",
        "reason",
        "timed_out",
        (
            "The ticket went back to the queue: nobody answered the technician who came with a code",
            "Le ticket est revenu dans la file\u{a0}: personne n’a répondu au technicien venu avec un code",
        ),
    ),
    (
        "ticket.returned",
        "reason",
        "withdrawn",
        (
            "The ticket went back to the queue: the technician who came with a code took the question back",
            "Le ticket est revenu dans la file\u{a0}: le technicien venu avec un code a retiré sa demande",
        ),
    ),
    (
        "ticket.returned",
        "reason",
        "wrong_code",
        (
            "The ticket went back to the queue: the technician’s code was wrong, or no longer good",
            "Le ticket est revenu dans la file\u{a0}: le code du technicien était faux, ou n’était plus valable",
        ),
    ),
    (
        "ticket.returned",
        "reason",
        "stopped_by_user",
        (
            "The ticket went back to the queue: you stopped the question of the technician who came with a code",
            "Le ticket est revenu dans la file\u{a0}: vous avez arrêté la demande du technicien venu avec un code",
        ),
    ),
    (
        "ticket.returned",
        "reason",
        "lost",
        (
            "The ticket went back to the queue: contact with the technician who came with a code was lost",
            "Le ticket est revenu dans la file\u{a0}: le contact avec le technicien venu avec un code a été perdu",
        ),
    ),
    (
        "ticket.returned",
        "reason",
        "untrusted",
        (
            "The ticket went back to the queue: something from the technician who came with a code was not as it was sent",
            "Le ticket est revenu dans la file\u{a0}: un message du technicien venu avec un code a été modifié en route",
        ),
    ),
    (
        "ticket.returned",
        "reason",
        "card_revoked",
        (
            "The ticket went back to the queue: your organisation took the technician’s card back",
            "Le ticket est revenu dans la file\u{a0}: votre organisation a retiré la carte du technicien",
        ),
    ),
    (
        "ticket.returned",
        "reason",
        "failed",
        (
            "The ticket went back to the queue: the question of the technician who came with a code could not go on",
            "Le ticket est revenu dans la file\u{a0}: la demande du technicien venu avec un code n’a pas pu continuer",
        ),
    ),
    (
        "session.signed",
        "role",
        "sharer",
        (
            "Your computer signed the records of the session",
            "Votre ordinateur a signé l’enregistrement de la session",
        ),
    ),
    (
        "session.signed",
        "role",
        "viewer",
        (
            "The technician’s computer signed the records of the session",
            "L’ordinateur du technicien a signé l’enregistrement de la session",
        ),
    ),
    (
        "session.head_disputed",
        "role",
        "sharer",
        (
            "Your computer did not agree with the records of the session",
            "Votre ordinateur n’était pas d’accord avec l’enregistrement de la session",
        ),
    ),
    (
        "session.head_disputed",
        "role",
        "viewer",
        (
            "The technician’s computer did not agree with the records of the session",
            "L’ordinateur du technicien n’était pas d’accord avec l’enregistrement de la session",
        ),
    ),
    (
        "view.withdrawn",
        "reason",
        "by_user",
        (
            "You stopped showing your screen",
            "Vous avez cessé de montrer votre écran",
        ),
    ),
    (
        "view.withdrawn",
        "reason",
        "by_technician",
        (
            "The technician stopped seeing your screen",
            "Le technicien a cessé de voir votre écran",
        ),
    ),
    (
        "view.withdrawn",
        "reason",
        "expired",
        (
            "Your screen was no longer shown: the time was over",
            "Votre écran n’a plus été montré\u{a0}: la durée était écoulée",
        ),
    ),
    (
        "view.withdrawn",
        "reason",
        "session_ended",
        (
            "Your screen was no longer shown: the session was over",
            "Votre écran n’a plus été montré\u{a0}: la session était finie",
        ),
    ),
    (
        "view.withdrawn",
        "reason",
        "peer_lost",
        (
            "Your screen was no longer shown: contact was lost",
            "Votre écran n’a plus été montré\u{a0}: le contact était perdu",
        ),
    ),
    (
        "control.withdrawn",
        "reason",
        "by_user",
        (
            "You took mouse and keyboard back",
            "Vous avez repris la souris et le clavier",
        ),
    ),
    (
        "control.withdrawn",
        "reason",
        "by_technician",
        (
            "The technician gave mouse and keyboard back",
            "Le technicien a rendu la souris et le clavier",
        ),
    ),
    (
        "control.withdrawn",
        "reason",
        "expired",
        (
            "Use of mouse and keyboard ended: the time was over",
            "Fin du contrôle de la souris et du clavier\u{a0}: la durée était écoulée",
        ),
    ),
    (
        "control.withdrawn",
        "reason",
        "session_ended",
        (
            "Use of mouse and keyboard ended with the session",
            "Fin du contrôle de la souris et du clavier, avec la session",
        ),
    ),
    (
        "control.withdrawn",
        "reason",
        "peer_lost",
        (
            "Use of mouse and keyboard ended: contact was lost",
            "Fin du contrôle de la souris et du clavier\u{a0}: le contact était perdu",
        ),
    ),
    (
        "clipboard.withdrawn",
        "reason",
        "by_user",
        (
            "You stopped the copying of texts",
            "Vous avez arrêté la copie de textes",
        ),
    ),
    (
        "clipboard.withdrawn",
        "reason",
        "by_technician",
        (
            "The technician stopped the copying of texts",
            "Le technicien a arrêté la copie de textes",
        ),
    ),
    (
        "clipboard.withdrawn",
        "reason",
        "expired",
        (
            "Copying texts ended: the time was over",
            "Fin de la copie de textes\u{a0}: la durée était écoulée",
        ),
    ),
    (
        "clipboard.withdrawn",
        "reason",
        "session_ended",
        (
            "Copying texts ended with the session",
            "Fin de la copie de textes, avec la session",
        ),
    ),
    (
        "clipboard.withdrawn",
        "reason",
        "peer_lost",
        (
            "Copying texts ended: contact was lost",
            "Fin de la copie de textes\u{a0}: le contact était perdu",
        ),
    ),
    (
        "view.refused",
        "timed_out",
        "true",
        (
            "Nobody answered about showing your screen, which counts as no",
            "Personne n’a répondu au sujet de l’écran, ce qui vaut refus",
        ),
    ),
    (
        "view.refused",
        "by",
        "user",
        (
            "You refused to show your screen",
            "Vous avez refusé de montrer votre écran",
        ),
    ),
    (
        "view.refused",
        "by",
        "machine",
        (
            "Your computer refused by itself to show your screen",
            "Votre ordinateur a refusé de lui-même de montrer votre écran",
        ),
    ),
    (
        "control.refused",
        "timed_out",
        "true",
        (
            "Nobody answered about mouse and keyboard, which counts as no",
            "Personne n’a répondu au sujet de la souris et du clavier, ce qui vaut refus",
        ),
    ),
    (
        "control.refused",
        "by",
        "user",
        (
            "You refused the use of mouse and keyboard",
            "Vous avez refusé l’usage de la souris et du clavier",
        ),
    ),
    (
        "control.refused",
        "by",
        "machine",
        (
            "Your computer refused by itself the use of mouse and keyboard",
            "Votre ordinateur a refusé de lui-même l’usage de la souris et du clavier",
        ),
    ),
    (
        "clipboard.refused",
        "timed_out",
        "true",
        (
            "Nobody answered about copying texts, which counts as no",
            "Personne n’a répondu au sujet de la copie de textes, ce qui vaut refus",
        ),
    ),
    (
        "clipboard.refused",
        "by",
        "user",
        ("You refused copying texts", "Vous avez refusé la copie de textes"),
    ),
    (
        "clipboard.refused",
        "by",
        "machine",
        (
            "Your computer refused copying texts by itself",
            "Votre ordinateur a refusé de lui-même la copie de textes",
        ),
    ),
];

/// The words for a record, where a field of it says more than its code.
pub(super) fn text(record: &Record) -> Option<Text> {
    let says = |field: &str, value: &str| match record.fields.get(field) {
        Some(Field::Text(text)) => text == value,
        Some(Field::Flag(flag)) => flag.to_string() == value,
        _ => false,
    };
    DETAILS
        .iter()
        .find(|(code, field, value, _)| *code == record.code && says(field, value))
        .map(|(.., text)| *text)
}
