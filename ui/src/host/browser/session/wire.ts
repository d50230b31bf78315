/**
 * Reading what the user's machine sent.
 * Invariant: what is handed on is a message that a sharer may send, whole and within the wire's limits.
 */
import type { Button, CursorShape, FromSharer, InputDenied, KeyMode, Withdrawn, WireError } from "../../../generated/protocol";
import { CURSOR_SLOTS, unpacked } from "../../../picture/cursor/shape";
import { MAX_CHAT_CHARS, MAX_SESSION_BYTES } from "./limits";
import { boolean, i16, matching, Misshapen, object, optional, record, string, stringThat, tagged, u16, u32, upTo, whole, wordOf, type Check } from "../shape";
import { capability, endReason, error, grant } from "../terms";
import { fitsClipboard, typed, written } from "./text";

const chat = stringThat((text) => written(text, MAX_CHAT_CHARS));
const clipboard = stringThat((text) => (fitsClipboard(text) ? text : null));

const denied = wordOf<InputDenied>({ not_granted: true, expired: true, own_window: true, paused: true, failed: true });
const layoutName = matching(/^[A-Za-z0-9_.+-]{1,40}$/);
const layout = object({ layout: layoutName, variant: optional(layoutName) });
/** How far a text is that is typed; how it stands lies beside it. */
const far = { typed: u16, of: u16 };
const typing = tagged("state", { going: far, done: far, cancelled: far, denied: { ...far, reason: denied } });

const coded = object({ width: u16, height: u16, x: u16, y: u16, pixels: string });
const shape: Check<CursorShape> = (value) => {
  const read = coded(value);
  if (unpacked(read) === null) throw new Misshapen();
  return read;
};
const slot = upTo(CURSOR_SLOTS - 1);
/** What the user's pointer looks like; which of these, lies beside it, too. */
const cursor = tagged("cursor", { hidden: {}, shape: { slot, shape }, kept: { slot } });

const fromSharer = tagged("type", {
  hello: { version: u16 },
  heartbeat: {},
  granted: { grant, now: whole },
  refused: { capability, timed_out: boolean },
  withdrawn: { capability, reason: wordOf<Withdrawn>({ by_user: true, by_technician: true, expired: true, session_ended: true, peer_lost: true }) },
  screen: { width: u16, height: u16 },
  pointer: { order: whole, x: u16, y: u16 },
  keyboard: { layout: optional(layout) },
  input_denied: { reason: denied },
  clipboard: { text: clipboard },
  clipboard_too_long: { characters: u32 },
  chat: { text: chat },
  bye: {
    reason: endReason,
    error: optional(error),
  },
});

const place = { x: u16, y: u16 };
const input = tagged("input", {
  move: { order: whole, ...place },
  button: { button: wordOf<Button>({ left: true, middle: true, right: true, back: true, forward: true }), pressed: boolean, ...place },
  wheel: { dx: i16, dy: i16, ...place },
  key: { code: string, key: string, how: wordOf<KeyMode>({ physical: true, character: true }), pressed: boolean },
  locks: { caps: boolean, num: optional(boolean) },
  release_all: {},
});
const others = tagged("type", {
  hello: { version: u16 },
  heartbeat: {},
  request: { capability, asked_at: whole },
  give_back: { capability },
  type: { text: stringThat(typed) },
  stop_typing: {},
  clipboard: { text: clipboard },
  clipboard_too_long: { characters: u32 },
  chat: { text: chat },
  bye: {},
});
const fromSharerWhole: Check<FromSharer> = (value) => {
  const { type } = record(value);
  if (type === "typing") return { type, ...typing(value) };
  return type === "cursor" ? { type, ...cursor(value) } : fromSharer(value);
};

/** What only this side may say, in its shape: told apart from what nobody says. */
const fromViewer: Check<unknown> = (value) => (record(value).type === "input" ? input(value) : others(value));

function passes(check: Check<unknown>, value: unknown): boolean {
  try {
    check(value);
    return true;
  } catch (thrown) {
    if (thrown instanceof Misshapen) return false;
    throw thrown;
  }
}

const size = (text: string): number => (text.length * 3 <= MAX_SESSION_BYTES ? text.length : new TextEncoder().encode(text).length);

export type Reading = { readonly message: FromSharer } | { readonly error: WireError };

export function read(text: string): Reading {
  if (size(text) > MAX_SESSION_BYTES) return { error: { code: "too_large", params: { limit: String(MAX_SESSION_BYTES) } } };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { error: { code: "malformed" } };
  }
  if (passes(fromSharerWhole, value)) return { message: fromSharerWhole(value) };
  return { error: { code: passes(fromViewer, value) ? "not_allowed" : "malformed" } };
}
