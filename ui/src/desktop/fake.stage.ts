/** Puts the app on a page of the test's document, with a fake host, and finds things as a WebDriver would. */
import { flushSync, mount, tick, unmount } from "svelte";
import type { View } from "../generated/host";
import { FakeHost } from "../host/fake";
import App from "./App.svelte";

export interface Stage {
  host: FakeHost;
  /** The element with this `data-testid`; fails when it is not there. */
  get: <Kind extends HTMLElement = HTMLElement>(testid: string) => Kind;
  all: (testid: string) => HTMLElement[];
  click: (testid: string) => Promise<void>;
  type: (testid: string, text: string) => Promise<void>;
  /** Chooses a value of a menu. */
  choose: (testid: string, value: string) => Promise<void>;
  press: (key: string, target?: EventTarget) => Promise<void>;
  show: (view: View) => Promise<void>;
  text: () => string;
  end: () => Promise<void>;
}

export async function stage(view: View): Promise<Stage> {
  document.body.innerHTML = "<div id=app></div>";
  const host = new FakeHost(view);
  const target = document.getElementById("app") as HTMLElement;
  const app = mount(App, { target, props: { host } });
  const settle = async (): Promise<void> => {
    await tick();
    flushSync();
  };
  await settle();
  await settle();

  const all = (testid: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)];
  const get = <Kind extends HTMLElement = HTMLElement>(testid: string): Kind => {
    const [found] = all(testid);
    if (!found) throw new Error(`${testid} is not on the page:\n${document.body.textContent}`);
    return found as Kind;
  };
  return {
    host,
    get,
    all,
    click: async (testid) => {
      get(testid).click();
      await settle();
    },
    type: async (testid, text) => {
      const field = get<HTMLInputElement>(testid);
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      await settle();
    },
    choose: async (testid, value) => {
      const menu = get<HTMLSelectElement>(testid);
      menu.value = value;
      menu.dispatchEvent(new Event("change", { bubbles: true }));
      await settle();
    },
    press: async (key, on = document.activeElement ?? document.body) => {
      on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      await settle();
    },
    show: async (next) => {
      host.show(next);
      await settle();
    },
    text: () => (document.body.textContent ?? "").replaceAll(/[\u00a0\u202f\s]+/g, " "),
    end: () => unmount(app),
  };
}
