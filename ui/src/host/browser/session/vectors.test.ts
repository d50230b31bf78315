/** The session does what the shared vectors say, as the engine of the desktop app does. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Capability, InputEvent } from "../../../generated/protocol";
import type { Candidate, Channel, LinkEvent, ViewerCommand, ViewerEffect } from "./events";
import { ViewerSession } from "./viewer";

type Happening =
  | { readonly link: LinkEvent }
  | { readonly message: unknown; readonly channel: Channel }
  | { readonly text: string; readonly channel: Channel }
  | { readonly padded: [string, number]; readonly channel: Channel }
  | { readonly command: ViewerCommand }
  | { readonly input: InputEvent }
  | { readonly candidate: Candidate }
  | { readonly picture: true }
  | { readonly copied: string }
  | { readonly copied_times: [string, number] }
  | { readonly decoder_failed: string }
  | { readonly malformed: string }
  | { readonly time: true };

interface Step {
  readonly at: number;
  readonly do: Happening;
  readonly effects: readonly ViewerEffect[];
  readonly timeout: number | null;
}

interface Case {
  readonly name: string;
  readonly capabilities: Capability[];
  readonly steps: readonly Step[];
}

const START = 1_000_000;
const { cases } = JSON.parse(readFileSync("../relay/protocol/vectors/viewer-session.json", "utf8")) as { cases: readonly Case[] };

function happens(session: ViewerSession, what: Happening, at: number): void {
  if ("link" in what) session.handleLink(what.link, at);
  else if ("message" in what) session.handleMessage(what.channel, JSON.stringify(what.message), at);
  else if ("text" in what) session.handleMessage(what.channel, what.text, at);
  else if ("padded" in what) session.handleMessage(what.channel, what.padded[0].padEnd(what.padded[1]), at);
  else if ("command" in what) session.handleCommand(what.command, at);
  else if ("input" in what) session.handleInput(what.input, at);
  else if ("candidate" in what) session.handleCandidate(what.candidate);
  else if ("picture" in what) session.handlePicture(at);
  else if ("copied" in what) session.handleCopied(what.copied);
  else if ("copied_times" in what) session.handleCopied(what.copied_times[0].repeat(what.copied_times[1]));
  else if ("decoder_failed" in what) session.handleDecoderFailed(what.decoder_failed, at);
  else if ("malformed" in what) session.handleMalformed(what.malformed, at);
  else session.handleTimeout(at);
}

describe("the viewer's session", () => {
  test("there are cases", () => expect(cases.length).toBeGreaterThan(40));

  test.each(cases)("$name", ({ capabilities, steps }) => {
    const grant = { session: "01".repeat(16), ticket: "T-1001", technician: 1, capabilities, expires_at: START + 600_000 };
    const session = new ViewerSession(grant, START, START);
    for (const [number, step] of steps.entries()) {
      happens(session, step.do, step.at);
      // As JSON has it: a member that is not there and one that is undefined are the same on the wire.
      const done = JSON.parse(JSON.stringify({ effects: session.take(), timeout: session.timeout })) as unknown;
      expect(done, `step ${number}: ${JSON.stringify(step.do)}`).toEqual({ effects: step.effects, timeout: step.timeout });
    }
  });
});
