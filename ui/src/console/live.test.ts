import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Live } from "../generated/protocol";
import { ApiError, type ConsoleApi } from "./api";
import { LiveWatch, POLL_MS } from "./live.svelte";
import { liveSample } from "./sample.live";

let calls: string[];
let answers: (() => Live | null)[];
let watch: LiveWatch;
const fail = (code: ConstructorParameters<typeof ApiError>[0]["code"]) => (): never => {
  throw new ApiError({ code });
};
const api = {
  openLive: async () => {
    calls.push("open");
    const live = answers.shift()?.() ?? liveSample(0);
    return { opening: String(calls.length), live };
  },
  pollLive: async (opening: string, tag: string | null) => {
    calls.push(`poll ${opening} ${tag ?? "-"}`);
    const live = answers.shift()?.() ?? null;
    return live === null ? null : { live, tag: `tag-${live.at}` };
  },
} as unknown as ConsoleApi;

let signedOut: ReturnType<typeof vi.fn<() => void>>;

beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  answers = [];
  signedOut = vi.fn<() => void>();
  watch = new LiveWatch(api, signedOut);
});
afterEach(() => {
  watch.stop();
  vi.useRealTimers();
});

describe("the live page", () => {
  it("opens once and then polls with the tag of what it has", async () => {
    answers = [() => liveSample(10), () => liveSample(20), () => null];
    watch.start();
    await vi.advanceTimersByTimeAsync(3 * POLL_MS);
    expect(calls).toEqual(["open", "poll 1 -", "poll 1 tag-20", "poll 1 tag-20"]);
    expect(watch.live?.at).toBe(20);
    expect(watch.error).toBeNull();
  });

  it("keeps what it has when the relay is away, tries less often, and recovers by itself", async () => {
    answers = [() => liveSample(10), fail("relay_unreachable"), fail("relay_unreachable"), () => liveSample(30)];
    watch.start();
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(watch.error?.code).toBe("relay_unreachable");
    expect(watch.live?.at).toBe(10);
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(calls).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(calls).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(4 * POLL_MS);
    expect(watch.error).toBeNull();
    expect(watch.live?.at).toBe(30);
  });

  it("opens anew after a restart of the relay, and says that there was one", async () => {
    answers = [() => liveSample(10_000, 1), fail("out_of_order"), () => liveSample(20_000, 15_000)];
    watch.start();
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(calls).toEqual(["open", "poll 1 -", "open"]);
    expect(watch.restarted).toBe(true);
    answers = [() => liveSample(15_000 + 3 * 60_000, 15_000)];
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(watch.restarted).toBe(false);
  });

  it("asks nothing while it is hidden, nor after it was left", async () => {
    watch.start();
    await vi.advanceTimersByTimeAsync(0);
    watch.pause(true);
    await vi.advanceTimersByTimeAsync(10 * POLL_MS);
    expect(calls).toEqual(["open"]);
    watch.pause(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(calls).toHaveLength(2);
    watch.stop();
    await vi.advanceTimersByTimeAsync(10 * POLL_MS);
    expect(calls).toHaveLength(2);
  });

  it("ends with the sign-in", async () => {
    answers = [() => liveSample(10), fail("sign_in_expired")];
    watch.start();
    await vi.advanceTimersByTimeAsync(10 * POLL_MS);
    expect(signedOut).toHaveBeenCalledOnce();
    expect(calls).toHaveLength(2);
  });
});
