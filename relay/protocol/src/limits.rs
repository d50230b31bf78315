//! Every limit of the wire, in one place, each with the reason for its size.

/// Largest signalling message after sign-in, in bytes. An SDP offer with all candidates is 3 to 8 KiB.
pub const MAX_SIGNALLING_BYTES: usize = 64 * 1024;
/// Largest message before sign-in, in bytes: a hello and nothing else.
pub const MAX_HELLO_BYTES: usize = 4 * 1024;
/// Signalling messages one connection may send in [`RATE_WINDOW_MS`]; above it the connection is closed with
/// [`crate::error::Code::TooFast`]. ICE candidates come in bursts of a few dozen.
pub const MAX_SIGNALLING_PER_WINDOW: u32 = 200;
/// Window of [`MAX_SIGNALLING_PER_WINDOW`], in milliseconds.
pub const RATE_WINDOW_MS: u64 = 10_000;
/// Largest message between the two endpoints, in bytes: a clipboard text of [`MAX_CLIPBOARD_CHARS`] in JSON, unless it
/// is full of control characters; such a text is too long all the same.
pub const MAX_SESSION_BYTES: usize = 256 * 1024;
/// Longest side of a pointer's shape, in pixels: what browsers take as a cursor. A larger one is told smaller.
pub const MAX_CURSOR_SIDE: u16 = 128;
/// Shapes of the pointer that a viewer keeps: more than the pictures of a usual animated one.
pub const CURSOR_SLOTS: usize = 32;
/// Shortest time between two shapes of the pointer, in milliseconds: as fast as animated ones usually go.
pub const CURSOR_EVERY_MS: u64 = 50;
/// Bytes of new shapes in a millisecond, in the long run: what else is said does not wait behind them.
pub const CURSOR_BYTES_PER_MS: u64 = 32;
/// Longest clipboard text, in characters.
pub const MAX_CLIPBOARD_CHARS: usize = 50_000;
/// Longest text that is typed on the user's machine at once, in characters.
pub const MAX_TYPED_CHARS: usize = 2_000;
/// Longest chat message, in characters.
pub const MAX_CHAT_CHARS: usize = 2_000;
/// Longest sentence with which a user asks for help, in characters.
pub const MAX_SUMMARY_CHARS: usize = 300;
/// Longest note, in characters.
pub const MAX_NOTE_CHARS: usize = 4_000;
/// Longest sentence with which a user reports abuse, in characters.
pub const MAX_ABUSE_CHARS: usize = 500;
/// Longest name of a person, a machine or an organisation, in characters.
pub const MAX_NAME_CHARS: usize = 80;
/// Longest SDP, in characters.
pub const MAX_SDP_CHARS: usize = 32 * 1024;
/// Longest ICE candidate line, in characters.
pub const MAX_CANDIDATE_CHARS: usize = 1_024;
/// Longest title of an article, in characters.
pub const MAX_ARTICLE_TITLE_CHARS: usize = 120;
/// Longest body of an article, in characters of Markdown: as JSON it fits into [`MAX_SIGNALLING_BYTES`].
pub const MAX_ARTICLE_CHARS: usize = 12_000;
/// Longest title of a canned reply, in characters.
pub const MAX_REPLY_TITLE_CHARS: usize = 80;
/// Longest text of a canned reply, in characters, placeholders as they are written.
pub const MAX_REPLY_CHARS: usize = 1_000;

/// The user's machine asks for this long before silence counts as a refusal, in milliseconds.
pub const CONSENT_ANSWER_MS: u64 = 60_000;
/// The time box of a new grant that is chosen before the user chooses, in milliseconds.
pub const GRANT_MS: u64 = 30 * 60_000;
/// The time boxes that a user can choose from, in milliseconds: 15 and 30 minutes, 1 and 2 hours.
pub const TIME_BOXES_MS: [u64; 4] = [15 * 60_000, GRANT_MS, 60 * 60_000, 2 * 60 * 60_000];
/// What "5 more minutes" adds, in milliseconds.
pub const EXTENSION_MS: u64 = 5 * 60_000;
/// Longest grant that any number of extensions can reach, counted from now, in milliseconds.
pub const MAX_GRANT_MS: u64 = 4 * 60 * 60_000;
/// How long *Allow* waits for a user who is warned, in milliseconds: time to read the warning.
pub const WARNING_PAUSE_MS: u64 = 5_000;
/// Digits of a code's secret part: with [`CODE_TRIES`] guesses, 3 in a million fit.
pub const CODE_DIGITS: usize = 6;
/// How long a code is good, in milliseconds.
pub const CODE_MS: u64 = 10 * 60_000;
/// Questions that can be put with one code; the first that fits uses it up.
pub const CODE_TRIES: u8 = 3;
/// How long after a session's end its user can report it as abuse, in milliseconds: a week.
pub const ABUSE_REPORT_MS: u64 = 7 * 24 * 60 * 60_000;
/// How often each endpoint says over the session channel that it is there, in milliseconds.
pub const HEARTBEAT_MS: u64 = 1_000;
/// Silence after which an endpoint says that its peer is gone, in milliseconds (promise: within 3 seconds).
pub const PEER_LOST_MS: u64 = 2_500;
/// Silence after which a session ends as lost, in milliseconds.
pub const SESSION_LOST_MS: u64 = 60_000;
/// How long the relay keeps a session whose endpoint left it (a restart, a network change), in milliseconds.
pub const RESUME_MS: u64 = 120_000;
