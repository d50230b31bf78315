/**
 * A relay in memory, behind the same seam as the real one: for tests and for looking at the pages.
 * Invariant: it filters, pages and refuses as the relay does, so a page that works on it works on the relay.
 */
import type {
  Code, Filter, LogStatus, Me, Page, SessionDetail, SessionRow, TicketRow,
} from "../generated/protocol";
import { ApiError, type ConsoleApi } from "./api";
import { query } from "./api.fetch";

/** What the fake relay holds. */
export interface FakeRelay {
  me: Me;
  password: string;
  /** Newest first. */
  details: SessionDetail[];
  /** Newest first; those of `details` among them. */
  tickets: TicketRow[];
  log: LogStatus;
}

export class FakeApi implements ConsoleApi {
  signedIn = true;
  /** The next calls are refused with these, in order. */
  readonly refusals: Code[] = [];
  /** Every call, as `sessions?ticket=T-1`. */
  readonly calls: string[] = [];
  pageRows = 100;
  /** Time before an answer, in milliseconds. */
  delayMs = 0;

  constructor(readonly relay: FakeRelay) {}

  async signIn(login: string, password: string): Promise<Me> {
    await this.#called(`sign-in ${login}`);
    if (password !== this.relay.password) throw ApiError.of("sign_in_failed");
    this.signedIn = true;
    return this.relay.me;
  }

  async signOut(): Promise<void> {
    await this.#called("sign-out");
    this.signedIn = false;
  }

  async me(): Promise<Me> {
    await this.#called("me");
    this.#needsSignIn();
    return this.relay.me;
  }

  async sessions(filter: Filter): Promise<Page<SessionRow>> {
    await this.#called(`sessions${query(filter)}`);
    this.#needsSignIn();
    return this.#page(this.relay.details.map(({ row }) => row).filter((row) => fits(row, row.ticket, row.asked_at, filter) && ended(row, filter)), filter);
  }

  async tickets(filter: Filter): Promise<Page<TicketRow>> {
    await this.#called(`tickets${query(filter)}`);
    this.#needsSignIn();
    return this.#page(this.relay.tickets.filter((row) => fits(row, row.id, row.opened_at, filter) && stands(row, filter)), filter);
  }

  async session(id: string): Promise<SessionDetail> {
    await this.#called(`session/${id}`);
    this.#needsSignIn();
    const detail = this.relay.details.find(({ row }) => row.id === id);
    if (detail === undefined) throw ApiError.of("unknown_session");
    return detail;
  }

  async log(): Promise<LogStatus> {
    await this.#called("log");
    this.#needsSignIn();
    return this.relay.log;
  }

  exportUrl(what: string, form: string, filter: Filter): string {
    return `/v1/console/export/${what}.${form}${query({ ...filter, after: null })}`;
  }

  async #called(call: string): Promise<void> {
    this.calls.push(call);
    await new Promise((done) => setTimeout(done, this.delayMs));
    const refusal = this.refusals.shift();
    if (refusal !== undefined) throw ApiError.of(refusal);
  }

  #needsSignIn(): void {
    if (!this.signedIn) throw ApiError.of("sign_in_expired");
  }

  #page<Row>(rows: Row[], { after }: Filter): Page<Row> {
    const start = after === null ? 0 : Number(after);
    const end = start + this.pageRows;
    return { rows: rows.slice(start, end), total: rows.length, next: end < rows.length ? String(end) : null };
  }
}

function fits(row: SessionRow | TicketRow, ticket: string, at: number, filter: Filter): boolean {
  const person = filter.person?.toLowerCase();
  return (filter.ticket === null || filter.ticket === ticket)
    && (person === undefined || `${row.user.name}\n${row.user.machine}`.toLowerCase().includes(person))
    && (filter.technician === null || row.technician?.id === filter.technician)
    && (filter.from === null || at >= filter.from)
    && (filter.to === null || at < filter.to);
}

function ended(row: SessionRow, { outcome }: Filter): boolean {
  switch (outcome) {
    case null: return true;
    case "open": return row.ended_at === null;
    case "refused": return row.end === "refused" || row.end === "timed_out";
    default: return row.outcome?.outcome === outcome;
  }
}

function stands(row: TicketRow, { outcome }: Filter): boolean {
  switch (outcome) {
    case null: return true;
    case "open": return row.state === "waiting" || row.state === "taken";
    case "solved": case "not_solved": return row.state === outcome;
    default: return false;
  }
}
