/** What a viewer's session is told to do, and what it has to be done; both as the engine of the desktop app has them. */
import type { Capability, CursorShape, EndReason, FromViewer, Grant, InputDenied, KeyboardLayout, ReportedEvent, Signal, Tampered, Typing, WireError, Withdrawn } from "../../../generated/protocol";

/** The two ways between the endpoints. */
export type Channel = "session" | "pointer";

/** An ICE candidate as the endpoints exchange it (RFC 8839). */
export interface Candidate {
  readonly candidate: string;
  readonly mid: string | null;
  readonly index: number | null;
}

/** What became of a connection: both channels can be used; nothing comes through, or again; of no further use. */
export type LinkEvent = "open" | "interrupted" | "restored" | "closed";

export type ViewerCommand =
  | { readonly command: "signal"; readonly signal: Signal }
  | { readonly command: "request" | "give_back"; readonly capability: Capability }
  | { readonly command: "type" | "chat"; readonly text: string }
  | { readonly command: "stop_typing" }
  /** Leave; the session's end was told to the relay. */
  | { readonly command: "end"; readonly reason: EndReason };

export type ViewerEvent =
  /** To the sharer, by way of the relay. */
  | { readonly event: "signal"; readonly signal: Signal }
  /** To the relay's log. */
  | { readonly event: "report"; readonly at: number; readonly report: ReportedEvent }
  | { readonly event: "connected" }
  /** What is allowed now, its end on this machine's clock. */
  | { readonly event: "granted"; readonly grant: Grant }
  | { readonly event: "refused"; readonly capability: Capability; readonly timed_out: boolean }
  | { readonly event: "withdrawn"; readonly capability: Capability; readonly reason: Withdrawn }
  | { readonly event: "screen"; readonly width: number; readonly height: number }
  | { readonly event: "pointer"; readonly x: number; readonly y: number }
  /** What the user's pointer looks like; null: it is hidden. */
  | { readonly event: "cursor"; readonly shape: CursorShape | null }
  /** Layout of the user's keyboard; null when it is not known. */
  | { readonly event: "keyboard"; readonly layout: KeyboardLayout | null }
  /** How far a text is that is typed on the user's machine. */
  | { readonly event: "typing"; readonly typing: Typing }
  | { readonly event: "input_denied"; readonly reason: InputDenied }
  | { readonly event: "chat"; readonly text: string }
  | { readonly event: "clipboard_received" | "clipboard_sent"; readonly characters: number }
  /** A copied text was too long to be passed on; `here`: copied by the technician. */
  | { readonly event: "clipboard_too_long"; readonly here: boolean; readonly characters: number }
  | { readonly event: "peer_lost"; readonly lost: boolean }
  /** What came from the other side was not signed by it; nothing of it was used. Told beside the session, which knows no keys. */
  | { readonly event: "tampered"; readonly what: Tampered }
  /** The last event. */
  | { readonly event: "ended"; readonly reason: EndReason; readonly error: WireError | null };

export type ViewerEffect =
  /** Make a new connection and answer this offer; an older connection is closed. */
  | { readonly effect: "answer"; readonly attempt: number; readonly offer: string }
  /** A candidate of the current attempt. */
  | { readonly effect: "add_candidate"; readonly candidate: Candidate }
  | { readonly effect: "send"; readonly channel: Channel; readonly message: FromViewer }
  | { readonly effect: "set_clipboard"; readonly text: string }
  | { readonly effect: "watch_clipboard"; readonly watch: boolean }
  | { readonly effect: "event"; readonly event: ViewerEvent };
