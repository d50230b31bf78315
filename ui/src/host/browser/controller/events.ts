/** Everything that can happen to the page's controller, and everything that it can make happen. */
import type { Action, View } from "../../../generated/host";
import type { Grant, Identity, KeyboardLayout, Language, Request, SessionHead, SessionId, SessionInfo, Token, WireError } from "../../../generated/protocol";
import type { LinkEvent } from "../relay";
import type { ViewerCommand, ViewerEvent } from "../session/events";
import type { Settings } from "../storage";

export type Event =
  /** A person did something. */
  | { readonly event: "act"; readonly action: Action }
  /** The connection to the relay, with the epoch of its target. */
  | { readonly event: "link"; readonly epoch: number; readonly link: LinkEvent }
  /** The viewer of a session. */
  | { readonly event: "viewer"; readonly session: SessionId; readonly viewer: ViewerEvent }
  /** Layout of the keyboard of this machine; null when it is not known. */
  | { readonly event: "own_keyboard"; readonly layout: KeyboardLayout | null }
  /** Time has passed; a few times a second. */
  | { readonly event: "tick" };

/** To be carried out in order. */
export type Effect =
  /** Connect to the relay, leaving any other connection. */
  | { readonly effect: "connect"; readonly epoch: number; readonly identity: Identity; readonly language: Language }
  /** At the next hello, say this. */
  | { readonly effect: "identify"; readonly identity: Identity; readonly language: Language }
  | { readonly effect: "disconnect" }
  /** Try the relay now. */
  | { readonly effect: "retry_now" }
  | { readonly effect: "send"; readonly request: Request }
  /** Sign this head with the device key, and send it under this number. */
  | { readonly effect: "sign_head"; readonly id: number; readonly head: SessionHead }
  /** Start showing the user's screen. */
  | { readonly effect: "start_viewer"; readonly session: SessionInfo; readonly grant: Grant }
  /** To the viewer of this session, when it is still there. */
  | { readonly effect: "to_viewer"; readonly session: SessionId; readonly command: ViewerCommand }
  /** Leave the session without a word: it goes on in another tab or program. */
  | { readonly effect: "drop_viewer"; readonly session: SessionId }
  /** A ticket came. */
  | { readonly effect: "notify"; readonly summary: string }
  | { readonly effect: "keep_settings"; readonly settings: Settings }
  /** Keep the sign-in, or forget it. */
  | { readonly effect: "keep_token"; readonly token: Token | null }
  | { readonly effect: "emit"; readonly view: View };

/** Shows an error until it is dismissed. */
export type Tell = (error: WireError) => void;
