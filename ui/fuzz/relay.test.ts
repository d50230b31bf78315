// @vitest-environment node
/** What a relay says, to the technician's page: an honest one, and one that says anything. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Reveal, SignedAsk, SignedReady } from "../src/generated/protocol";
import { verdictOf, type Check } from "../src/host/browser/binding/check";
import { Technician } from "../src/host/browser/controller/technician";
import type { Effect } from "../src/host/browser/controller/events";
import type { Device } from "../src/host/browser/device";
import { RelayLink, type LinkEvent } from "../src/host/browser/relay";
import { read } from "../src/host/browser/relay-wire";
import { corpus, holds, messageText, near, SOAK_MS, vectors } from "./inputs";

const real = corpus("from_relay").map((said) => JSON.parse(said) as { type: string });
const USERS = ["ticket", "suggestions", "article", "receipt", "reveal"];

describe("messages of a relay", () => {
  test("are handed on with every member that the programs in Rust wrote", () => {
    const kinds = new Set<string>();
    for (const said of real) {
      const heard = read(JSON.stringify(said));
      if (USERS.includes(said.type)) expect(heard).toEqual({ heard: "other" });
      else expect(heard).toEqual({ heard: "message", message: said });
      kinds.add(said.type);
    }
    expect(kinds.size).toBe(22);
  });

  test("are read whole or refused", { timeout: SOAK_MS }, async () => {
    await holds(messageText(real), (said) => {
      const heard = read(said);
      if (heard.heard !== "message") return;
      expect(read(JSON.stringify(heard.message))).toEqual(heard);
      expect(USERS).not.toContain(heard.message.type);
    });
  });
});

/** A socket of which the test is the other end. */
class Wire {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  closed = false;
  send(): void {}
  close(): void {
    this.closed = true;
  }
}

describe("the connection", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("is open, lost or refused, whatever comes over it", { timeout: SOAK_MS }, async () => {
    const device = Promise.resolve({ key: "11".repeat(32), sign: () => Promise.resolve("22".repeat(64)) });
    await holds(fc.array(messageText(real), { maxLength: 6 }), (said) => {
      const events: LinkEvent[] = [];
      const wires: Wire[] = [];
      const make = (): WebSocket => {
        wires.push(new Wire());
        return wires.at(-1) as unknown as WebSocket;
      };
      const link = new RelayLink({ url: "ws://relay", device, make }, (epoch, event) => {
        expect(epoch).toBe(1);
        events.push(event);
      });
      link.connect({ epoch: 1, identity: { as: "token", token: "ab".repeat(32) }, language: "fr" });
      for (const data of said) wires[0]?.onmessage?.({ data });
      const welcomed = events.findIndex(({ link: what }) => what === "online");
      for (const [at, event] of events.entries()) {
        if (event.link === "message") expect(welcomed >= 0 && welcomed < at).toBe(true);
        if (event.link === "offline" || event.link === "rejected") {
          expect(at).toBe(events.length - 1);
          expect(event.error.code).toMatch(/^[a-z_]{1,40}$/);
          expect(wires[0]?.closed).toBe(true);
        }
      }
      link.disconnect();
    });
  });
});

const profile = { organisation: { name: "Mairie", codes: true }, relay: "wss://aide.example", version: "1", language: "fr" } as const;
const settings = { language: null, theme: "system", login: null } as const;
const [WELCOME] = real.filter((said) => said.type === "welcome" && JSON.stringify(said).includes('"technician"'));

test("the page's state survives whatever a relay says, and no screen is shown on its word alone", { timeout: SOAK_MS }, async () => {
  const steps = fc.array(fc.tuple(messageText(real), fc.constantFrom(0, 500, 6_000)), { maxLength: 10 });
  await holds(fc.tuple(near([WELCOME]).map((value) => JSON.stringify(value)), steps), ([welcome, said]) => {
    const controller = new Technician(profile, settings, "ab".repeat(32));
    let [now, epoch] = [1_700_000_000_000, 0];
    const look = (effects: Effect[]): void => {
      expect(effects.length).toBeLessThan(300);
      for (const effect of effects) {
        if (effect.effect === "connect") epoch = effect.epoch;
        // What is signed is checked elsewhere; here no check ever comes back.
        expect(effect.effect).not.toBe("start_viewer");
      }
    };
    look(controller.start(now));
    look(controller.handle({ event: "device", key: "2b".repeat(32) }, now));
    for (const [text, later] of [[welcome, 0] as const, ...said]) {
      now += later;
      const heard = read(text);
      if (heard.heard === "message") {
        const { message } = heard;
        const link: LinkEvent = message.type === "welcome" ? { link: "online", ...message } : { link: "message", message };
        look(controller.handle({ event: "link", epoch, link }, now));
      }
      look(controller.handle({ event: "tick" }, now));
      expect(controller.view().side.role).toBe("technician");
    }
  });
});

interface Vectors {
  readonly asks: readonly { session: string; ticket: string; ask: SignedAsk; verdict: unknown }[];
  readonly bindings: readonly { ask: SignedAsk; ready: SignedReady; nonce: string; verdict: unknown }[];
  readonly reveals: readonly { reveal: Reveal; verdict: unknown }[];
}
const { asks, bindings, reveals } = vectors("protocol/vectors/binding.json") as Vectors;
const good = asks.find(({ verdict }) => verdict === "ok");
const bound = bindings.find(({ verdict }) => verdict === "ok");
const revealed = reveals.find(({ verdict }) => verdict === "ok");
/** What was revealed is only checked here: nothing is to be signed. */
const device = Promise.reject<Device>(new Error("nothing is signed here"));
device.catch(() => undefined);

describe("what binds a session", () => {
  test("an ask or an answer in which anything that is signed was changed is found out", { timeout: SOAK_MS }, async () => {
    if (!good || !bound || !revealed) throw new Error("the first of each holds");
    const checks: Check[] = [
      { check: "ask", ask: good.ask, session: good.session, ticket: good.ticket },
      { check: "ready", ask: bound.ask.ask, ready: bound.ready, nonce: bound.nonce, asking: null, revealed: revealed.reveal },
    ];
    for (const check of checks) expect((await verdictOf(check, device)).found).not.toBe("tampered");
    await holds(near(checks), async (value) => {
      const check = value as Check;
      const verdict = await verdictOf(check, device);
      expect(verdict === undefined || ["ask", "transcript", "bound", "tampered", "wrong_code"].includes(verdict.found)).toBe(true);
      if (verdict?.found === "ask" || verdict?.found === "transcript") {
        // Members that nobody signs may come and go; what was checked is what was signed.
        expect(checks.map(signed)).toContainEqual(signed(check));
      }
    });
  });
});

/** What of a check is under a signature, or held against what is. */
function signed(check: Check): unknown {
  if (check.check === "ask") {
    const { commitment, credential } = check.ask.ask;
    return [check.session, check.ticket, check.ask.signature, commitment, credential.by === "card" ? credential.card.signature : credential.element];
  }
  return check.check === "ready" ? [check.ready.signature, check.ready.ready.device, check.ready.ready.nonce, check.nonce, check.ask.commitment, check.revealed?.session, check.revealed?.nonce, check.revealed?.signature] : null;
}
