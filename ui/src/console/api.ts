/**
 * What the console asks of the relay. Pages know this seam and nothing of HTTP; tests put a fake behind it.
 * Invariant: whatever goes wrong, a caller gets an `ApiError` with a stable code, never anything else.
 */
import type {
  Code, Filter, History, HistoryOf, Live, LiveOpening, LogStatus, Me, NewView, Page, SavedView, SessionDetail, SessionId,
  SessionRow, TicketId, TicketRow, TicketStory, WireError,
} from "../generated/protocol";
import type { ArticlesApi } from "./articles/api";
import type { FiguresApi } from "./figures/api";

/** What can be exported. */
export type Exported = "sessions" | "tickets" | "audit";
/** In which form: for spreadsheets, or one JSON object a line. */
export type ExportForm = "csv" | "jsonl";

/** A refused or failed call. */
export class ApiError extends Error {
  constructor(readonly wire: WireError) {
    super(wire.code);
    this.name = "ApiError";
  }

  /** Must the person sign in (again)? */
  get signedOut(): boolean {
    return this.wire.code === "sign_in_expired";
  }

  static of(code: Code): ApiError {
    return new ApiError({ code });
  }
}

/** Turns anything thrown into an `ApiError`. */
export function toApiError(thrown: unknown): ApiError {
  return thrown instanceof ApiError ? thrown : ApiError.of("internal");
}

/** The relay, seen from the console. Every method throws `ApiError`. */
export interface ConsoleApi extends FiguresApi, ArticlesApi {
  /** `second_factor_needed` when the code must be given, too. */
  signIn(login: string, password: string, code?: string): Promise<Me>;
  signOut(): Promise<void>;
  /** Who is signed in; `sign_in_expired` when nobody is. */
  me(): Promise<Me>;
  sessions(filter: Filter, abort?: AbortSignal): Promise<Page<SessionRow>>;
  tickets(filter: Filter, abort?: AbortSignal): Promise<Page<TicketRow>>;
  session(id: SessionId, abort?: AbortSignal): Promise<SessionDetail>;
  /** A ticket with its whole story; a long one comes in parts, from the record `from` on. */
  ticket(id: TicketId, from: number, abort?: AbortSignal): Promise<TicketStory>;
  history(of: HistoryOf, abort?: AbortSignal): Promise<History>;
  /** Opens a page of what goes on now, which is recorded. */
  openLive(abort?: AbortSignal): Promise<LiveOpening>;
  /** A further look; null when nothing changed since the one with this tag. */
  pollLive(opening: string, tag: string | null, abort?: AbortSignal): Promise<{ live: Live; tag: string | null } | null>;
  views(): Promise<SavedView[]>;
  saveView(view: NewView): Promise<SavedView>;
  renameView(id: number, name: string): Promise<void>;
  deleteView(id: number): Promise<void>;
  /** Checks the whole log, which takes the longer the longer it is. */
  log(abort?: AbortSignal): Promise<LogStatus>;
  /** The whole log as a file, for whoever checks it here. */
  exportLog(abort: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** What lies at an address that `exportUrl` or `figuresUrl` made, and its name. */
  file(address: string): Promise<{ content: Blob; name: string }>;
  /** Address of the file with all rows of `filter`, however many. */
  exportUrl(what: Exported, form: ExportForm, filter: Filter): string;
}
