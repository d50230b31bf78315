/**
 * The page's half of a sign-in: the relay gives it in answer to name and password, and wants it with every request. The
 * other half is a cookie, which no script can read.
 *
 * It is kept where no other site, no other port of this host and no cookie jar gets it: in this tab, for as long as the tab
 * is open. A new tab asks the ones that are open (same origin only); the relay gives it to nobody who has the cookie alone.
 * Invariant: the tabs of one browser hold the same key, that of the newest sign-in.
 */

/** Where the tab keeps it, so that a reload does not sign out. */
const KEPT = "renfort-page-key";
/** How long a new tab waits for another one's answer, in milliseconds. */
const ANSWER_MS = 300;

type Said = { say: "who" } | { say: "key"; key: string } | { say: "gone" };

/** Keeps the key and passes it on. */
export interface PageKey {
  /** The key of this tab. */
  current(): string | null;
  /** The same, or another tab's. */
  find(): Promise<string | null>;
  /** A sign-in began. */
  keep(key: string): void;
  /** It ended. */
  forget(): void;
}

function isKey(key: unknown): key is string {
  return typeof key === "string" && /^[0-9a-f]{64}$/.test(key);
}

function stored(): string | null {
  try {
    const key = sessionStorage.getItem(KEPT);
    return isKey(key) ? key : null;
  } catch {
    return null;
  }
}

/** The key of the real page. */
export function pageKey(): PageKey {
  // Without storage it lives as long as the page.
  let own = stored();
  const others = new BroadcastChannel(KEPT);
  let waiting: ((key: string) => void)[] = [];
  const say = (said: Said): void => others.postMessage(said);
  const write = (key: string | null): void => {
    own = key;
    try {
      if (key === null) sessionStorage.removeItem(KEPT);
      else sessionStorage.setItem(KEPT, key);
    } catch {
      // A browser that keeps nothing signs out at a reload.
    }
  };
  others.onmessage = ({ data }: MessageEvent<Said>) => {
    if (data.say === "who" && own !== null) say({ say: "key", key: own });
    if (data.say === "gone") write(null);
    if (data.say === "key" && isKey(data.key)) {
      write(data.key);
      for (const told of waiting) told(data.key);
      waiting = [];
    }
  };
  return {
    current: () => own,
    find: () => {
      if (own !== null) return Promise.resolve(own);
      return new Promise((done) => {
        waiting.push(done);
        setTimeout(() => done(own), ANSWER_MS);
        say({ say: "who" });
      });
    },
    keep: (key) => {
      write(key);
      say({ say: "key", key });
    },
    forget: () => {
      write(null);
      say({ say: "gone" });
    },
  };
}
