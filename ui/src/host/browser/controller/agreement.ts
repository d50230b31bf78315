/**
 * How a session is agreed on, seen from the technician: our question, the readiness of the user's machine, our nonce, the
 * user's yes. The checks themselves are made elsewhere (`binding/check`); here is what is due next.
 *
 * Flow: what the relay said or a check found -> `next` steps, to be done in order.
 * Invariant: one check is under way at most, and nothing is believed before its check came back.
 */
import type { Grant, Nonce, Reveal, SessionInfo, Signature, SignedReady, Tampered, Words } from "../../../generated/protocol";
import { sameAsk, type Asked } from "../binding/ask";
import type { Check, Verdict } from "../binding/check";
import type { Asking } from "../binding/code";
import type { Bound, Transcript } from "../binding/transcript";

export type Step =
  | { readonly step: "check"; readonly check: Check }
  /** The readiness holds: now our nonce may be known. */
  | { readonly step: "reveal"; readonly reveal: Reveal }
  /** The user's machine does not know the code: our nonce stays ours. */
  | { readonly step: "wrong_code" }
  /** The user's yes holds. */
  | { readonly step: "begin"; readonly grant: Grant; readonly bound: Bound }
  | { readonly step: "distrust"; readonly what: Tampered };

const distrust = (what: Tampered): Step => ({ step: "distrust", what });
const same = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);

export class Agreement {
  #ready: SignedReady | null = null;
  #granted: { readonly grant: Grant; readonly allowance: Signature } | null = null;
  #transcript: Transcript | null = null;
  #bound: Bound | null = null;
  #checking = false;

  private constructor(
    private readonly info: SessionInfo,
    /** The nonce that the question committed to. */
    private readonly nonce: Nonce,
    /** It is known to be our question. */
    private ours: boolean,
    /** Our end of the exchange over the code, when the question came with one. */
    private readonly asking: Asking | null,
    /** As it was sent. */
    private revealed: Reveal | null,
  ) {}

  /** Of a question that this page put; null when the relay tells another one in its place. */
  static ofQuestion(info: SessionInfo, asked: Asked): Agreement | null {
    return info.id === asked.ask.ask.session && info.ticket === asked.ask.ask.ticket && sameAsk(info.ask, asked.ask) ? new Agreement(info, asked.nonce, true, asked.asking, null) : null;
  }

  /** Of a question that an earlier run of this page put and whose nonce it revealed. */
  static ofReturn(info: SessionInfo, reveal: Reveal): Agreement {
    return new Agreement(info, reveal.nonce, false, null, reveal);
  }

  /** The words to compare; null before the readiness is known to hold. */
  get words(): Words | null {
    return this.#transcript?.words ?? null;
  }

  /** What the relay holds of the session: at its beginning, and after each reconnection. */
  heard({ ready, reveal, grant, allowance }: SessionInfo): Step[] {
    if (reveal !== null && !this.#isOurs(reveal)) return [distrust("reveal")];
    if (this.revealed && !ready) return [distrust("ready")];
    // A reveal that reached it is not said again.
    const steps = (ready ? this.ready(ready) : []).filter(({ step }) => step !== "reveal" || reveal === null);
    if (steps.some(({ step }) => step === "distrust") || !grant) return steps;
    if (!allowance) return [distrust("allowance")];
    return [...steps, ...this.granted(grant, allowance)];
  }

  #isOurs(reveal: Reveal): boolean {
    const ours = this.revealed;
    return reveal.nonce === this.nonce && (!ours || (reveal.confirmation === ours.confirmation && reveal.signature === ours.signature));
  }

  /** The user's machine hears our question. Said again, it is answered again; to another one our nonce would be no secret. */
  ready(ready: SignedReady): Step[] {
    if (this.#ready && !same(this.#ready, ready)) return [distrust("ready")];
    if (this.#ready) return this.revealed && !this.#bound ? [{ step: "reveal", reveal: this.revealed }] : [];
    this.#ready = ready;
    return this.#next();
  }

  /** The user said yes, as the relay tells it. */
  granted(grant: Grant, allowance: Signature): Step[] {
    if (this.#bound) return [];
    if (this.#granted) return same(this.#granted, { grant, allowance }) ? [] : [distrust("allowance")];
    // Nobody is asked before the user's machine and this one know each other.
    if (!this.#ready || grant.session !== this.info.id || grant.ticket !== this.info.ticket) return [distrust("allowance")];
    this.#granted = { grant, allowance };
    return this.#next();
  }

  /** A check came back. */
  checked(verdict: Verdict): Step[] {
    this.#checking = false;
    switch (verdict.found) {
      case "tampered":
        return [distrust(verdict.what)];
      case "wrong_code":
        return [{ step: "wrong_code" }];
      case "ask":
        this.ours = true;
        return this.#next();
      case "transcript": {
        this.#transcript = verdict.transcript;
        if (this.revealed) return this.#next();
        this.revealed = verdict.reveal;
        return [{ step: "reveal", reveal: this.revealed }, ...this.#next()];
      }
      case "bound": {
        this.#bound = verdict.bound;
        return this.#granted ? [{ step: "begin", grant: this.#granted.grant, bound: verdict.bound }] : [];
      }
    }
  }

  #next(): Step[] {
    const check = this.#checking ? null : this.#due();
    if (!check) return [];
    this.#checking = true;
    return [{ step: "check", check }];
  }

  #due(): Check | null {
    const { ask, id: session, ticket } = this.info;
    if (!this.ours) return { check: "ask", ask, session, ticket };
    if (!this.#transcript) return this.#ready && { check: "ready", ask: ask.ask, ready: this.#ready, nonce: this.nonce, asking: this.asking, revealed: this.revealed };
    return this.#granted && !this.#bound ? { check: "allowance", transcript: this.#transcript, ...this.#granted } : null;
  }
}
