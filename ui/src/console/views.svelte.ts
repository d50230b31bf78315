/**
 * The reader's saved views. They are read once a sign-in; each change goes to the relay first and is shown when the relay
 * has kept it.
 */
import type { ListKind, NewView, SavedView, WireError } from "../generated/protocol";
import { type ConsoleApi, toApiError } from "./api";
import { emptyForm, type FilterForm, viewFilterOf } from "./filter";

/** Longest name of a view, in characters; the relay's own limit. */
export const MAX_VIEW_NAME = 60;

/** A view that everybody has. */
export interface BuiltInView {
  key: "all" | "today" | "unanswered" | "notSolved" | "reopened" | "escalated" | "reported";
  form: FilterForm;
}

/** In the order in which they are shown. */
export function builtInViews(): readonly BuiltInView[] {
  const of = (part: Partial<FilterForm>): FilterForm => ({ ...emptyForm(), ...part });
  return [
    { key: "all", form: emptyForm() },
    { key: "today", form: of({ since: "today" }) },
    { key: "unanswered", form: of({ outcome: "unanswered" }) },
    { key: "notSolved", form: of({ outcome: "not_solved" }) },
    { key: "reopened", form: of({ reopened: "yes" }) },
    { key: "escalated", form: of({ outcome: "escalated" }) },
    { key: "reported", form: of({ outcome: "reported" }) },
  ];
}

export class SavedViews {
  /** By name; none before they were read. */
  own = $state.raw<readonly SavedView[] | null>(null);
  error = $state.raw<WireError | null>(null);
  /** The one deleted last, until something else is done. */
  removed = $state.raw<SavedView | null>(null);
  #reading = false;
  /** Grows when somebody else signs in, so that an answer to the one before is dropped. */
  #turn = 0;

  constructor(private readonly api: ConsoleApi, private readonly onSignedOut: () => void) {}

  /** Reads them unless they are there or under way. */
  async ensure(): Promise<void> {
    if (this.own !== null || this.#reading) return;
    this.#reading = true;
    const turn = this.#turn;
    this.error = null;
    try {
      const views = await this.api.views();
      if (turn === this.#turn) this.own = sorted(views);
    } catch (thrown) {
      if (turn === this.#turn) this.error = this.#failed(thrown);
    } finally {
      if (turn === this.#turn) this.#reading = false;
    }
  }

  /** Gives what went wrong. */
  async save(name: string, list: ListKind, form: FilterForm): Promise<WireError | null> {
    return this.#keep({ name: name.trim(), list, filter: viewFilterOf(form) });
  }

  async rename(view: SavedView, name: string): Promise<WireError | null> {
    return this.#try(async () => {
      await this.api.renameView(view.id, name.trim());
      this.own = sorted((this.own ?? []).map((one) => (one.id === view.id ? { ...one, name: name.trim() } : one)));
    });
  }

  async remove(view: SavedView): Promise<WireError | null> {
    return this.#try(async () => {
      await this.api.deleteView(view.id);
      this.own = (this.own ?? []).filter(({ id }) => id !== view.id);
      this.removed = view;
    });
  }

  /** Keeps the one deleted last anew. */
  async undo(): Promise<WireError | null> {
    const view = this.removed;
    if (view === null) return null;
    return this.#keep({ name: view.name, list: view.list, filter: view.filter });
  }

  clear(): void {
    this.#turn += 1;
    this.#reading = false;
    this.own = null;
    this.error = null;
    this.removed = null;
  }

  #keep(view: NewView): Promise<WireError | null> {
    return this.#try(async () => {
      const kept = await this.api.saveView(view);
      this.own = sorted([...(this.own ?? []), kept]);
      this.removed = null;
    });
  }

  async #try(change: () => Promise<void>): Promise<WireError | null> {
    try {
      await change();
      return null;
    } catch (thrown) {
      return this.#failed(thrown);
    }
  }

  #failed(thrown: unknown): WireError {
    const error = toApiError(thrown);
    if (error.signedOut) this.onSignedOut();
    return error.wire;
  }
}

function sorted(views: readonly SavedView[]): SavedView[] {
  return views.toSorted((one, other) => one.name.localeCompare(other.name) || one.id - other.id);
}
