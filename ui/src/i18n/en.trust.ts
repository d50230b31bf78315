/** English words about who is who: cards, the two words, and what is said when something was changed on its way. */
import type { CardFault, Tampered } from "../generated/protocol";

/** Why a device's card is of no use. */
interface CardFaultWords {
  what: string;
  /** What can be done besides asking for a card, which was done. */
  here?: string;
  todo: string;
}

/** Why the person who wanted in was not believed, for the end of a sentence. */
const NOT_BELIEVED: Record<CardFault, string> = {
  missing: "they have no card",
  version: "their card needs a newer Renfort here",
  foreign: "their card was not signed by your organisation",
  stolen: "the card they showed is somebody else’s",
  not_yet: "their card is dated in the future. Is the clock of this computer right",
  expired: "their card has expired",
  revoked: "your organisation took their card back",
};

/** What was changed between the two computers; nothing came of it. */
const CHANGED: Record<Exclude<Tampered, "card">, string> = {
  ask: "Something between the two computers changed the technician’s question. Nothing was shown.",
  replayed: "Something between the two computers put an old question again. Nothing was shown.",
  ready: "Something between the two computers changed the answer of the user’s computer. Nothing was shown.",
  reveal: "Something between the two computers changed what the technician’s computer sent. Nothing was shown.",
  allowance: "Something between the two computers changed what the user allowed. Nothing was shown on it.",
  offer: "Something between the two computers changed how they connect. Nothing was shown over that connection.",
  answer: "Something between the two computers changed how they connect. Nothing was shown over that connection.",
};

export const trust = {
  checked: (organisation: string) => `Checked: this person’s card was signed by ${organisation}.`,
  until: (day: string) => `The card is good until ${day}.`,
  words: {
    label: "Words to compare:",
    compare: "On the telephone with them? Both screens must show the same two words:",
    refuse: "If theirs differ, say no.",
    userHint: "The technician’s screen shows the same two words. If theirs differ, press Stop.",
    technicianHint: "The user’s screen shows the same two words. Compare them on the telephone; if theirs differ, end it here and tell your administrator.",
  },
  card: {
    neededTitle: "You cannot ring anybody yet",
    /** Why *Take* cannot be pressed, beside it. */
    takeNeeds: "Needs a card, or a code read out on the telephone.",
    takeNeedsCard: "Needs a card.",
    number: "Number of this device, which must be the one that your administrator sees:",
    requested: "Your request for a card was sent to your administrator. The card arrives here by itself.",
    notRequested: "Your request has not been sent yet.",
    request: "Send request",
    again: "Send again",
    expiring: (day: string) => `Your card is good until ${day}. Ask your administrator for a new one in time.`,
    faults: {
      missing: { what: "This device has no card, which shows users who you are.", todo: "Ask your administrator for a card." },
      version: { what: "This device’s card needs a newer Renfort.", here: "Update Renfort.", todo: "Update Renfort, or ask your administrator for a new card." },
      foreign: { what: "This device’s card was not signed by your organisation.", todo: "Ask your administrator for a new card." },
      stolen: { what: "The card here belongs to another device or another account.", todo: "Ask your administrator for a card for this one." },
      not_yet: { what: "This device’s card is dated in the future.", here: "Check the clock of this computer.", todo: "Check the clock of this computer, or ask your administrator for a new card." },
      expired: { what: "This device’s card has expired.", todo: "Ask your administrator for a new card." },
      revoked: { what: "Your organisation took this device’s card back.", todo: "Ask your administrator for a new card." },
    } satisfies Record<CardFault, CardFaultWords> as Record<CardFault, CardFaultWords>,
  },
  tampered: (what: Tampered | null, fault: CardFault | null): string => {
    if (what === null) return "Something between the two computers was changed, so Renfort refused the session.";
    if (what !== "card") return CHANGED[what];
    return `Somebody asked who could not show who they are${fault ? `: ${NOT_BELIEVED[fault]}` : ""}. Nothing was shown.`;
  },
  tell: "Tell your IT service.",
};
