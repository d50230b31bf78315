/** A host for tests and the gallery: shows the views it is given and remembers what was done. */
import type { Action, View } from "../generated/host";
import { desktopPlace, type Host, type PictureEvents, type PictureLink, type Place } from "./index";

export class FakeHost implements Host {
  readonly actions: Action[] = [];
  /** Thrown by the next `act`. */
  refusal: unknown;
  place: Place = desktopPlace;
  /** No picture comes, and input goes nowhere. */
  picture: (canvas: HTMLCanvasElement, events: PictureEvents) => PictureLink = (_, events) => {
    events.onState("connecting");
    return { send: () => false, close: () => undefined };
  };
  #changed = new Set<(view: View) => void>();

  constructor(public current: View) {}

  view(): Promise<View> {
    return Promise.resolve(this.current);
  }

  onView(changed: (view: View) => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }

  act(action: Action): Promise<void> {
    this.actions.push(action);
    if (this.refusal === undefined) return Promise.resolve();
    const refusal = this.refusal;
    this.refusal = undefined;
    return Promise.reject(refusal);
  }

  openPicture(canvas: HTMLCanvasElement, events: PictureEvents): PictureLink {
    return this.picture(canvas, events);
  }

  show(view: View): void {
    this.current = view;
    for (const changed of this.#changed) changed(view);
  }
}
