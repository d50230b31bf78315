/** What a screen reader reads, from the browser's own accessibility tree: roles, names, states and their order, and what is said by itself. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { announced, listen } from "./announcer";
import { PLAIN, Stage, TECHNICIAN, USER } from "./stage";
import type { Sample } from "./stand/stand";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterEach(() => expect(stage.faults()).toEqual([]));
afterAll(() => stage.close());

/** Lines of the page as it is read, in order; text between them is passed over. */
async function reads(...lines: string[]): Promise<void> {
  const snapshot = await stage.page.locator("body").ariaSnapshot();
  let rest = snapshot;
  for (const line of lines) {
    const at = rest.indexOf(line);
    expect(at, `${line} comes after what was before it in\n${snapshot}`).toBeGreaterThanOrEqual(0);
    rest = rest.slice(at + line.length);
  }
}

describe("a user hears", () => {
  test("who asks, for which ticket, what and how long, and then the answers", async () => {
    await stage.size(USER);
    await stage.app("consent");
    await reads(
      "main", 'heading "Claire Fontaine would like to see your screen" [level=1]', "Claire Fontaine", "Level 1 technician", "T-1001", "The printer on the second floor",
      'switch "They will see everything on your screen" [checked]', 'switch "They can use your mouse and keyboard"',
      'switch "Copied texts are shared"', 'group "For how long?"', 'radio "15 minutes"', 'radio "30 minutes" [checked]', 'button "Refuse"', 'button "Allow"', "No answer counts as no", "timer",
    );
    await stage.app("consent", { ...PLAIN, language: "fr" });
    await reads('heading "Claire Fontaine souhaite voir votre écran" [level=1]', "Technicien de niveau 1", "T-1001", 'button "Refuser"', 'button "Autoriser"');
  });

  test("in a session what is allowed, the time, the conversation and Stop", async () => {
    await stage.app("sessionControl");
    await reads(
      'heading "Help from Claire Fontaine" [level=1]', "status: Sees and controls your computer", "timer", 'button "5 more minutes"', 'switch "Use my mouse and keyboard" [checked]',
      'region "Messages with Claire Fontaine"', 'log "Messages with Claire Fontaine"', 'textbox "Write a message"', 'button "Send" [disabled]', 'button "Stop"',
    );
    const described = await stage.page.locator("h1").evaluate((h1) => document.getElementById(h1.getAttribute("aria-describedby") ?? "")?.textContent?.trim());
    expect(described).toBe("Sees and controls your computer");
  });

  test("a question as a dialog with what it means", async () => {
    await stage.app("sessionQuestion");
    const question = stage.page.getByRole("alertdialog", { name: "Claire Fontaine asks to use your mouse and keyboard" });
    expect(await question.ariaSnapshot()).toMatch(/heading[^]*They can then click and type[^]*button "Refuse"[^]*button "Allow"/);
    expect(await question.evaluate((dialog) => document.getElementById(dialog.getAttribute("aria-describedby") ?? "")?.textContent)).toContain("take control back");
  });

  test("the choices of the request as two groups, and what is missing with its field", async () => {
    await stage.app("home");
    await reads('textbox "What is the matter?"', 'group "Who is stuck?"', 'radio "Only me"', 'radio "My team"', 'group "Can you still work?"', 'radio "I cannot work"', 'button "Get help"');
    await stage.get("get-help").click();
    const field = stage.page.getByRole("textbox", { name: "What is the matter?" });
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await field.evaluate((input) => (input.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent).join(" "))).toContain("Write one sentence");
  });
});

describe("a technician hears", () => {
  test("the queue as a list with what is chosen", async () => {
    await stage.size(TECHNICIAN);
    await stage.app("queue");
    await reads("banner", "main", 'heading "Queue" [level=1]', 'listbox "Queue"', 'option "P1 Critical Nobody on site can sign in any more', 'option "P3 Medium The printer on the second floor', "[selected]", 'article "Ticket T-1001"', 'button "Take"');
    const chosen = stage.page.getByRole("listbox", { name: "Queue" }).getByRole("option", { selected: true });
    expect(await chosen.count()).toBe(1);
    expect(await chosen.getAttribute("tabindex")).toBe("0");
  });

  test("the picture as something with a name, and how to leave it", async () => {
    await stage.app("remoteControl");
    const screen = stage.page.getByRole("textbox", { name: "Keyboard to the screen of Jeanne Martin" });
    expect(await stage.page.getByRole("img", { name: "Screen of Jeanne Martin" }).count()).toBe(1);
    expect(await screen.evaluate((keys) => document.getElementById(keys.getAttribute("aria-describedby") ?? "")?.textContent)).toMatch(/no screen reader can read.*press Ctrl twice/);
    await reads('banner "Session"', 'button "Give control back" [pressed]', 'button "Special keys"', "timer", 'button "End the session"', "main", 'heading "Session with Jeanne Martin" [level=1]');
  });

  test("a menu of special keys that is open or closed", async () => {
    await stage.app("remoteControl");
    const opener = stage.page.getByRole("button", { name: "Special keys" });
    expect(await opener.getAttribute("aria-expanded")).toBe("false");
    await opener.press("Enter");
    expect(await stage.page.getByRole("menu", { name: "Special keys" }).getByRole("menuitem").count()).toBeGreaterThan(4);
    expect(await opener.getAttribute("aria-expanded")).toBe("true");
  });
});

test("a supervisor hears tables with heads, and each session by what happened", async () => {
  await stage.size(TECHNICIAN);
  await stage.console({ hash: "#/sessions" });
  await reads('button "Skip to the content"', "banner", 'navigation "Pages"', "main", 'heading "Sessions" [level=1]', "status", "table", "columnheader", "link");
  expect(await stage.page.title()).toMatch(/^Sessions · /);
});

describe("without being asked, a screen reader says", () => {
  test("nothing of the seconds that pass", async () => {
    const samples: Sample[] = ["waiting", "consent", "session", "sessionQuestion", "asking", "remote", "homeOffline"];
    const said = await Promise.all(samples.map(async (sample) => {
      const own = await Stage.open();
      await own.app(sample);
      await listen(own);
      await own.page.waitForTimeout(2_300);
      const heard = await announced(own);
      await own.close();
      return `${sample}: ${heard.join()}`;
    }));
    expect(said).toEqual(samples.map((sample) => `${sample}: `));
  });

  test("a ticket that comes, once, and not those that were there", async () => {
    await stage.app("queue");
    await listen(stage);
    await stage.page.evaluate(() => {
      const view = window.stand.view();
      if (view?.side.page !== "queue") return;
      const [first] = view.side.tickets;
      if (first) window.stand.show({ ...view, side: { ...view.side, tickets: [{ ...first, id: "T-2001", summary: "The lift talks" }, ...view.side.tickets] } });
    });
    await expect.poll(async () => (await announced(stage)).join("\n")).toBe("New ticket T-2001, Critical: The lift talks");
    await stage.page.waitForTimeout(1_000);
    expect(await announced(stage)).toEqual([]);
  });

  test("that the connection is gone, and that it is back", async () => {
    await stage.app("home");
    await listen(stage);
    await stage.next("homeOffline");
    expect(await announced(stage)).toContain("Not connected");
    await stage.next("home");
    expect(await announced(stage)).toContain("Connected");
  });

  test("what the technician may do now", async () => {
    await stage.app("session");
    await listen(stage);
    await stage.next("sessionControl");
    expect(await announced(stage)).toContain("Sees and controls your computer");
    await stage.next("sessionLost");
    expect(await announced(stage)).toContain("Connection interrupted: nothing is done");
  });

  test("an error, at once", async () => {
    await stage.app("home");
    await listen(stage);
    await stage.next("home", { notice: { id: 9, error: { code: "busy" } } });
    expect((await announced(stage)).join()).toContain("too much to do");
  });

  test("how many messages wait while the conversation is closed", async () => {
    await stage.app("remote");
    await listen(stage);
    await stage.page.evaluate(() => {
      const view = window.stand.view();
      if (view?.side.page !== "ticket" || view.side.session.stage !== "open") return;
      const { session } = view.side;
      window.stand.show({ ...view, side: { ...view.side, session: { ...session, chat: [...session.chat, { id: 99, mine: false, at: Date.now(), text: "Are you there?" }] } } });
    });
    expect(await announced(stage)).toContain("2 new messages");
  });

  test("why a key went nowhere", async () => {
    await stage.app("remote");
    await stage.get("remote-keys").focus();
    await listen(stage);
    await stage.page.keyboard.press("a");
    await expect.poll(async () => (await announced(stage)).join()).toContain("Ask for control first");
  });
});
