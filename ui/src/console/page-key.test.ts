import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pageKey } from "./page-key";

const KEY = "ab".repeat(32);
const OTHER = "cd".repeat(32);

/** The tabs of one browser: a message reaches all but who sent it. */
const tabs = new Set<FakeChannel>();
class FakeChannel {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  constructor() {
    tabs.add(this);
  }
  postMessage(data: unknown): void {
    for (const tab of tabs) if (tab !== this) tab.onmessage?.({ data });
  }
}

beforeEach(() => vi.stubGlobal("BroadcastChannel", FakeChannel));
afterEach(() => {
  tabs.clear();
  sessionStorage.clear();
  vi.unstubAllGlobals();
});

test("a reload finds the key, and nothing else is taken for one", async () => {
  pageKey().keep(KEY);
  expect(pageKey().current()).toBe(KEY);
  sessionStorage.setItem("renfort-page-key", "<script>");
  expect(pageKey().current()).toBeNull();
});

test("a new tab gets it from an open one, and nothing when there is none", async () => {
  const first = pageKey();
  expect(await first.find()).toBeNull();
  first.keep(KEY);
  sessionStorage.clear();
  const second = pageKey();
  expect(second.current()).toBeNull();
  expect(await second.find()).toBe(KEY);
});

test("all tabs follow the newest sign-in, and its end", () => {
  const [first, second] = [pageKey(), pageKey()];
  first.keep(KEY);
  second.keep(OTHER);
  expect(first.current()).toBe(OTHER);
  first.forget();
  expect(second.current()).toBeNull();
});
