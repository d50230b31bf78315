/**
 * A relay in memory, behind the same seam as the real one: for tests and for looking at the pages.
 * Invariant: it filters, pages and refuses as the relay does, so a page that works on it works on the relay.
 */
import type {
  Code, Filter, History, HistoryOf, Live, LiveOpening, LogStatus, Me, NewView, Page, SavedView, SessionDetail, SessionRow,
  TicketRow, TicketStory,
} from "../generated/protocol";
import type { FiguresQuery, PersonFigures, PersonQuery, TeamFigures } from "../generated/protocol";
import { ApiError, type ConsoleApi } from "./api";
import { query } from "./api.fetch";
import { emptyFigures, sampleFigures, samplePerson } from "./figures/sample";
import { FakeShelf } from "./articles/fake";
import { historyOf, storyOf } from "./fake.stories";
import { liveSample } from "./sample.live";

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

/** As many views as the real relay keeps. */
const MAX_VIEWS = 50;

export class FakeApi implements ConsoleApi {
  signedIn = true;
  /** The next calls are refused with these, in order. */
  readonly refusals: Code[] = [];
  /** Every call, as `sessions?ticket=T-1`. */
  readonly calls: string[] = [];
  pageRows = 100;
  /** Figures are those of a relay where nothing happened. */
  nothingHappened = false;
  /** Time before an answer, in milliseconds. */
  delayMs = 0;
  /** The code that every account needs; none when none does. */
  secondFactor: string | null = null;
  savedViews: SavedView[] = [];
  live: Live = liveSample(Date.now());
  /** Records in one part of a story. */
  storyRecords = 1_000;
  #lastView = 0;
  readonly shelf = new FakeShelf();
  /** The log as it is exported. */
  exported = "";

  constructor(readonly relay: FakeRelay) {
    this.shelf.before = async (call) => {
      await this.#called(call);
      this.#needsSignIn();
    };
  }

  async signIn(login: string, password: string, code?: string): Promise<Me> {
    await this.#called(`sign-in ${login}${code === undefined ? "" : ` ${code}`}`);
    if (password !== this.relay.password) throw ApiError.of("sign_in_failed");
    if (this.secondFactor !== null && code === undefined) throw ApiError.of("second_factor_needed");
    if (this.secondFactor !== null && code !== this.secondFactor) throw ApiError.of("second_factor_wrong");
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

  articles = this.shelf.articles.bind(this.shelf);
  article = this.shelf.article.bind(this.shelf);
  writeArticle = this.shelf.writeArticle.bind(this.shelf);
  saveArticle = this.shelf.saveArticle.bind(this.shelf);
  stepArticle = this.shelf.stepArticle.bind(this.shelf);
  restoreArticle = this.shelf.restoreArticle.bind(this.shelf);
  articleHistory = this.shelf.articleHistory.bind(this.shelf);
  articleVersion = this.shelf.articleVersion.bind(this.shelf);
  replies = this.shelf.replies.bind(this.shelf);
  saveReply = this.shelf.saveReply.bind(this.shelf);
  removeReply = this.shelf.removeReply.bind(this.shelf);

  async ticket(id: string, from: number): Promise<TicketStory> {
    await this.#called(`ticket/${id}${from === 0 ? "" : `?from=${from}`}`);
    this.#needsSignIn();
    const story = storyOf(this.relay, id, from, this.storyRecords);
    if (story === null) throw ApiError.of("unknown_ticket");
    return story;
  }

  async history(of: HistoryOf): Promise<History> {
    await this.#called(`history${query(of)}`);
    this.#needsSignIn();
    return historyOf(this.relay, of, this.pageRows);
  }

  async openLive(): Promise<LiveOpening> {
    await this.#called("live open");
    this.#needsSignIn();
    return { opening: "0".repeat(32), live: this.live };
  }

  async pollLive(): Promise<{ live: Live; tag: string | null } | null> {
    await this.#called("live poll");
    this.#needsSignIn();
    return { live: this.live, tag: null };
  }

  async views(): Promise<SavedView[]> {
    // Read beside a list, so a refusal in line is not for this call.
    this.calls.push("views");
    await new Promise((done) => setTimeout(done, this.delayMs));
    this.#needsSignIn();
    return this.savedViews;
  }

  async saveView(view: NewView): Promise<SavedView> {
    await this.#called(`save ${view.name}`);
    this.#needsSignIn();
    if (this.savedViews.length >= MAX_VIEWS) throw ApiError.of("too_many");
    this.#freeName(view.name, null);
    const kept = { ...view, id: ++this.#lastView };
    this.savedViews = [...this.savedViews, kept];
    return kept;
  }

  async renameView(id: number, name: string): Promise<void> {
    await this.#called(`rename ${id} ${name}`);
    this.#needsSignIn();
    this.#freeName(name, id);
    this.savedViews = this.savedViews.map((view) => (view.id === id ? { ...view, name } : view));
  }

  async deleteView(id: number): Promise<void> {
    await this.#called(`delete ${id}`);
    this.#needsSignIn();
    if (!this.savedViews.some((view) => view.id === id)) throw ApiError.of("unknown_view");
    this.savedViews = this.savedViews.filter((view) => view.id !== id);
  }

  #freeName(name: string, except: number | null): void {
    const taken = this.savedViews.some((view) => view.id !== except && view.name.toLowerCase() === name.toLowerCase());
    if (taken) throw ApiError.of("name_taken");
  }

  async figures(asked: FiguresQuery): Promise<TeamFigures> {
    await this.#called(`figures${query(asked)}`);
    this.#needsSignIn();
    return this.nothingHappened ? emptyFigures(asked, Date.now()) : sampleFigures(asked, Date.now());
  }

  async personFigures(asked: PersonQuery): Promise<PersonFigures> {
    await this.#called(`figures/person ${asked.technician} ${asked.from} ${asked.to}: ${asked.purpose}`);
    this.#needsSignIn();
    const technician = this.relay.me.technicians.find(({ id }) => id === asked.technician);
    if (technician?.role !== "technician") throw new ApiError({ code: "malformed", params: { member: "technician" } });
    const { id, name, level } = technician;
    return samplePerson(asked, { id, name, level });
  }

  figuresUrl(asked: FiguresQuery): string {
    return `/v1/console/figures.csv${query(asked)}`;
  }

  async log(): Promise<LogStatus> {
    await this.#called("log");
    this.#needsSignIn();
    return this.relay.log;
  }

  async exportLog(): Promise<ReadableStream<Uint8Array>> {
    await this.#called("exportLog");
    this.#needsSignIn();
    return new Blob([this.exported]).stream();
  }

  async file(address: string): Promise<{ content: Blob; name: string }> {
    await this.#called(`file ${address}`);
    this.#needsSignIn();
    return { content: new Blob([this.exported]), name: address.split(/[/?]/).at(3) ?? "" };
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
  const machine = filter.machine?.toLowerCase();
  const words = filter.text?.toLowerCase().split(/\s+/) ?? [];
  const all = `${row.user.name}\n${row.user.machine}\n${row.summary}`.toLowerCase();
  return (filter.ticket === null || filter.ticket === ticket)
    && (person === undefined || `${row.user.name}\n${row.user.machine}`.toLowerCase().includes(person))
    && (machine === undefined || row.user.machine.toLowerCase().includes(machine))
    && words.every((word) => all.includes(word))
    && (filter.level === null || !("level" in row) || row.level === filter.level)
    && (filter.state === null || !("state" in row) || inState(row, filter.state))
    && (filter.reopened !== true || !("reopened" in row) || row.reopened > 0)
    && (filter.technician === null || row.technician?.id === filter.technician)
    && (filter.from === null || at >= filter.from)
    && (filter.to === null || at < filter.to);
}

function inState({ state }: TicketRow, wanted: NonNullable<Filter["state"]>): boolean {
  return wanted === "open" ? state === "waiting" || state === "taken" : state === wanted;
}

function ended(row: SessionRow, { outcome }: Filter): boolean {
  switch (outcome) {
    case null: return true;
    case "open": return row.ended_at === null;
    case "refused": case "unanswered": return row.end === "refused" || row.end === "timed_out";
    case "reported": return row.abuse_reported;
    default: return row.outcome?.outcome === outcome;
  }
}

function stands(row: TicketRow, { outcome }: Filter): boolean {
  switch (outcome) {
    case null: return true;
    case "open": return row.state === "waiting" || row.state === "taken";
    case "reported": return row.abuse_reported;
    case "solved": case "not_solved": return row.state === outcome;
    default: return false;
  }
}
