/**
 * What this browser proved before of the relay that serves this page: a relay that cuts or rewrites its log later, with
 * its own key, is noticed without anybody having kept anything.
 */
export interface Remembered {
  /** Signed. */
  readonly checkpoint: string;
  readonly key: string;
  readonly size: number;
  /** When it was proved, on this machine's clock. */
  readonly at: number;
}

const STORED = "renfort.proof";

export function remembered(): Remembered | null {
  try {
    const found = JSON.parse(localStorage.getItem(STORED) ?? "null") as Partial<Remembered> | null;
    const { checkpoint, key, size, at } = found ?? {};
    const fits = typeof checkpoint === "string" && typeof key === "string" && typeof size === "number" && typeof at === "number";
    return fits ? { checkpoint, key, size, at } : null;
  } catch {
    return null;
  }
}

export function remember(proved: Remembered): void {
  try {
    localStorage.setItem(STORED, JSON.stringify(proved));
  } catch {
    // Storage is forbidden or full: nothing is compared next time, and the page says so.
  }
}

export function forget(): void {
  try {
    localStorage.removeItem(STORED);
  } catch {
    // Nothing was remembered either.
  }
}
