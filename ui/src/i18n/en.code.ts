/** English words about the code that a user reads out to a technician on the telephone. */
import { counted } from "./plural";

const n = counted("en");

export const code = {
  /** At the user's. */
  offer: "On the telephone with support?",
  show: "Show a code",
  /** Of the ticket that is opened with it; the technician reads it in the queue. */
  summary: "On the telephone: reads a code to the technician",
  /** In an organisation that allows no codes. */
  none: "Your organisation uses no codes. Whoever asks you for one on the telephone is not your support.",
  title: "Code to read out",
  good: "Good for another",
  /** How often it can still be tried. */
  left: (count: number) => `It can be tried ${n(count, "more time", "more times")}.`,
  care: "Read it only to somebody whom you called yourself, or whose call you expected. Never send it by e-mail.",
  hide: "Hide the code",
  expired: "This code is no longer good: its ten minutes are over.",
  spent: "This code is no longer good: it has been tried three times.",
  again: "Show a new code",
  /** Somebody typed a wrong one; `left` is null when nobody knows how often it can still be tried. */
  tried: (left: number | null) =>
    left === 0
      ? { what: "Somebody typed a wrong code for the third time. Yours is no longer good.", todo: "If you are still on the telephone with your support, show a new one." }
      : {
          what: `Somebody typed a wrong code.${left === null ? "" : ` Yours can be tried ${n(left, "more time", "more times")}.`}`,
          todo: "Read it again, digit by digit. If you are not on the telephone with your support, hide it.",
        },

  /** Who came with a code. */
  unverified: "name not verified",
  consent: "Name not verified: this person only typed the code that you read out.",

  /** At the technician's. */
  enter: "Code…",
  enterHint: "Somebody on the telephone reads a code out to you",
  enterTitle: "Help with a code",
  enterLead: "The person chooses “Show a code” in their Renfort and reads all of it out to you.",
  field: "Code that the person reads out",
  fieldHint: "The ticket number and six more digits. Spaces and dashes do not matter.",
  use: "Use the code",
  cancel: "Cancel",
  checking: "The code is being checked…",
  offline: "There is no connection just now. Wait until it is back, then use the code.",
  cardless: "You can help all the same: somebody who is on the telephone with you reads a code out, and you type it under “Code…”.",
  /** After the organisation took this device's card back. */
  noneRevoked: "Until then nobody can be helped from this device, by a code either.",
  /** In an organisation that allows no codes. */
  noneHere: "Your organisation lets nobody help by a code: wait for your card.",
  faults: {
    empty: "Type the code first.",
    characters: "A code has digits only.",
    short: "There are digits missing: it is the ticket number and six more.",
    long: "The code is too long: it is the ticket number and six more digits.",
    zero: "A ticket number does not begin with 0. Ask the person to read it again.",
    /** Of another ticket than the one in hand. */
    other: (typed: string, held: string) => `This code is for ticket ${typed}, and you have ${held}. Have it read again, or close ${held} first.`,
    /** The relay does not give that ticket out; `what` says why. */
    number: (typed: string, what: string) => `${what} You typed ${typed}: have the code read again.`,
  },
};
