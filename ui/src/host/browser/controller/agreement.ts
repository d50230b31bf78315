/**
 * How a session is agreed on, seen from the technician: our question, the readiness of the user's machine, our nonce, the
 * user's yes. The checks themselves are made elsewhere (`binding/check`); here is what is due next.
 *
 * Flow: what the relay said or a check found -> `next` steps, to be done in order.
 * Invariant: one check is under way at most, and nothing is believed before its check came back.
 */
import type { Grant, Nonce, SessionInfo, Signature, SignedReady, Tampered, Words } from "../../../generated/protocol";
import { sameAsk, type Asked } from "../binding/ask";
import type { Check, Verdict } from "../binding/check";
import type { Bound, Transcript } from "../binding/transcript";

export type Step =
  | { readonly step: "check"; readonly check: Check }
  /** The readiness holds: now our nonce may be known. */
  | { readonly step: "reveal"; readonly nonce: Nonce }
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
    private revealed: boolean,
  ) {}

  /** Of a question that this page put; null when the relay tells another one in its place. */
  static ofQuestion(info: SessionInfo, asked: Asked): Agreement | null {
    return info.id === asked.ask.ask.session && info.ticket === asked.ask.ask.ticket && sameAsk(info.ask, asked.ask) ? new Agreement(info, asked.nonce, true, false) : null;
  }

  /** Of a question that an earlier run of this page put and whose nonce it revealed. */
  static ofReturn(info: SessionInfo, reveal: Nonce): Agreement {
    return new Agreement(info, reveal, false, true);
  }

  /** The words to compare; null before the readiness is known to hold. */
  get words(): Words | null {
    return this.#transcript?.words ?? null;
  }

  /** What the relay holds of the session: at its beginning, and after each reconnection. */
  heard({ ready, reveal, grant, allowance }: SessionInfo): Step[] {
    // What was revealed never reached it.
    const again: Step[] = this.revealed && reveal === null ? [{ step: "reveal", nonce: this.nonce }] : [];
    if (reveal !== null && reveal !== this.nonce) return [distrust("reveal")];
    if (this.revealed && !ready) return [distrust("ready")];
    const steps = ready ? this.ready(ready) : [];
    if (steps.some(({ step }) => step === "distrust") || !grant) return [...again, ...steps];
    if (!allowance) return [distrust("allowance")];
    return [...again, ...steps, ...this.granted(grant, allowance)];
  }

  /** The user's machine hears our question. It says so once; to a second, other one our nonce would be no secret. */
  ready(ready: SignedReady): Step[] {
    if (this.#ready) return same(this.#ready, ready) ? [] : [distrust("ready")];
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
      case "ask":
        this.ours = true;
        return this.#next();
      case "transcript": {
        this.#transcript = verdict.transcript;
        const reveal: Step[] = this.revealed ? [] : [{ step: "reveal", nonce: this.nonce }];
        this.revealed = true;
        return [...reveal, ...this.#next()];
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
    if (!this.#transcript) return this.#ready && { check: "ready", ask: ask.ask, ready: this.#ready, nonce: this.nonce };
    return this.#granted && !this.#bound ? { check: "allowance", transcript: this.#transcript, ...this.#granted } : null;
  }
}
