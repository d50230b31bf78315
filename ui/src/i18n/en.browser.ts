/** English words of the technician's page in a browser. */
export const browser = {
  newTicket: "New request for help",
  inBrowser: "In a browser",
  limitsTitle: "What is different in a browser",
  limitsLead: "Everything else works here as in the Renfort app.",
  limits: {
    shortcuts: {
      title: "Shortcuts",
      text: "The browser and your system keep some for themselves, such as Ctrl + W, Ctrl + T and Alt + Tab. The menu “Special keys” sends those that matter.",
      lift: "Full screen with all keys",
      lifted: "All keys go to the user’s machine while the page is in full screen. Hold Escape to leave it.",
      undo: "Leave full screen",
    },
    clipboard: {
      title: "Clipboard",
      text: "A text that you copied elsewhere is passed on when this page comes back to the front, once the browser may read the clipboard.",
      lift: "Allow the clipboard",
      refused: "The browser does not let this page read the clipboard: only texts that you copy on this page are passed on. You can change that in the site’s settings, beside the address.",
    },
    notifications: {
      title: "Notifications",
      text: "The browser shows new requests only with your permission. The number of waiting tickets is always in the tab’s title.",
      lift: "Allow notifications",
      refused: "The browser does not let this page notify you. You can change that in the site’s settings, beside the address. The number of waiting tickets is always in the tab’s title.",
    },
    origin: {
      title: "Trust",
      text: "This page’s program comes from your helpdesk’s server each time it is opened. Only the Renfort app does not depend on that.",
    },
  },
  console: "Supervisor’s console",
  unsupported: {
    title: "This browser cannot show a user’s screen",
    lead: "Use a current version of Chromium, Chrome, Edge or Firefox, or the Renfort app.",
    missing: "Missing here:",
    parts: {
      secure: "a secure connection (https)",
      signature: "Ed25519 signatures",
      webrtc: "WebRTC",
    },
  },
};
