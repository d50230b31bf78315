/**
 * Every page and state that a person may come to, and how to get there. Samples of the app come by themselves; a page of
 * the console that has no address here does not compile.
 */
import type { Place } from "../src/console/route";
import { sessionId } from "../src/console/sample";
import { samples } from "../src/host/samples";
import { BANNER, type Stage, TECHNICIAN, USER } from "./stage";
import type { Behind, Look, Sample } from "./stand/stand";

export interface Scene {
  name: string;
  size: { width: number; height: number };
  show: (stage: Stage, look: Look) => Promise<void>;
}

const sizeOf = (sample: Sample): Scene["size"] => (samples[sample]("en").side.role === "user" ? USER : TECHNICIAN);

function app(sample: Sample, name: string = sample, ...clicks: string[]): Scene {
  return {
    name,
    size: sizeOf(sample),
    async show(stage, look) {
      await stage.app(sample, look);
      for (const click of clicks) await stage.get(click).first().click();
      await stage.settled();
    },
  };
}

const banner = (sample: Sample): Scene => ({ name: `banner ${sample}`, size: BANNER, show: (stage, look) => stage.banner(sample, look) });

function board(name: string, behind: Behind, ...clicks: string[]): Scene {
  return {
    name: `console ${name}`,
    size: TECHNICIAN,
    async show(stage, look) {
      await stage.console(behind, look);
      for (const click of clicks) await stage.get(click).first().click();
      await stage.settled();
    },
  };
}

/** An address of each page of the console. */
export const ADDRESSES: Record<Place["page"], string> = {
  ticket: "#/ticket/T-1099",
  person: "#/person/Jeanne%20Martin",
  machine: "#/machine/PC-ACCUEIL-07",
  live: "#/live",
  figures: "#/figures",
  articles: "#/articles",
  article: `#/article/${"0a".repeat(16)}/en`,
  replies: "#/replies",
  sessions: "#/sessions",
  tickets: "#/tickets",
  session: `#/session/${sessionId(1099)}`,
  log: "#/log",
  nowhere: "#/nowhere",
};

export const APP: readonly Scene[] = [
  ...(Object.keys(samples) as Sample[]).map((sample) => app(sample)),
  app("home", "settings of a user", "settings"),
  app("queue", "settings of a technician", "settings"),
  app("home", "home, something missing", "get-help"),
  app("waiting", "withdrawing", "cancel-ticket"),
  app("session", "reporting abuse", "report-abuse"),
  app("finished", "reporting abuse afterwards", "report-abuse"),
  app("signIn", "sign-in, something missing", "sign-in"),
  app("remote", "chat beside the picture", "chat-toggle"),
  app("remote", "ticket beside the picture", "ticket-toggle"),
  app("remoteControl", "special keys", "special-keys"),
  app("queue", "typing a code", "code-enter"),
  app("queue", "typing a code, something missing", "code-enter", "code-use"),
  app("overWrongCode", "typing a code for the ticket in hand", "code-enter"),
  app("over", "wrap-up, something missing", "wrapup-submit"),
  ...(["home", "session", "sessionControl", "sessionByCode", "sessionQuestion", "sessionLost"] as const).map(banner),
];

export const CONSOLE: readonly Scene[] = [
  ...Object.entries(ADDRESSES).map(([page, hash]) => board(page, { hash })),
  board("sign-in", { hash: "#/sessions", signedOut: true }),
  board("sign-in, something missing", { hash: "#/sessions", signedOut: true }, "console-sign-in"),
  board("nothing heard", { hash: "#/sessions", refusals: ["relay_unreachable"] }),
  board("loading", { hash: "#/sessions", silent: true }),
  board("no sessions", { hash: "#/sessions", sessions: 0 }),
  board("no tickets that match", { hash: "#/tickets?person=nobody" }),
  board("no such session", { hash: `#/session/${"0".repeat(32)}` }),
  board("a broken log", { hash: "#/log", broken: true }),
  board("a session of a broken log", { hash: `#/session/${sessionId(1099)}`, broken: true }),
];

export const SCENES = [...APP, ...CONSOLE];
