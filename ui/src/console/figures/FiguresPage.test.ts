import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TeamFigures } from "../../generated/protocol";
import { language } from "../../i18n";
import App from "../App.svelte";
import { FakeApi } from "../fake";
import { sampleRelay } from "../sample";
import { range } from "./format";
import { plusDays, today } from "./period";

let api: FakeApi;
let app: Record<string, unknown> | null = null;
const now = today(Date.now());

beforeEach(() => {
  api = new FakeApi(sampleRelay(Date.now(), 3));
  language.set("en");
});

afterEach(async () => {
  if (app !== null) await unmount(app);
  app = null;
  document.body.replaceChildren();
});

const all = (id: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];

function one<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const [found] = all(id);
  if (found === undefined) throw new Error(`no ${id} in: ${document.body.textContent}`);
  return found as Kind;
}

async function open(hash = "#/figures"): Promise<void> {
  history.replaceState(null, "", hash);
  app = mount(App, { target: document.body, props: { api } });
  await vi.waitFor(() => {
    flushSync();
    one("figures-guard");
  });
}

async function shown(id: string): Promise<HTMLElement> {
  return vi.waitFor(() => {
    flushSync();
    return one(id);
  });
}

function choose(id: string, value: string): void {
  const select = one<HTMLSelectElement>(id);
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  flushSync();
}

function type(id: string, text: string): void {
  const input = one<HTMLInputElement>(id);
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
}

const asked = (): string[] => api.calls.filter((call) => call.startsWith("figures"));

describe("the page of figures", () => {
  it("shows the last 30 days, day by day, and says what it counts", async () => {
    await open();
    await shown("card-opened");
    expect(asked()).toEqual([`figures?from=${plusDays(now, -29)}&to=${now}&by=day`]);
    expect(all("chart-waiting")).toHaveLength(1);
    expect(one("figures-hours").textContent).toContain("Monday to Friday 08:00–18:00 (Europe/Paris)");
    expect(one("figures-guard").textContent).toContain("nobody is named");
    expect(one("card-satisfaction").querySelector("details")?.textContent).toContain("is it solved?");
    expect(document.title).toContain("Figures");
    expect(one("nav-figures").getAttribute("aria-current")).toBe("page");
  });

  it("keeps its places while the first answer is under way", async () => {
    api.delayMs = 30;
    await open();
    expect(document.querySelectorAll(".cards > *")).toHaveLength(12);
    expect(document.querySelectorAll(".charts > *")).toHaveLength(8);
    await shown("card-opened");
    expect(document.querySelectorAll(".cards > *")).toHaveLength(12);
    expect(document.querySelectorAll(".charts > *")).toHaveLength(8);
  });

  it("asks again when period, division, level or impact change, and the address says so", async () => {
    await open("#/figures?by=month");
    await shown("card-opened");
    choose("period-preset", "last90");
    choose("period-level", "2");
    choose("period-impact", "team");
    choose("period-by", "");
    await vi.waitFor(() => expect(asked().at(-1)).toBe(`figures?from=${plusDays(now, -89)}&to=${now}&by=week&level=2&impact=team`));
    expect(location.hash).toBe("#/figures?period=last90&level=2&impact=team");
    // What the browser would do with the file, this one would go to.
    const saved = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    one("figures-csv").click();
    await vi.waitFor(() => expect(saved).toHaveBeenCalled());
    expect(api.calls.at(-1)).toContain("file /v1/console/figures.csv?from=");
  });

  it("asks nothing for a period that makes no sense, and says what is wrong", async () => {
    await open("#/figures?from=2026-03-01&to=2026-03-31");
    await shown("card-opened");
    const before = asked().length;
    type("period-to", "2026-02-01");
    expect(document.body.textContent).toContain("This is before the first day.");
    type("period-to", "2028-02-01");
    expect(document.body.textContent).toContain("At most 400 days.");
    expect(asked()).toHaveLength(before);
    type("period-to", "2026-03-15");
    await vi.waitFor(() => expect(asked().at(-1)).toBe("figures?from=2026-03-01&to=2026-03-15&by=day"));
  });

  it("has every chart as a table with the same figures", async () => {
    await open("#/figures?from=2026-03-02&to=2026-03-08");
    await shown("card-opened");
    for (const key of ["tickets", "waiting", "response", "resolution", "shares", "backlog", "satisfaction", "handed"]) {
      const picture = one(`chart-${key}`).querySelector("svg[role=img]");
      const [title, desc] = (picture?.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent);
      expect(title && desc, key).toBeTruthy();
      one(`as-table-${key}`).click();
      flushSync();
      const table = one(`chart-${key}`).querySelector("table");
      expect(table?.querySelectorAll("tbody tr"), key).toHaveLength(7);
      expect(table?.querySelectorAll("thead th").length, key).toBeGreaterThan(2);
      expect(one(`chart-${key}`).querySelector("svg[role=img]")).toBeNull();
    }
    expect(one("chart-waiting").querySelector("tbody tr:last-child")?.textContent).toContain("–");
  });

  it("says that nothing happened, and where to look instead", async () => {
    api.nothingHappened = true;
    await open();
    const empty = await shown("figures-empty");
    expect(empty.textContent).toContain("Nothing happened in this period");
    empty.querySelector("button")?.click();
    await vi.waitFor(() => expect(location.hash).toBe("#/figures?period=last90"));
  });

  it("does not show a selection that is one technician's work", async () => {
    const figures = api.figures.bind(api);
    api.figures = async (query): Promise<TeamFigures> => ({ ...(await figures(query)), one_person: true });
    await open("#/figures?level=3");
    await shown("figures-one-person");
    expect(all("card-opened")).toHaveLength(0);
  });

  it("says what failed, keeps no figures of another period, and tries again", async () => {
    await open("#/figures?by=month");
    await shown("card-opened");
    api.refusals.push("internal");
    choose("period-preset", "lastWeek");
    await shown("console-error");
    expect(all("card-opened")).toHaveLength(0);
    one("console-error").querySelector("button")?.click();
    await shown("card-opened");
    expect(all("console-error")).toHaveLength(0);
  });

  it("says when the file cannot be saved, instead of saving the refusal", async () => {
    await open();
    await shown("card-opened");
    api.refusals.push("relay_unreachable");
    one("figures-csv").click();
    await shown("figures-csv-error");
  });

  it("goes to the sign-in page when the sign-in has ended", async () => {
    api.refusals.push("sign_in_expired");
    history.replaceState(null, "", "#/figures");
    app = mount(App, { target: document.body, props: { api } });
    await vi.waitFor(() => {
      flushSync();
      expect(document.querySelector("input[type=password]")).not.toBeNull();
    });
  });

  it("drops an answer to a question that is no longer asked", async () => {
    await open("#/figures?by=month");
    await shown("card-opened");
    api.delayMs = 40;
    choose("period-preset", "lastWeek");
    api.delayMs = 0;
    choose("period-preset", "last90");
    const wanted = range(plusDays(now, -89), now, "en");
    await vi.waitFor(() => {
      flushSync();
      expect(one("figures-range").textContent).toContain(wanted);
    });
    await new Promise((done) => setTimeout(done, 70));
    flushSync();
    expect(one("figures-range").textContent).toContain(wanted);
  });

  it("reads in French, with French numbers", async () => {
    language.set("fr");
    await open();
    const card = await shown("card-firstContact");
    expect(card.textContent).toContain("Résolus au premier contact");
    expect(one("value-firstContact").textContent).toMatch(/\d+\s%/);
    expect(one("figures-hours").textContent).toContain("lundi au vendredi");
  });
});

describe("one technician's figures", () => {
  async function fill(purpose: string): Promise<void> {
    await shown("card-opened");
    type("person-purpose", purpose);
    choose("person-technician", "3");
    one("person-show").click();
    flushSync();
  }

  it("are shown for a purpose, and not without", async () => {
    await open("#/figures?by=month");
    await shown("card-opened");
    one("person-show").click();
    flushSync();
    expect(one("person-panel").textContent).toContain("Choose a technician.");
    expect(one("person-panel").textContent).toContain("Write at least 10 characters.");
    await fill("too short");
    expect(asked().some((call) => call.includes("person"))).toBe(false);
    await fill("  Yearly review,   agreed  ");
    const answer = await shown("person-answer");
    expect(asked().at(-1)).toBe(`figures/person 3 ${plusDays(now, -29)} ${now}: Yearly review, agreed`);
    expect(answer.textContent).toContain("Alice Durand");
    expect(answer.textContent).toContain("3 of 37");
  });

  it("go when another technician or period is chosen", async () => {
    await open("#/figures?by=month");
    await fill("Yearly review, agreed");
    await shown("person-answer");
    choose("person-technician", "4");
    expect(all("person-answer")).toHaveLength(0);
    await fill("Yearly review, agreed");
    await shown("person-answer");
    choose("period-preset", "last90");
    await vi.waitFor(() => {
      flushSync();
      expect(all("person-answer")).toHaveLength(0);
    });
  });

  it("are not told of fewer than 5 tickets or 7 days", async () => {
    const person = api.personFigures.bind(api);
    api.personFigures = async (query) => ({ ...(await person(query)), figures: null });
    await open("#/figures?by=month");
    await fill("Yearly review, agreed");
    expect((await shown("person-answer")).textContent).toContain("Fewer than 5 tickets");
    choose("period-preset", "custom");
    type("period-from", plusDays(now, -3));
    await vi.waitFor(() => {
      flushSync();
      expect(one<HTMLButtonElement>("person-show").disabled).toBe(true);
    });
  });

  it("say what the relay refused", async () => {
    await open("#/figures?by=month");
    await shown("card-opened");
    api.refusals.push("not_recorded");
    await fill("Yearly review, agreed");
    expect((await shown("person-error")).textContent?.length).toBeGreaterThan(20);
    expect(all("person-answer")).toHaveLength(0);
  });

  it("are for supervisors, not for administrators", async () => {
    api.relay.me = { ...api.relay.me, person: { id: 1, name: "Admin", role: "administrator" } };
    await open("#/figures?by=month");
    await shown("card-opened");
    expect(all("person-panel")).toHaveLength(0);
  });
});
