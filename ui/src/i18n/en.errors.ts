/** What went wrong and the way out, in English, for every code that the protocol knows. */
import type { ErrorTable } from "./errors";
import { code } from "./en.code";
import { trust } from "./en.trust";
import { isFault, isReceiptFault, isTampered, type ReceiptFault } from "./named";

const UNLIKE: Readonly<Record<ReceiptFault, string>> = {
  version: "The server’s receipt was made by another version of Renfort than this one",
  other_device: "The server’s receipt is about another computer than this one",
  other_technician: "The server’s receipt is about another technician than the one whom you let in, or about another card or computer of theirs",
  not_as_told: "The server’s receipt does not say what this computer told the server of the session",
  report_missing: "The server’s receipt leaves out something that this computer told the server of the session",
  no_yes: "The server’s receipt leaves out that you said yes",
};

export const errors: ErrorTable = {
  malformed: { what: "The server could not read this request.", todo: "Check what you wrote and try again. If it happens again, update Renfort." },
  too_large: (p) => ({
    what: p.limit ? `This is too large: at most ${p.limit} bytes can be sent.` : "This is too large to be sent.",
    todo: "Shorten it and try again.",
  }),
  too_fast: { what: "Too much was sent in a short time.", todo: "Wait ten seconds and try again." },
  wrong_version: (p) => ({
    what: `This Renfort and your helpdesk’s server do not speak the same version${p.supported ? ` (the server speaks ${p.supported})` : ""}.`,
    todo: "Ask your helpdesk for the current version of Renfort.",
  }),
  out_of_order: { what: "That is not possible at this moment.", todo: "Look at where things stand now and try again." },
  not_allowed: { what: "Your account may not do this.", todo: "Sign in with an account that may, or ask your administrator." },
  sign_in_failed: { what: "The name or the password is wrong.", todo: "Try again. If you forgot the password, ask your administrator." },
  sign_in_limited: (p) => ({
    what: "There were too many attempts to sign in.",
    todo: p.seconds ? `Try again in ${p.seconds} seconds.` : "Wait a few minutes and try again.",
  }),
  second_factor_needed: { what: "Your password is right. A second code is needed.", todo: "Write the code that your authenticator app shows." },
  second_factor_wrong: { what: "This code is wrong, or was used before.", todo: "A code of the app: wait for the next one and write that; if it stays so, check your phone’s clock. A code on paper: take another one." },
  second_factor_locked: { what: "There were too many wrong codes. Codes of the app are no longer accepted.", todo: "Use a recovery code, or ask your administrator to reset your second factor." },
  second_factor_needed_to_be_set_up: { what: "Your organisation asks for a second code when signing in, and your account has none yet.", todo: "Ask your administrator to set it up with you." },
  sign_in_expired: { what: "Your sign-in has ended.", todo: "Sign in again." },
  bad_signature: { what: "The server did not accept this installation’s signature.", todo: "Start Renfort again. If it stays so, import the organisation file anew." },
  unknown_ticket: { what: "This ticket does not exist, or it is not yours.", todo: "Go back and choose another one." },
  unknown_session: { what: "This session no longer exists.", todo: "If help is still needed, the technician can ask again." },
  unknown_view: { what: "This view does not exist any more.", todo: "Save it anew." },
  too_many: (p) => ({
    what: p.limit ? `There are already ${p.limit}, and no more can be kept.` : "There are already as many as can be kept.",
    todo: p.of === "articles"
      ? "Articles are never deleted: open one that is no longer needed and write the new one in its place."
      : "Delete one that is no longer needed, then try again.",
  }),
  name_taken: { what: "You already have one of this name.", todo: "Give it another name." },
  unknown_article: { what: "This article is not there, or not any more.", todo: "Go back and choose another one." },
  unknown_reply: { what: "This canned reply is not there any more.", todo: "Go back to the list." },
  changed_meanwhile: (p) => ({
    what: p.author ? `${p.author} saved it meanwhile. Nothing of theirs was overwritten.` : "It was changed meanwhile. Nothing was overwritten.",
    todo: "Look at what is there now, then save yours again.",
  }),
  unknown_placeholder: (p) => ({
    what: p.placeholder ? `There is no placeholder {${p.placeholder}}.` : "It uses a placeholder that does not exist.",
    todo: "Use {user}, {technician}, {ticket} or {machine}.",
  }),
  reply_too_long: (p) => ({
    what: p.limit ? `With its placeholders filled in it could become longer than ${p.limit} characters.` : "With its placeholders filled in it could become too long.",
    todo: "Shorten it, or use fewer placeholders.",
  }),
  already_taken: (p) => ({
    what: p.technician ? `${p.technician} has already taken this ticket.` : "Somebody else has already taken this ticket.",
    todo: "Take the next one in the queue.",
  }),
  ticket_open: (p) => ({
    what: p.ticket ? `You already have an open ticket: ${p.ticket}.` : "You already have an open ticket.",
    todo: "Wait for help on that one, or withdraw it first.",
  }),
  ticket_closed: { what: "This ticket is closed.", todo: "If help is still needed, open a new one." },
  user_offline: { what: "The user’s app is not connected, so they cannot be asked.", todo: "Call them, or try again when the ticket shows “App open”." },
  session_open: { what: "You have another session open.", todo: "End that one first." },
  against_policy: { what: "Your organisation does not allow this.", todo: "Ask your helpdesk how else it can be done." },
  too_early: (p) => ({
    what: "“Allow” does not work yet, so that you can read the warning.",
    todo: p.seconds ? `Read it, and try again in ${p.seconds} seconds.` : "Read it, and try again.",
  }),
  too_late: { what: "This session ended more than a week ago and can no longer be reported here.", todo: "Tell your organisation another way." },
  abuse_reported: { what: "This ticket has been given to others.", todo: "Take the next one in the queue." },
  bad_escalation: { what: "A ticket can only be passed on to a higher level.", todo: "Choose a higher level." },
  grant_expired: { what: "The time that the user allowed is over.", todo: "The technician can ask again." },
  not_granted: { what: "The user has not allowed this.", todo: "Ask them, and wait for their yes." },
  peer_malformed: { what: "The other machine sent something that cannot be read, so the session was ended.", todo: "Begin again. If it happens again, tell your administrator: one of the two apps may be damaged, or not be Renfort." },
  not_recorded: { what: "The server could not write this down, so nothing was done.", todo: "Try again in a moment. If it stays so, tell your administrator that the server’s disk needs a look." },
  busy: { what: "The server has too much to do.", todo: "Renfort tries again by itself. You can also try in a minute." },
  shutting_down: { what: "The server is restarting.", todo: "Renfort connects again by itself in a moment." },
  replaced: { what: "Renfort was opened a second time, in another window or on another computer, and that one is in use.", todo: "Go on there, or choose “Try now” to go on here." },
  bad_organisation: { what: "This is not a valid organisation file or link.", todo: "Ask your helpdesk to send it again, and use the whole of it." },
  relay_unreachable: { what: "Your helpdesk’s server cannot be reached.", todo: "Check your network. Renfort tries again by itself." },
  relay_untrusted: { what: "The server’s certificate is not trusted, so Renfort does not connect.", todo: "Do not go on; tell your helpdesk. Renfort tries again by itself." },
  peer_lost: { what: "The other computer cannot be reached.", todo: "Check both networks. It goes on by itself when the connection is back." },
  no_screen: {
    what: "The screen cannot be shown.",
    todo: "Check that you are signed in on a display and that Renfort may record the screen, then try again.",
  },
  no_input: {
    what: "Mouse and keyboard cannot be used remotely.",
    todo: "The screen can still be seen. Check that Renfort may control this computer, then ask again.",
  },
  store_failed: (p) => ({
    what: `Renfort cannot read or write its own files on this computer${p.file ? ` (${p.file})` : ""}.`,
    todo: "Check that the disk is not full and that the folder belongs to you, then start Renfort again.",
  }),
  card_needed: ({ fault }) => trust.card.faults[isFault(fault) ? fault : "missing"],
  wrong_code: { what: "The code is wrong or no longer good.", todo: "Ask the person to read it again or to show a new one." },
  wrong_code_tried: ({ left }) => code.tried(left === undefined ? null : Number(left)),
  card_revoked: { what: "Your organisation took the technician’s card back, so Renfort ended the session. Your screen is no longer seen.", todo: "If you were not expecting this, tell your IT service." },
  untrusted: ({ what, fault }) => ({ what: trust.tampered(isTampered(what) ? what : null, isFault(fault) ? fault : null), todo: trust.tell }),
  bad_receipt: (p) => ({
    what: `${isReceiptFault(p.fault) ? UNLIKE[p.fault] : `The server’s receipt does not hold${p.fault ? ` (${p.fault})` : ""}`}, so Renfort did not save it.`,
    todo: p.fault === "version" ? "Update Renfort here. If it stays so, tell your helpdesk: the server has to be updated." : "Try again. If it stays so, tell your organisation’s security or data protection officer.",
  }),
  not_saved: (p) => ({
    what: p.reason === "full" ? "There is no room left where the file should go." : p.reason === "denied" ? "You may not write there." : "The file could not be saved there.",
    todo: p.reason === "full" ? "Make room, or choose another place." : "Choose another place and try again.",
  }),
  internal: (p) => ({
    what: "Something went wrong inside Renfort.",
    todo: p.detail ? `Try again. If it stays so, give your helpdesk this detail: ${p.detail}` : "Try again. If it stays so, start Renfort again.",
  }),
};
