import { flushSync, mount, tick, unmount } from "svelte";
import { afterEach, expect, test } from "vitest";
import type { View } from "../generated/host";
import { FakeHost } from "../host/fake";
import { samples } from "../host/samples";
import Banner from "./Banner.svelte";

let end: () => Promise<void>;
afterEach(() => end());

async function banner(view: View): Promise<{ host: FakeHost; get: (testid: string) => HTMLElement | null }> {
  document.body.innerHTML = "";
  const host = new FakeHost(view);
  const mounted = mount(Banner, { target: document.body, props: { host } });
  end = () => unmount(mounted);
  await tick();
  await tick();
  flushSync();
  return { host, get: (testid) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`) };
}

test("the banner says who does what, and for how long", async () => {
  const { get } = await banner(samples.session("en"));
  expect(get("banner-who")?.textContent).toBe("Claire Fontaine sees your screen");
  expect(get("banner-time")?.textContent).toBe("30\u00a0min");
});

test("the words to compare stand in the banner", async () => {
  const { get } = await banner(samples.session("fr"));
  expect(get("banner-words")?.textContent).toBe("gazelle – tunnel");
});

test("control, a question and a lost peer are said", async () => {
  const { host, get } = await banner(samples.sessionControl("fr"));
  expect(get("banner-who")?.textContent).toContain("commande votre ordinateur");
  host.show(samples.sessionQuestion("fr"));
  flushSync();
  expect(get("banner-who")?.textContent).toContain("attend votre réponse dans Renfort");
  host.show(samples.sessionLost("fr"));
  flushSync();
  expect(get("banner-who")?.textContent).toContain("injoignable");
});

test("Stop and more time are one click", async () => {
  const { host, get } = await banner(samples.session("en"));
  get("banner-stop")?.click();
  get("banner-extend")?.click();
  expect(host.actions).toEqual([{ action: "stop" }, { action: "extend" }]);
});

test("the banner is moved by its face, and its buttons stay buttons", async () => {
  const { get } = await banner(samples.session("en"));
  expect(document.querySelector("main")?.getAttribute("data-tauri-drag-region")).toBe("deep");
  // The shell drags by whatever is neither a button nor inside one.
  for (const testid of ["banner-stop", "banner-extend"]) {
    expect(get(testid)?.tagName).toBe("BUTTON");
    expect(get(testid)?.hasAttribute("data-tauri-drag-region")).toBe(false);
  }
});

test("without a session there is nothing to stop", async () => {
  const { get } = await banner(samples.home("en"));
  expect(get("banner-stop")).toBeNull();
  expect(get("banner-who")?.textContent).toBe("Nobody sees your screen");
});

test("a name that nobody verified is said to be so, and no other", async () => {
  const { host, get } = await banner(samples.sessionByCode("en"));
  expect(get("banner-unverified")?.textContent?.trim()).toBe("(name not verified)");
  host.show(samples.session("en"));
  flushSync();
  expect(get("banner-unverified")).toBeNull();
});
