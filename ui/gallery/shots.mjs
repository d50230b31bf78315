/**
 * Takes a picture of every page in both languages and themes: `node gallery/shots.mjs [folder] [name…]`. Uses the system's
 * Chromium (CHROMIUM names another one). Fails when a page is wider than its window or writes an error to the console.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { createServer } from "vite";

const [folder = "gallery/shots", ...wanted] = process.argv.slice(2);
const USER = { width: 480, height: 720 };
const TECHNICIAN = { width: 1280, height: 860 };
const SHOTS = [
  ...["organisation", "offer", "home", "homeOffline", "homeHelp", "article", "thanks", "waiting", "waitingOffline", "waitingTaken", "consent", "session"].map((page) => ({ page, size: USER })),
  ...["sessionControl", "sessionQuestion", "sessionLost", "finished"].map((page) => ({ page, size: USER })),
  ...["signIn", "queue", "queueEmpty", "asking", "remote", "remoteControl", "remoteRefused", "remoteLost", "over"].map((page) => ({ page, size: TECHNICIAN })),
  ...["session", "sessionControl", "sessionQuestion"].map((page) => ({ page, banner: true, size: { width: 640, height: 60 } })),
  { page: "home", size: USER, name: "settings", click: "settings" },
  { page: "waiting", size: USER, name: "cancel", click: "cancel-ticket" },
  { page: "home", size: USER, name: "homeMissing", click: "get-help" },
  { page: "queue", size: TECHNICIAN, name: "queueSettings", click: "settings" },
  { page: "remote", size: TECHNICIAN, name: "remoteChat", click: "chat-toggle" },
  { page: "remoteReplies", size: TECHNICIAN, name: "remoteReplies", click: ["chat-toggle", "replies-open"] },
  { page: "over", size: TECHNICIAN, name: "overDraft", click: "draft-make" },
  { page: "remoteControl", size: TECHNICIAN, name: "remoteKeys", click: "special-keys" },
  { page: "remoteControl", size: TECHNICIAN, name: "remoteTicket", click: "ticket-toggle" },
  { page: "remoteControl", size: TECHNICIAN, name: "keyModes", click: "keyboard-line" },
  { page: "remoteControl", size: TECHNICIAN, name: "typeText", click: "type-text-open" },
];

await mkdir(folder, { recursive: true });
const server = await createServer({ server: { port: 0, host: "127.0.0.1" }, logLevel: "warn" });
await server.listen();
const base = server.resolvedUrls.local[0];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
let faults = 0;
for (const shot of SHOTS) {
  const name = shot.name ?? (shot.banner ? `banner-${shot.page}` : shot.page);
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const language of ["en", "fr"]) {
    for (const theme of ["light", "dark"]) {
      const page = await browser.newPage({ viewport: shot.size });
      const fault = (what) => {
        faults += 1;
        console.error(`${name} ${language} ${theme}: ${what}`);
      };
      page.on("console", (message) => message.type() === "error" && fault(message.text()));
      page.on("pageerror", (error) => fault(error.message));
      await page.goto(`${base}gallery/?page=${shot.page}&language=${language}&theme=${theme}${shot.banner ? "&banner" : ""}`);
      await page.waitForSelector("main");
      for (const click of [shot.click ?? []].flat()) await page.click(`[data-testid=${click}]`);
      await page.waitForTimeout(150);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) fault(`${wide} px too wide`);
      await page.screenshot({ path: join(folder, `${name}-${language}-${theme}.png`) });
      await page.close();
    }
  }
}
await browser.close();
await server.close();
process.exitCode = faults > 0 ? 1 : 0;
