/** What a place cannot do is said there, and only there. */
import { flushSync, mount, tick, unmount } from "svelte";
import { afterEach, expect, test } from "vitest";
import type { Limit, LimitName, Place } from "../host";
import { FakeHost } from "../host/fake";
import { samples } from "../host/samples";
import App from "./App.svelte";

class FakePlace implements Place {
  readonly userSide = false;
  readonly zoom = null;
  readonly console = "/console";
  readonly lifted: LimitName[] = [];
  current: Limit[] = [
    { name: "shortcuts", state: "liftable" },
    { name: "clipboard", state: "refused" },
    { name: "origin", state: "fixed" },
  ];
  readonly #listeners = new Set<() => void>();
  limits = (): Limit[] => this.current;
  onLimits(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }
  lift(limit: LimitName): Promise<void> {
    this.lifted.push(limit);
    this.current = [{ name: "shortcuts", state: "lifted" }];
    for (const changed of this.#listeners) changed();
    return Promise.resolve();
  }
}

let app: ReturnType<typeof mount> | undefined;
const settle = async (): Promise<void> => {
  await tick();
  flushSync();
};
async function open(host: FakeHost): Promise<void> {
  document.body.innerHTML = "<div id=app></div>";
  app = mount(App, { target: document.getElementById("app") as HTMLElement, props: { host } });
  await settle();
  await settle();
}
const all = (testid: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)];
const click = async (testid: string): Promise<void> => {
  const [found] = all(testid);
  if (!found) throw new Error(`${testid} is not on the page`);
  found.click();
  await settle();
};
afterEach(async () => {
  if (app) await unmount(app);
});

test("in a browser the limits are one click away, with what can be done about them", async () => {
  const host = new FakeHost(samples.queue("en"));
  const place = new FakePlace();
  host.place = place;
  await open(host);
  await click("place-limits");
  expect(all("limit-shortcuts")[0]?.textContent).toContain("Ctrl + W");
  expect(all("limit-clipboard")[0]?.textContent).toContain("does not let");
  expect(all("limit-origin")[0]?.textContent).toContain("server");
  expect([all("lift-clipboard"), all("lift-origin"), all("limit-notifications")]).toEqual([[], [], []]);
  await click("lift-shortcuts");
  expect(place.lifted).toEqual(["shortcuts"]);
  expect(all("limit-shortcuts")[0]?.textContent).toContain("Hold Escape");
});

test("they are within reach during a session too", async () => {
  const host = new FakeHost(samples.remote("fr"));
  host.place = new FakePlace();
  await open(host);
  expect(all("place-limits")[0]?.getAttribute("aria-label")).toBe("Ce qui change dans un navigateur");
});

test("a browser has no user's side, and the way to the console", async () => {
  const host = new FakeHost(samples.signIn("en"));
  host.place = new FakePlace();
  await open(host);
  expect(all("be-user")).toEqual([]);
  expect(all("to-console")[0]?.getAttribute("href")).toBe("/console");
  await click("settings");
  expect(all("be-user")).toEqual([]);
});

test("the desktop app has no limits to speak of", async () => {
  await open(new FakeHost(samples.signIn("en")));
  expect([all("place-limits"), all("to-console")]).toEqual([[], []]);
  expect(all("be-user")).toHaveLength(1);
});

test("an empty queue promises a notification only where one comes, and offers to allow it where it can be", async () => {
  const host = new FakeHost(samples.queueEmpty("en"));
  const place = new FakePlace();
  place.current = [{ name: "notifications", state: "liftable" }];
  host.place = place;
  await open(host);
  const said = (): string => all("queue-empty")[0]?.textContent ?? "";
  expect(said()).not.toContain("notification.");
  await click("queue-notify");
  expect(place.lifted).toEqual(["notifications"]);
  expect(said()).toContain("with a notification.");
  expect(all("queue-notify")).toEqual([]);
});

test("where the browser was told no, none is promised and nothing is offered in vain", async () => {
  const host = new FakeHost(samples.queueEmpty("en"));
  const place = new FakePlace();
  place.current = [{ name: "notifications", state: "refused" }];
  host.place = place;
  await open(host);
  expect(all("queue-empty")[0]?.textContent).not.toContain("notification.");
  expect(all("queue-notify")).toEqual([]);
});
