/**
 * `ConsoleApi` over the relay's HTTP interface. The sign-in is a cookie that this code cannot read, and the page's key,
 * which goes with every request.
 * Invariant: a filter travels as a query of its members, those that are null left out.
 */
import type { Filter, SignedIn, SignIn, WireError } from "../generated/protocol";
import { articlesOver } from "./articles/api";
import { ApiError, type ConsoleApi } from "./api";
import { type PageKey, pageKey } from "./page-key";

const BASE = "/v1/console/";
/** Carries the page's key. */
const PAGE_KEY_HEADER = "x-renfort-page";
/** An answer that takes longer counts as no answer, in milliseconds. */
const ANSWER_MS = 30_000;
/** The same for a page that asks again and again. */
const POLL_ANSWER_MS = 8_000;
/** The same for the check of the whole log. */
const LOG_ANSWER_MS = 10 * 60_000;

/** `?ticket=T-1&from=0`, or nothing when the filter is empty. */
export function query(filter: Partial<Record<string, string | number | boolean | null>> | Filter): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    if (value !== null && value !== undefined) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

/** The error in a body; null when it is none. Parameters that are no texts are left out: the error is worded without them. */
function wireErrorOf(body: unknown): WireError | null {
  const { code, params } = (typeof body === "object" && body !== null ? body : {}) as { readonly code?: unknown; readonly params?: unknown };
  if (typeof code !== "string") return null;
  const texts = Object.entries(typeof params === "object" && params !== null ? params : {}).filter(([, text]) => typeof text === "string");
  return { code: code as WireError["code"], params: Object.fromEntries(texts) };
}

async function refusal(response: Response): Promise<ApiError> {
  const error = wireErrorOf(await response.json().catch(() => null));
  if (error !== null) return new ApiError(error);
  // A proxy in between answers in its own words; the status is all that can be trusted.
  switch (response.status) {
    case 401: return ApiError.of("sign_in_expired");
    case 403: return ApiError.of("not_allowed");
    case 429: return ApiError.of("too_fast");
    case 502: case 503: case 504: return ApiError.of("relay_unreachable");
    default: return ApiError.of("internal");
  }
}

/** Requests of a page that has this key. */
function requests(key: PageKey) {
  const answer = (path: string, init: RequestInit, abort: AbortSignal | undefined, withinMs: number): Promise<Response> =>
    answerUntil(path, init, abort, AbortSignal.timeout(withinMs));

  async function answerUntil(path: string, init: RequestInit, abort: AbortSignal | undefined, limit: AbortSignal): Promise<Response> {
    const headers = new Headers(init.headers);
    const own = key.current();
    if (own !== null) headers.set(PAGE_KEY_HEADER, own);
    return fetched(path, { ...init, headers }, abort, limit);
  }

  const read = async <T>(path: string, abort?: AbortSignal, withinMs = ANSWER_MS): Promise<T> =>
    body<T>(await answer(path, { headers: { accept: "application/json" } }, abort, withinMs));

  const send = (method: string, path: string, value?: unknown): Promise<Response> => {
    const init: RequestInit = value === undefined
      ? { method }
      : { method, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
    return answer(path, init, undefined, ANSWER_MS);
  };

  return { answer, answerUntil, read, send, post: (path: string, value?: unknown) => send("POST", path, value) };
}

async function fetched(path: string, init: RequestInit, abort: AbortSignal | undefined, limit: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      ...init,
      credentials: "same-origin",
      cache: "no-store",
      signal: abort === undefined ? limit : AbortSignal.any([abort, limit]),
    });
  } catch {
    throw ApiError.of("relay_unreachable");
  }
  if (!response.ok && response.status !== 304) throw await refusal(response);
  return response;
}

async function body<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch {
    // Cut off in the middle, or not the relay that answered.
    throw ApiError.of("relay_unreachable");
  }
}

/** The real relay: the one that served this page. */
export function fetchApi(key: PageKey = pageKey()): ConsoleApi {
  const { answer, answerUntil, read, send, post } = requests(key);
  return {
    signIn: async (login, password, code) => {
      const asked: SignIn = { login, password, ...(code === undefined ? {} : { second_factor: code }) };
      const signedIn = await body<SignedIn>(await post("sign-in", asked));
      key.keep(signedIn.page_key);
      return signedIn.me;
    },
    signOut: async () => {
      await post("sign-out");
      key.forget();
    },
    me: async () => {
      // A cookie alone is worth nothing, and showing it alone looks like a theft.
      if ((await key.find()) === null) throw ApiError.of("sign_in_expired");
      return read("me");
    },
    sessions: (filter, abort) => read(`sessions${query(filter)}`, abort),
    tickets: (filter, abort) => read(`tickets${query(filter)}`, abort),
    session: (id, abort) => read(`session/${encodeURIComponent(id)}`, abort),
    ticket: (id, from, abort) => read(`ticket/${encodeURIComponent(id)}${query({ from: from === 0 ? null : from })}`, abort),
    history: (of, abort) => read(`history${query(of)}`, abort),
    openLive: async (abort) => body(await answer("live", { method: "POST" }, abort, POLL_ANSWER_MS)),
    pollLive: async (opening, tag, abort) => {
      const headers: Record<string, string> = { accept: "application/json", ...(tag === null ? {} : { "if-none-match": tag }) };
      const response = await answer(`live${query({ opening })}`, { headers }, abort, POLL_ANSWER_MS);
      return response.status === 304 ? null : { live: await body(response), tag: response.headers.get("etag") };
    },
    views: () => read("views"),
    saveView: async (view) => body(await send("POST", "views", view)),
    renameView: async (id, name) => void (await send("PUT", `views/${id}`, { name })),
    deleteView: async (id) => void (await send("DELETE", `views/${id}`)),
    ...articlesOver({
      read: (path, abort) => read(path, abort),
      post: async (path, value) => body(await post(path, value)),
      tell: async (path, value) => void (await post(path, value)),
      query: (filter) => query({ ...filter }),
    }),
    log: (abort) => read("log", abort, LOG_ANSWER_MS),
    figures: (asked, abort) => read(`figures${query(asked)}`, abort),
    personFigures: async (asked) => body(await post("figures/person", asked)),
    figuresUrl: (asked) => `${BASE}figures.csv${query(asked)}`,
    exportLog: async (abort) => {
      // However long it takes to read; whoever waits can stop it.
      const { body } = await answerUntil("export/audit.jsonl", {}, undefined, abort);
      if (body === null) throw ApiError.of("relay_unreachable");
      return body;
    },
    file: async (address) => {
      // However long it takes.
      const response = await answerUntil(address.slice(BASE.length), {}, undefined, new AbortController().signal);
      const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? "renfort";
      try {
        return { content: await response.blob(), name };
      } catch {
        // Cut off in the middle.
        throw ApiError.of("relay_unreachable");
      }
    },
    exportUrl: (what, form, filter) => `${BASE}export/${what}.${form}${query({ ...filter, after: null })}`,
  };
}
