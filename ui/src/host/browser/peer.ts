/**
 * One attempt to connect to the user's machine, with the browser's own WebRTC: takes the offer, answers it, carries the two
 * data channels, the picture's track, and its updates.
 *
 * Flow: `answer` -> candidates both ways -> both channels open -> messages. Nothing is handed out before both are open, so
 * that the opening is heard of first.
 * Invariant: nothing is told after `close`, and a description that does not name exactly one certificate is refused.
 */
import { namesOneCertificate } from "./description";
import type { Candidate, Channel, LinkEvent } from "./session/events";

export interface PeerEvents {
  onLink(event: LinkEvent): void;
  onCandidate(candidate: Candidate): void;
  onMessage(channel: Channel, text: string): void;
  onTrack(track: MediaStreamTrack): void;
  /** Once at most. Whoever is told sets what it wants to hear, at once. */
  onUpdates(channel: UpdateChannel): void;
}

/** The way of the picture's updates, and of what answers them. Messages may overtake each other. */
export interface UpdateChannel {
  onMessage: (message: Uint8Array) => void;
  /** The other side closed it: there are no more. */
  onClose: () => void;
  send(message: Uint8Array<ArrayBuffer>): void;
  /** There is to be video only. Nothing is told any more. */
  close(): void;
}

/** Updates come through this one; another version of them has another name. */
const PICTURE = "picture-2";
/** Messages that came before both channels were open. More than a sharer says first: the connection is given up. */
const EARLY_MESSAGES = 256;
/** Candidates that wait for the description they belong to; further ones are left out, no machine has so many addresses. */
const EARLY_CANDIDATES = 64;
/** Bytes that may wait on the session channel. Above it the other side no longer reads: the connection is given up. */
const WAITING_BYTES = 512 * 1024;
/** Bytes that may wait on the pointer channel; above it a move is left out, for the next one says more. */
const WAITING_MOVES = 4 * 1024;
/** A move that nothing follows for so long, in milliseconds, is said again: it may have been left out, or lost on its way. */
const AGAIN_MS = 100;
/** Bytes of answers to updates that may wait; a sharer that reads no more than that gets none. */
const WAITING_ANSWERS = 64 * 1024;
/** What was said last gets this long to leave, in milliseconds, looked after so often. */
const LAST_WORDS_MS = 500;
const LAST_WORDS_STEP_MS = 20;

export class Peer {
  readonly #connection: RTCPeerConnection;
  readonly #channels: Record<Channel, RTCDataChannel | null> = { session: null, pointer: null };
  #earlyMessages: [Channel, string][] = [];
  #earlyCandidates: Candidate[] | null = [];
  #foundBeforeAnswer: Candidate[] | null = [];
  #hasUpdates = false;
  #open = false;
  #closed = false;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly events: PeerEvents,
    make: () => RTCPeerConnection = () => new RTCPeerConnection({ bundlePolicy: "max-bundle" }),
  ) {
    this.#connection = make();
    this.#listen();
  }

  /** Takes the offer and gives the answer. */
  async answer(offer: string): Promise<string> {
    if (!namesOneCertificate(offer)) throw new Error("the offer does not name exactly one certificate");
    await this.#connection.setRemoteDescription({ type: "offer", sdp: offer });
    const early = this.#earlyCandidates ?? [];
    this.#earlyCandidates = null;
    for (const candidate of early) this.#take(candidate);
    await this.#connection.setLocalDescription(await this.#connection.createAnswer());
    const sdp = this.#connection.localDescription?.sdp;
    if (!sdp) throw new Error("the browser made no answer");
    return sdp;
  }

  /** The answer is on its way: the candidates found so far may follow it. */
  answered(): void {
    const found = this.#foundBeforeAnswer ?? [];
    this.#foundBeforeAnswer = null;
    for (const candidate of found) this.#tell(() => this.events.onCandidate(candidate));
  }

  addCandidate(candidate: Candidate): void {
    if (this.#earlyCandidates === null) this.#take(candidate);
    else if (this.#earlyCandidates.length < EARLY_CANDIDATES) this.#earlyCandidates.push(candidate);
  }

  /** Queues a message. False when the connection takes no more and must be given up. */
  send(channel: Channel, text: string): boolean {
    // It may come a second time, also after what is said on the other channel: whoever has heard a move drops it then.
    if (channel === "pointer") this.#sayAgain(text);
    return this.#say(channel, text);
  }

  #sayAgain(move: string): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      if (this.#closed) return;
      if ((this.#channels.pointer?.bufferedAmount ?? 0) > WAITING_MOVES) this.#sayAgain(move);
      else this.#say("pointer", move);
    }, AGAIN_MS);
  }

  #say(channel: Channel, text: string): boolean {
    const to = this.#channels[channel];
    const orderly = channel === "session";
    if (to?.readyState !== "open") return !orderly;
    if (to.bufferedAmount > (orderly ? WAITING_BYTES : WAITING_MOVES)) return !orderly;
    try {
      to.send(text);
      return true;
    } catch {
      return !orderly;
    }
  }

  /** Gives what was said last a moment to leave, then ends the connection. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    let left = LAST_WORDS_MS;
    const end = (): void => {
      left -= LAST_WORDS_STEP_MS;
      if (left > 0 && this.#channels.session?.readyState === "open" && this.#channels.session.bufferedAmount > 0) setTimeout(end, LAST_WORDS_STEP_MS);
      else this.#connection.close();
    };
    setTimeout(end, LAST_WORDS_STEP_MS);
  }

  #tell(tell: () => void): void {
    if (!this.#closed) tell();
  }

  #take({ candidate, mid, index }: Candidate): void {
    // One that this browser cannot use is left out; the others may still do.
    this.#connection.addIceCandidate({ candidate, sdpMid: mid, sdpMLineIndex: index }).catch(() => undefined);
  }

  #listen(): void {
    const connection = this.#connection;
    connection.onicecandidate = ({ candidate }) => {
      if (!candidate?.candidate) return;
      const found = { candidate: candidate.candidate, mid: candidate.sdpMid || null, index: candidate.sdpMLineIndex };
      if (this.#foundBeforeAnswer) this.#foundBeforeAnswer.push(found);
      else this.#tell(() => this.events.onCandidate(found));
    };
    connection.onconnectionstatechange = () => {
      switch (connection.connectionState) {
        case "connected":
          return this.#tell(() => this.events.onLink("restored"));
        case "disconnected":
          return this.#tell(() => this.events.onLink("interrupted"));
        case "failed":
        case "closed":
          // Once open, the end of the session channel is the end, so that nothing said before it is overtaken.
          return this.#tell(() => this.events.onLink(this.#open ? "interrupted" : "closed"));
      }
    };
    connection.ondatachannel = ({ channel }) => {
      const { label } = channel;
      if (label === PICTURE && !this.#hasUpdates) return this.#takeUpdates(channel);
      if ((label !== "session" && label !== "pointer") || this.#channels[label]) return channel.close();
      this.#channels[label] = channel;
      channel.onopen = () => this.#opened();
      channel.onmessage = ({ data }) => this.#received(label, data);
      if (label === "session") channel.onclose = () => this.#tell(() => this.events.onLink("closed"));
      this.#opened();
    };
    connection.ontrack = ({ track, receiver }) => {
      if (track.kind !== "video") return;
      // The picture is pointed at: the newest is better than the smoothest.
      if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
      this.#tell(() => this.events.onTrack(track));
    };
  }

  #takeUpdates(made: RTCDataChannel): void {
    this.#hasUpdates = true;
    made.binaryType = "arraybuffer";
    const close = (): void => {
      made.onmessage = made.onclose = null;
      made.close();
    };
    const channel: UpdateChannel = {
      onMessage: () => undefined,
      onClose: () => undefined,
      send: (message) => {
        if (made.readyState === "open" && made.bufferedAmount < WAITING_ANSWERS) made.send(message);
      },
      close,
    };
    made.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) return this.#tell(() => channel.onMessage(new Uint8Array(data)));
      close();
      this.#tell(() => channel.onClose());
    };
    made.onclose = () => this.#tell(() => channel.onClose());
    this.#tell(() => this.events.onUpdates(channel));
  }

  #opened(): void {
    if (this.#open || Object.values(this.#channels).some((channel) => channel?.readyState !== "open")) return;
    this.#open = true;
    this.#tell(() => this.events.onLink("open"));
    for (const [channel, text] of this.#earlyMessages.splice(0)) this.#tell(() => this.events.onMessage(channel, text));
  }

  #received(channel: Channel, data: unknown): void {
    // The protocol has no binary messages: one reads as nothing that anybody says.
    const text = typeof data === "string" ? data : "";
    if (this.#open) this.#tell(() => this.events.onMessage(channel, text));
    else if (this.#earlyMessages.length < EARLY_MESSAGES) this.#earlyMessages.push([channel, text]);
    else this.#tell(() => this.events.onLink("closed"));
  }
}
