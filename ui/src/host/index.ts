/**
 * The seam between the interface and the program around it. Pages know this and nothing else: the desktop app has one
 * implementation, a plain browser another, tests a third.
 * Invariant: the interface never keeps state of its own that a `View` could contradict.
 */
import type { Action, View } from "../generated/host";
import type { InputEvent } from "../generated/protocol";
import type { Cursor } from "../picture/cursor/shape";

export interface Host {
  /** Where the interface runs, and what that place cannot do. */
  readonly place: Place;
  /** Everything that is on screen, now. */
  view(): Promise<View>;
  /** Calls back at every change; returns what ends it. */
  onView(changed: (view: View) => void): () => void;
  /** Does something. What comes of it shows in the next view, errors included (as its notice). */
  act(action: Action): Promise<void>;
  /**
   * Shows the picture of the session that is open on this canvas, until it is closed. The canvas takes the size of the
   * user's screen in pixels.
   */
  openPicture(canvas: HTMLCanvasElement, events: PictureEvents): PictureLink;
}

/** What a shown picture tells. Nothing is told after `close`. */
export interface PictureEvents {
  /** The size that is painted, in pixels of the user's screen: at the first picture, and at every change. */
  onSize(size: { width: number; height: number }): void;
  /** Where the user's own pointer is, in those pixels. */
  onPointer(pointer: { x: number; y: number }): void;
  /** What it looks like; where nobody can tell, this is never called. */
  onCursor(cursor: Cursor): void;
  /** Is there a way for pictures to come? Lost, it is made anew without anybody's doing. */
  onState(state: PictureState): void;
}

export type PictureState = "connecting" | "open" | "lost";

/** A picture that is shown, and the way back. */
export interface PictureLink {
  /** Sends input to the user's machine; false when there is no way for it now, and it is dropped. */
  send(event: InputEvent): boolean;
  /** Paints no more. */
  close(): void;
}

/** Where the interface runs. */
export interface Place {
  /** Can this person be a user too? Sharing a screen needs the desktop app. */
  readonly userSide: boolean;
  /** The supervisors' console, where it is one click away. */
  readonly console: string | null;
  /** Makes everything larger by this factor; none where the place has its own way, as browsers have. */
  readonly zoom: ((factor: number) => Promise<void>) | null;
  /** What cannot be done here, though the desktop app can; empty there. */
  limits(): readonly Limit[];
  /** Calls back when that changes; returns what ends it. */
  onLimits(changed: () => void): () => void;
  /** Does what can be done about one of them; must be called from a click. What comes of it shows in `limits`. */
  lift(limit: LimitName): Promise<void>;
}

/** What a browser keeps for itself or asks about first. */
export type LimitName = "shortcuts" | "clipboard" | "notifications" | "origin";

export interface Limit {
  readonly name: LimitName;
  /** `liftable` here and now; `fixed` is not; `refused` by the person or the browser; `lifted` for as long as it lasts. */
  readonly state: "liftable" | "fixed" | "refused" | "lifted";
}

/** A place without limits: the desktop app. */
export const desktopPlace: Place = {
  userSide: true,
  console: null,
  zoom: null,
  limits: () => [],
  onLimits: () => () => undefined,
  lift: () => Promise.resolve(),
};
