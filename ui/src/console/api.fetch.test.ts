import { describe, expect, it, vi } from "vitest";
import type { Filter } from "../generated/protocol";
import { ApiError } from "./api";
import { fetchApi as withKey, query } from "./api.fetch";
import type { PageKey } from "./page-key";

const nothing: Filter = {
  ticket: null, text: null, person: null, machine: null, technician: null, level: null, state: null, reopened: null,
  from: null, to: null, outcome: null, after: null,
};

/** A page that is signed in. */
let kept: string | null = "ab".repeat(32);
const key: PageKey = {
  current: () => kept,
  find: () => Promise.resolve(kept),
  keep: (given) => void (kept = given),
  forget: () => void (kept = null),
};
const fetchApi = (): ReturnType<typeof withKey> => withKey(key);

function answering(response: Response | Error): ReturnType<typeof vi.fn> {
  const fetch = vi.fn(() => (response instanceof Error ? Promise.reject(response) : Promise.resolve(response)));
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(() => null, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  return error instanceof ApiError ? error.wire.code : "";
}

describe("the query of a filter", () => {
  it("holds its members and leaves out those that are null", () => {
    expect(query(nothing)).toBe("");
    expect(query({ ...nothing, ticket: "T-7", person: "a&b=c", technician: 0, from: 0 })).toBe("?ticket=T-7&person=a%26b%3Dc&technician=0&from=0");
  });

  it("of an export begins at the first row", () => {
    expect(fetchApi().exportUrl("tickets", "csv", { ...nothing, outcome: "open", after: "x" })).toBe("/v1/console/export/tickets.csv?outcome=open");
  });
});

describe("an answer of the relay", () => {
  it("that refuses keeps its code and parameters", async () => {
    answering(Response.json({ code: "sign_in_limited", params: { seconds: "30" } }, { status: 429 }));
    const error = await fetchApi().signIn("nora", "x").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ wire: { code: "sign_in_limited", params: { seconds: "30" } } });
  });

  it("that does not come means that the relay cannot be reached", async () => {
    answering(new TypeError("network"));
    expect(await codeOf(fetchApi().me())).toBe("relay_unreachable");
  });

  it("of something else in between is judged by its status", async () => {
    answering(new Response("<h1>Bad gateway</h1>", { status: 502 }));
    expect(await codeOf(fetchApi().log())).toBe("relay_unreachable");
    answering(new Response("", { status: 401 }));
    expect(await codeOf(fetchApi().me())).toBe("sign_in_expired");
  });

  it("that is cut off is no answer", async () => {
    answering(new Response('{"rows": [', { status: 200 }));
    expect(await codeOf(fetchApi().sessions(nothing))).toBe("relay_unreachable");
  });

  it("to a sign-in is asked for with name and password as JSON, in the body only", async () => {
    const fetch = answering(Response.json({}));
    await fetchApi().signIn("nora", "secret");
    const [url, init] = fetch.mock.calls[0] as [string, RequestInit];
    expect(url).toBe("/v1/console/sign-in");
    expect(init).toMatchObject({ method: "POST", credentials: "same-origin", body: '{"login":"nora","password":"secret"}' });
  });
});
