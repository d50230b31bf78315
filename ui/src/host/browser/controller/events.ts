/** Everything that can happen to the page's controller, and everything that it can make happen. */
import type { Action, View } from "../../../generated/host";
import type { CardRequest, DeviceKey, Grant, Identity, KeyboardLayout, Language, Request, SessionHead, SessionId, SignedCardRequest, Token, WireError } from "../../../generated/protocol";
import type { Asked, Wish } from "../binding/ask";
import type { Check, Verdict } from "../binding/check";
import type { Bound } from "../binding/transcript";
import type { LinkEvent } from "../relay";
import type { ViewerCommand, ViewerEvent } from "../session/events";
import type { Settings } from "../storage";

/** A ticket is taken with a question, and its user may be asked anew. */
export type AskWhy = "take_ticket" | "ask_again";

export type Event =
  /** A person did something. */
  | { readonly event: "act"; readonly action: Action }
  /** The connection to the relay, with the epoch of its target. */
  | { readonly event: "link"; readonly epoch: number; readonly link: LinkEvent }
  /** The viewer of a session. */
  | { readonly event: "viewer"; readonly session: SessionId; readonly viewer: ViewerEvent }
  /** This browser's device key; told before any welcome. */
  | { readonly event: "device"; readonly key: DeviceKey }
  /** A question is signed and may be put. */
  | { readonly event: "signed_ask"; readonly why: AskWhy; readonly asked: Asked }
  | { readonly event: "signed_card_request"; readonly request: SignedCardRequest }
  /** This browser could not sign. */
  | { readonly event: "not_signed"; readonly detail: string }
  /** What a check of this session found. */
  | { readonly event: "checked"; readonly session: SessionId; readonly verdict: Verdict }
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
  /** Sign a question with this browser's key. */
  | { readonly effect: "sign_ask"; readonly why: AskWhy; readonly wish: Wish }
  | { readonly effect: "sign_card_request"; readonly request: CardRequest }
  /** Check what was signed by somebody. */
  | { readonly effect: "check"; readonly session: SessionId; readonly check: Check }
  /** Sign this head with the device key, and send it under this number. */
  | { readonly effect: "sign_head"; readonly id: number; readonly head: SessionHead }
  /** Start showing the user's screen. */
  | { readonly effect: "start_viewer"; readonly session: SessionId; readonly grant: Grant; readonly bound: Bound }
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
