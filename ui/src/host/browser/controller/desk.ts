/**
 * The technician's desk outside a session: who sits there, the queue, the ticket in hand.
 * Invariant: a technician has at most one ticket in hand, and while there is one it is what is shown.
 */
import type { GoneTicket } from "../../../generated/host";
import type { CannedReply, DeviceKey, EndReason, KeyboardLayout, Left, Person, QueueEntry, Revocations, SessionId, SignedCard, TicketDetail, TicketId } from "../../../generated/protocol";
import type { Viewed } from "./viewed";

export class Desk {
  person: Person | null = null;
  readonly queue = new Map<TicketId, QueueEntry>();
  shown: TicketId | null = null;
  /** The ticket that was looked at and left the queue; told until another one is looked at. */
  gone: GoneTicket | null = null;
  detail: TicketDetail | null = null;
  session: Viewed | null = null;
  /** Layout of the keyboard of this machine. */
  keyboard: KeyboardLayout | null = null;
  /** This browser's key; empty until it was found. */
  device: DeviceKey = "";
  /** This device's card, as the relay has it. */
  card: SignedCard | null = null;
  revocations: Revocations | null = null;
  /** The relay has our request for a card. */
  cardRequested = false;
  /** A question is being signed. */
  signing = false;
  /** Canned replies, while they are looked for. */
  replies: readonly CannedReply[] | null = null;
  /** The ticket that a draft article was made of last. */
  drafted: TicketId | null = null;
  /** How the last session of the ticket in hand ended. */
  over: EndReason | null = null;
  /** A session that ended here; the relay does not know yet. */
  ending: { readonly session: SessionId; readonly reason: EndReason } | null = null;

  /** Nobody sits here any more. */
  forget(): void {
    this.queue.clear();
    this.person = this.shown = this.gone = this.detail = this.session = this.replies = this.drafted = this.over = this.ending = null;
    this.card = null;
    this.cardRequested = this.signing = false;
  }

  /** The keyboard of this machine has this layout now. */
  keyboardIs(layout: KeyboardLayout | null): void {
    this.keyboard = layout;
    if (this.session) this.session.keyboard = { ...this.session.keyboard, mine: layout };
  }

  /** The newest list of cards that were taken back counts. */
  revoked(list: Revocations): void {
    if (!this.revocations || list.number > this.revocations.number) this.revocations = list;
  }

  isIn(session: SessionId): boolean {
    return this.session?.info.id === session;
  }

  /** The ticket in hand. */
  get inHand(): TicketId | null {
    const me = this.person?.id;
    if (me === undefined) return null;
    const mine = [...this.queue.values()].find((entry) => entry.state === "taken" && entry.technician?.id === me);
    return this.session?.info.ticket ?? mine?.id ?? null;
  }

  /** The ticket that is looked at. */
  get lookedAt(): TicketId | null {
    return this.inHand ?? this.shown;
  }

  /** In order of work: priority, then age. */
  get tickets(): QueueEntry[] {
    const number = (id: TicketId): number => Number(id.slice(2));
    return [...this.queue.values()].sort((a, b) => a.priority - b.priority || a.waiting_since - b.waiting_since || number(a.id) - number(b.id));
  }

  /** How many others wait. */
  waitingBeside(ticket: TicketId): number {
    return [...this.queue.values()].filter((entry) => entry.state === "waiting" && entry.id !== ticket).length;
  }

  /** Everything that waits, as the relay tells it at a welcome. */
  refill(queue: readonly QueueEntry[]): void {
    this.queue.clear();
    for (const entry of queue) this.queue.set(entry.id, entry);
  }

  /** A ticket came or changed. True when it is new and waits. */
  changed(entry: QueueEntry): boolean {
    const fresh = !this.queue.has(entry.id) && entry.state === "waiting";
    if (this.detail?.entry.id === entry.id) this.detail = { ...this.detail, entry };
    if (this.gone?.id === entry.id) this.gone = null;
    this.queue.set(entry.id, entry);
    return fresh;
  }

  left(ticket: TicketId, why: Left): void {
    const mine = this.inHand === ticket;
    const entry = this.queue.get(ticket);
    this.queue.delete(ticket);
    if (this.inHand === ticket) return;
    const lookedAt = this.shown === ticket && !mine;
    if (this.shown === ticket) this.shown = null;
    // Who had it in hand knows where it went, unless it was taken from them.
    if (entry && (lookedAt || (mine && why.left === "reassigned"))) this.gone = { id: ticket, summary: entry.summary, why };
  }

  show(ticket: TicketId | null): void {
    this.shown = ticket;
    this.gone = null;
    if (this.detail?.entry.id !== ticket) this.detail = null;
  }

  detailCame(detail: TicketDetail): void {
    if (this.lookedAt === detail.entry.id) this.detail = detail;
  }

  /** The relay has the outcome; the ticket is out of hand, wherever it went. */
  wrappedUp(ticket: TicketId): void {
    if (!this.session && this.inHand === ticket) this.queue.delete(ticket);
    if (this.shown === ticket) this.shown = null;
    if (this.detail?.entry.id === ticket) this.detail = null;
    this.replies = null;
    this.over = null;
  }
}
