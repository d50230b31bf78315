/**
 * What every page of the app reaches: the current view and a way to act. Flow: host -> `view` -> pages -> `act` -> host.
 * Invariant: a view that the host sent earlier never replaces one that it sent later.
 */
import { createContext } from "svelte";
import type { Action, View } from "../generated/host";
import type { WireError } from "../generated/protocol";
import type { Host } from "../host";
import { Zoom } from "./zoom.svelte";

function asError(thrown: unknown): WireError {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string") {
    return thrown as WireError;
  }
  return { code: "internal", params: { detail: thrown instanceof Error ? thrown.message : String(thrown) } };
}

export class Desk {
  /** None before the first. */
  view = $state.raw<View | null>(null);
  /** An action or the first view did not even reach the program. */
  failure = $state.raw<WireError | null>(null);

  readonly zoom: Zoom;

  constructor(readonly host: Host) {
    this.zoom = new Zoom(host.place.zoom);
  }

  /** Follows the host; returns what ends it. */
  follow(): () => void {
    let changed = false;
    const stop = this.host.onView((view) => {
      changed = true;
      this.view = view;
    });
    this.host.view().then(
      (view) => {
        if (!changed) this.view = view;
      },
      (thrown: unknown) => (this.failure = asError(thrown)),
    );
    return stop;
  }

  act = async (action: Action): Promise<void> => {
    try {
      await this.host.act(action);
    } catch (thrown) {
      this.failure = asError(thrown);
    }
  };
}

export const [useDesk, provideDesk] = createContext<Desk>();
