/** English, and the shape that every other language must have. Texts for users avoid technical words. */
import type { ConsentWarning } from "../generated/host";
import type { Outcome } from "../generated/protocol";
import { articles } from "./en.articles";
import { code } from "./en.code";
import { copied } from "./en.copied";
import { keyboard } from "./en.keyboard";
import { browser } from "./en.browser";
import { errors } from "./en.errors";
import { offer } from "./en.offer";
import { technician } from "./en.technician";
import { trust } from "./en.trust";
import { counted } from "./plural";

const n = counted("en");

/** A list of parts: "a", "a and b", "a, b and c". */
const list = new Intl.ListFormat("en-GB", { type: "conjunction" });

export const en = {
  code,
  copied,
  keyboard,
  offer,
  trust,
  browser,
  errors,
  /** In place of a name or a text that was erased. */
  erased: "[erased]",
  /** Between what something is and what is said of it. */
  colon: ": ",
  ...technician,
  ...articles,

  field: {
    left: (count: number) => `${n(count, "character", "characters")} left`,
    over: (count: number) => `${n(count, "character", "characters")} too many`,
  },
  dialog: { close: "Close" },
  notice: { dismiss: "Dismiss this message" },
  chat: {
    title: (other: string) => `Messages with ${other}`,
    empty: (other: string) => `Write to ${other} here.`,
    write: "Write a message",
    send: "Send",
    me: "You",
  },
  priority: { 1: "Critical", 2: "High", 3: "Medium", 4: "Low", 5: "Planned" },
  impact: { person: "Only me", team: "My team", organisation: "Everyone on site" },
  urgency: { low: "It can wait", medium: "I can work, with difficulty", high: "I cannot work" },
  level: {
    1: "Level 1 technician: first help",
    2: "Level 2 technician: specialist",
    3: "Level 3 technician: expert",
  },

  app: {
    unnamed: "Renfort",
    settings: "Settings",
    online: "Connected",
    connecting: "Connecting…",
    offline: "Not connected",
    retryIn: (time: string) => `Trying again in ${time}.`,
    retryNow: "Try now",
    starting: "Starting…",
    failed: "The program behind this window does not answer. Close Renfort and open it again.",
  },
  settings: {
    title: "Settings",
    language: "Language",
    languages: { en: "English", fr: "Français" },
    theme: "Colours",
    themes: { system: "As on my computer", light: "Light", dark: "Dark" },
    zoom: "Size of text and buttons",
    percent: (count: number) => `${count}\u00a0%`,
    name: "My name",
    nameHint: "Technicians see this name when you ask for help.",
    save: "Save",
    toTechnician: {
      title: "I am a technician",
      hint: "Shows the queue of requests instead of “Get help”. You need an account.",
      change: "Show the queue",
    },
    toUser: {
      title: "I need help myself",
      hint: "Shows “Get help” instead of the queue.",
      change: "Show “Get help”",
    },
    about: (version: string) => `Renfort ${version}`,
    belongs: (organisation: string, relay: string) => `Set up for ${organisation}, through ${relay}`,
  },

  organisation: {
    title: "Who helps you?",
    lead: "Renfort needs a small file from your IT helpdesk, once. It says who may help you.",
    choose: "Choose the file…",
    or: "or paste the link you received",
    link: "Link from your helpdesk",
    placeholder: "renfort://import/…",
    import: "Use this link",
    missing: "Paste the link first.",
    hint: "You have neither? Ask your helpdesk for “the Renfort organisation file”.",
  },

  home: {
    title: "Get help",
    lead: "A technician of your helpdesk will look at it with you.",
    summary: "What is the matter?",
    placeholder: "The printer on the second floor prints blank pages",
    summaryMissing: "Write one sentence about what is wrong.",
    summaryLong: "Please make it shorter.",
    impact: "Who is stuck?",
    urgency: "Can you still work?",
    chooseOne: "Choose one of the three.",
    send: "Get help",
    offline: "Your request can be sent as soon as you are connected.",
  },

  waiting: {
    title: "Help is on its way",
    number: "Your ticket",
    next: "You are next.",
    before: (count: number) => `${n(count, "person is", "people are")} before you.`,
    inQueue: "You are in the queue.",
    lastSession: "Your last session",
    since: (time: string) => `Asked ${time}`,
    takenBy: (name: string) => `${name} has your ticket`,
    takenHint: "Nobody sees your screen now. You will be asked before anyone does.",
    mayClose: "You may close this window. Renfort stays beside the clock and calls you.",
    reopened: "Your ticket is open again.",
    offline: "Your ticket is kept. You keep your place while the connection comes back.",
    cancel: "I no longer need help",
    cancelTitle: "Withdraw your request?",
    cancelBody: (ticket: string) => `Ticket ${ticket} will be closed and you lose your place in the queue.`,
    cancelYes: "Withdraw it",
    cancelNo: "Keep waiting",
  },

  consent: {
    title: (name: string) => `${name} would like to see your screen`,
    about: "About your ticket",
    sees: "They will see everything on your screen",
    seesHint: "Always part of it: to allow is to let them see. Close what they should not see.",
    control: {
      label: "They can use your mouse and keyboard",
      hint: "They click and type as if they sat beside you. Without it they can only look.",
      forbidden: "Your organisation does not allow control of your computer.",
    },
    clipboard: {
      label: "Copied texts are shared",
      hint: "Texts that either of you copies can be pasted by the other.",
      forbidden: "Your organisation does not allow sharing copied texts.",
    },
    warnings: {
      first_time: {
        what: (name: string) => `You have not been helped by ${name} before.`,
        hint: "Somebody who calls you and asks you to open this is suspicious. If you did not ask for help, refuse.",
      },
      not_verified: {
        what: () => "Nobody has checked who this is.",
        hint: "Allow it only if you are on the telephone with them right now, and you called your own IT support or expected its call.",
      },
      not_asked_for: {
        what: () => "You did not send this request for help yourself.",
        hint: "It was opened for a telephone call, or by somebody else. If you did not call your own IT support, refuse.",
      },
    } satisfies Record<ConsentWarning, { what: (name: string) => string; hint: string }> as Record<ConsentWarning, { what: (name: string) => string; hint: string }>,
    allowWorks: "You can allow it now.",
    lasts: "For how long?",
    lastsHint: "You can stop at any moment.",
    answerBy: "No answer counts as no. Time left:",
    allow: "Allow",
    refuse: "Refuse",
  },

  session: {
    title: (name: string) => `Help from ${name}`,
    sees: "Sees your screen",
    seesNothing: "Does not see your screen now",
    controls: "Sees and controls your computer",
    connecting: "Is being connected…",
    lost: "Connection interrupted: nothing is done",
    left: "Time left",
    extend: "5 more minutes",
    allowed: "What is allowed",
    view: "See my screen",
    control: "Use my mouse and keyboard",
    clipboard: "Share copied texts",
    noLonger: "Your organisation allows no more time.",
    stop: "Stop",
    stopHint: "Ends it at once, also with Ctrl + Alt + Shift + S.",
    toTechnician: (name: string, characters: number) =>
      `${name} received a copied text (${n(characters, "character", "characters")})`,
    fromTechnician: (name: string, characters: number) =>
      `${name} put a text into your clipboard (${n(characters, "character", "characters")})`,
  },

  question: {
    control: (name: string) => `${name} asks to use your mouse and keyboard`,
    controlBody: "They can then click and type as if they sat beside you.",
    controlHint: "You can take control back at any moment.",
    clipboard: (name: string) => `${name} asks to exchange copied texts with you`,
    clipboardBody: "Texts that either of you copies can be pasted by the other.",
    clipboardHint: "You can end this at any moment.",
    view: (name: string) => `${name} asks to see your screen`,
    viewBody: "They will see everything on your screen.",
    viewHint: "You can stop at any moment.",
    allow: "Allow",
    refuse: "Refuse",
    answerBy: "No answer counts as no. Time left:",
  },

  abuse: {
    button: "Report abuse",
    title: "Report abuse?",
    rests: (name: string) => `While this is open, ${name} sees nothing of your screen and can do nothing. They are not told why. If you go on, they see your screen again, and do nothing there until you allow it.`,
    bodyRunning: (name: string) =>
      `If you report, the session ends. ${name} can no longer ask for this ticket, and a supervisor looks at what happened. Somebody else will help you.`,
    body: (name: string) => `${name} can no longer have this ticket, and a supervisor looks at what happened.`,
    sentence: "What happened?",
    sentenceHint: "If you like, in one sentence. A supervisor reads it.",
    tooLong: "Please make it shorter.",
    confirmRunning: "Stop and report",
    confirm: "Report",
    cancel: "Go back",
    cancelRunning: "Go on with the session",
    reported: "Your report is being passed on to a supervisor. What is needed to look into it is kept.",
  },

  finished: {
    title: "Help has ended",
    cancelled: "Your request was withdrawn",
    saw: (name: string, time: string) => `${name} saw your screen for ${time}`,
    sawNothing: (name: string) => `${name} did not see your screen.`,
    used: (time: string, counts: string | null) =>
      ` and used your mouse and keyboard for ${time}${counts === null ? "" : `: ${counts}`}.`,
    usedNothing: ", and did not use your mouse or keyboard.",
    keys: (count: number) => n(count, "key press", "key presses"),
    clicks: (count: number) => n(count, "click", "clicks"),
    copied: (count: number) => n(count, "text copied", "texts copied"),
    list: (parts: readonly string[]) => list.format(parts),
    none: "Nobody saw your screen.",
    message: (name: string) => `${name} writes`,
    messageFromHelpdesk: "Your helpdesk writes",
    ask: "Is your problem solved?",
    yes: "Yes, it is solved",
    no: "No, not solved",
    noHint: "“No” opens your ticket again and puts you back into the queue.",
    offline: "Your answer can be sent as soon as you are connected.",
    thanks: "Thank you for your answer.",
    home: "Back to the beginning",
    saveReceipt: "Save the receipt",
    receiptHint: "A page that tells what was done, which anybody can check.",
    receiptBusy: "The receipt is being made and checked. Then choose where it goes.",
    receiptSaved: (file: string) => `The receipt was checked and saved: ${file}`,
    receiptOffline: "The receipt can be saved as soon as you are connected.",
  },

  banner: {
    sees: (name: string) => `${name} sees your screen`,
    controls: (name: string) => `${name} controls your computer`,
    asks: (name: string) => `${name} asks for something: answer in Renfort`,
    lost: (name: string) => `${name} cannot be reached just now`,
    connecting: (name: string) => `${name} is connecting`,
    extend: "+5 min",
    extendLabel: "5 more minutes",
    stop: "Stop",
    none: "Nobody sees your screen",
    title: "Renfort: somebody sees your screen",
  },

  outcome: (outcome: Outcome): string =>
    outcome.outcome === "solved" ? "Solved" : outcome.outcome === "not_solved" ? "Not solved" : `Passed on to level ${outcome.to}`,
};
