/**
 * The connection to the picture: asks the host for an address, shows its token, hands out what comes in, sends input.
 * Lost, it asks for a new address and comes back by itself until it is closed. Invariant: at most one socket is open, and
 * nothing is handed out after `close`.
 */
import type { PictureAddress, Place } from "../generated/host";
import type { InputEvent } from "../generated/protocol";
import { decode, type Rectangle, type ScreenSize, type UserCursor, type UserPointer } from "./message";

/** First and longest pause before the next attempt, in milliseconds; each pause doubles the last. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3_000;
/**
 * Bytes that may wait in the socket, far above what a person's input makes; above it pointer moves are left out (the next
 * one says more), while keys and buttons are never dropped.
 */
const WAITING_BYTES = 64 * 1024;
/** An empty binary message: one message was drawn. */
const DONE = new Uint8Array(0);

/** A message that was handed out: can it be said to be done with? */
interface Done {
  now: boolean;
}

/** One is done with: says so of all that no earlier one holds back. */
function tell(socket: WebSocket, waiting: Done[], done: Done): void {
  done.now = true;
  while (waiting[0]?.now) {
    waiting.shift();
    socket.send(DONE);
  }
}

/** Runs when what was just drawn is on the screen: the first frame paints it, and the second comes after. */
function afterPaint(then: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(then));
}

export interface PictureEvents {
  onRectangle(rectangle: Rectangle): void;
  onPointer(pointer: UserPointer): void;
  onCursor(cursor: UserCursor): void;
  /** The app paints the picture itself, which has this size. */
  onSize(size: ScreenSize): void;
  /** Open: can the app paint the picture itself? Then `place` says where. */
  onOpen(surface: boolean): void;
  onState(state: "connecting" | "open" | "lost"): void;
}

export class PictureSocket {
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause = FIRST_PAUSE_MS;
  #closed = false;

  constructor(
    private readonly openPicture: () => Promise<PictureAddress>,
    private readonly events: PictureEvents,
    private readonly make: (url: string) => WebSocket = (url) => new WebSocket(url),
  ) {
    events.onState("connecting");
    void this.#connect();
  }

  /** Sends input; false when there is no connection to send it over. */
  send(event: InputEvent): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    if (event.input === "move" && this.#socket.bufferedAmount > WAITING_BYTES) return false;
    this.#socket.send(JSON.stringify(event));
    return true;
  }

  /** Says where the app paints the picture. */
  place(place: Place): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(place));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = null;
  }

  async #connect(): Promise<void> {
    let socket: WebSocket;
    let token: string;
    let surface: boolean;
    try {
      const address = await this.openPicture();
      if (this.#closed) return;
      token = address.token;
      surface = address.surface;
      socket = this.make(address.url);
    } catch {
      // No picture to be had now (the session may just be ending): the next attempt or the next view says more.
      this.#again();
      return;
    }
    socket.binaryType = "arraybuffer";
    const waiting: Done[] = [];
    this.#socket = socket;
    socket.onopen = () => {
      socket.send(token);
      this.events.onOpen(surface);
      this.events.onState("open");
    };
    socket.onmessage = (message: MessageEvent<unknown>) => {
      if (this.#socket !== socket || !(message.data instanceof ArrayBuffer)) return;
      const decoded = decode(message.data);
      if (decoded) this.#pause = FIRST_PAUSE_MS;
      if (decoded?.kind === "rectangle") this.events.onRectangle(decoded);
      else if (decoded?.kind === "pointer") this.events.onPointer(decoded);
      else if (decoded?.kind === "cursor") this.events.onCursor(decoded);
      else if (decoded?.kind === "size") this.events.onSize(decoded);
      // Says that this message is done with, whatever it was: the program sends no more than a window can draw. Where the
      // program paints, it waits for this before it leaves a place to the page, which must be seen to have painted by then.
      // In their order: the program counts them.
      const done: Done = { now: !(surface && decoded?.kind === "rectangle") };
      waiting.push(done);
      if (!done.now) afterPaint(() => tell(socket, waiting, done));
      else tell(socket, waiting, done);
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#again();
    };
  }

  #again(): void {
    if (this.#closed) return;
    this.events.onState("lost");
    this.#timer = setTimeout(() => void this.#connect(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
  }
}
