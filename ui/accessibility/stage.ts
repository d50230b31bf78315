/**
 * The browser's page with the stand in it, as a test uses it.
 * Invariant: an error that a page writes to its console fails the test that showed it.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, type Browser, type BrowserContext, type CDPSession, type Locator, type Page } from "playwright-core";
import { inject } from "vitest";
import type { Action, View } from "../src/generated/host";
import type { Behind, Look, Sample, Stand } from "./stand/stand";

/** One browser for all tests of this process, which ends with it. `CHROMIUM` names another than the system's. */
let launched: Promise<Browser> | undefined;
const theBrowser = (): Promise<Browser> =>
  (launched ??= chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"] }));

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Turns of the page's own loop until what was shown stands and has moved the focus. */
const TURNS = 3;

export const LANGUAGES = ["en", "fr"] as const;
export const THEMES = ["light", "dark"] as const;
export const PLAIN: Look = { language: "en", theme: "light" };
export const USER = { width: 480, height: 720 };
export const TECHNICIAN = { width: 1280, height: 860 };
export const BANNER = { width: 640, height: 60 };

declare global {
  interface Window {
    stand: Stand;
  }
}

export class Stage {
  readonly #faults: string[] = [];

  private constructor(readonly page: Page, readonly devtools: CDPSession, private readonly context: BrowserContext) {
    page.on("console", (message) => message.type() === "error" && this.#faults.push(message.text()));
    page.on("pageerror", (error) => this.#faults.push(error.message));
    // A hostile text that is executed would show itself so.
    page.on("dialog", (dialog) => {
      this.#faults.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  static async open(): Promise<Stage> {
    const context = await (await theBrowser()).newContext({ viewport: TECHNICIAN, reducedMotion: "reduce", locale: "en-GB" });
    const page = await context.newPage();
    const stage = new Stage(page, await context.newCDPSession(page), context);
    await page.addInitScript(AXE);
    await page.goto(inject("stand"));
    await page.waitForFunction(() => "stand" in window);
    return stage;
  }

  async close(): Promise<void> {
    await this.context.close();
  }

  /** Everything that pages complained of since the last call. */
  faults(): string[] {
    return this.#faults.splice(0);
  }

  async size(size: { width: number; height: number }): Promise<void> {
    const now = this.page.viewportSize();
    if (now?.width === size.width && now.height === size.height) return;
    await this.page.setViewportSize(size);
    await this.drawn();
  }

  async app(sample: Sample, look: Look = PLAIN): Promise<void> {
    await this.page.evaluate(([name, how]) => window.stand.showApp(name, how), [sample, look] as const);
    await this.settled();
  }

  async banner(sample: Sample, look: Look = PLAIN): Promise<void> {
    await this.page.evaluate(([name, how]) => window.stand.showApp(name, how, true), [sample, look] as const);
    await this.settled();
  }

  async console(behind: Behind, look: Look = PLAIN): Promise<void> {
    await this.page.evaluate(([what, how]) => window.stand.showConsole(what, how), [behind, look] as const);
    await this.settled();
    if (!behind.silent) await this.page.waitForFunction(() => document.querySelector("[aria-busy=true]") === null);
  }

  /** The program's answer: its next view. */
  async next(sample: Sample, change: Partial<View> = {}): Promise<void> {
    await this.page.evaluate(([name, how, part]) => window.stand.next(name, how, part), [sample, PLAIN, change] as const);
    await this.settled();
  }

  actions(): Promise<Action[]> {
    return this.page.evaluate(() => window.stand.actions());
  }

  get(testid: string): Locator {
    return this.page.locator(`[data-testid="${testid}"]`);
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
    await this.settled();
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
    await this.settled();
  }

  /** Waits until what was shown stands. */
  async settled(): Promise<void> {
    await this.page.evaluate(async (turns) => {
      for (let turn = 0; turn < turns; turn += 1) await new Promise((done) => setTimeout(done));
    }, TURNS);
  }

  /** Waits until it is drawn, too, and what watches its size has seen it. */
  async drawn(): Promise<void> {
    await this.page.evaluate(async () => {
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
    });
  }
}
