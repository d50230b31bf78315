/**
 * The seam between the interface and the program around it. Pages know this and nothing else: the desktop app has one
 * implementation, tests have another.
 * Invariant: the interface never keeps state of its own that a `View` could contradict.
 */
import type { Action, PictureAddress, View } from "../generated/host";

export interface Host {
  /** Everything that is on screen, now. */
  view(): Promise<View>;
  /** Calls back at every change; returns what ends it. */
  onView(changed: (view: View) => void): () => void;
  /** Does something. What comes of it shows in the next view, errors included (as its notice). */
  act(action: Action): Promise<void>;
  /** A fresh address of the remote picture; good once, for 10 seconds. */
  openPicture(): Promise<PictureAddress>;
}
