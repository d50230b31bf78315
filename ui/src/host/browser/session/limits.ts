/**
 * Limits of the wire and times of a session, as the protocol and the engine have them; the shared vectors hold both to them.
 */

/** Version of the wire that this page speaks. */
export const VERSION = 2;
/** Largest message between the two endpoints, in bytes. */
export const MAX_SESSION_BYTES = 256 * 1024;
/** Longest clipboard text, in characters. */
export const MAX_CLIPBOARD_CHARS = 50_000;
/** Bytes of a message that carries a clipboard text, beside the text itself; with room to spare. */
export const CLIPBOARD_ENVELOPE = 64;
/** Longest chat message, in characters. */
export const MAX_CHAT_CHARS = 2_000;
/** Longest text that is typed on the user's machine at once, in characters. */
export const MAX_TYPED_CHARS = 2_000;
/** Longest `code` or `key` of a key, in bytes. */
export const MAX_KEY_BYTES = 32;
/** How often this side says that it is here, in milliseconds. */
export const HEARTBEAT_MS = 1_000;
/** Silence after which the other side is shown as lost, in milliseconds. */
export const PEER_LOST_MS = 2_500;
/** Silence after which the session ends as lost, in milliseconds. */
export const SESSION_LOST_MS = 60_000;
/** A connection that is interrupted for longer is asked for anew, in milliseconds. */
export const BROKEN_MS = 4_000;
/** An attempt that has not opened by then is asked for anew, in milliseconds. */
export const ATTEMPT_MS = 10_000;
/** A connection that was closed or could not be made is asked for anew after this pause, in milliseconds. */
export const RETRY_MS = 500;
/** The technician is told once in this time that input goes nowhere, in milliseconds. */
export const REMIND_MS = 2_000;
/** Chat that waits for a connection; when full, the oldest line is left out. */
export const UNSENT_CHAT = 32;
