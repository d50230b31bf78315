/** Whom this relay serves, asked of the relay itself: the page is shown only when its name is known, or cannot be had. */

/** Longest wait for the name, in milliseconds; the page is then opened without it. */
const PATIENCE_MS = 3_000;

/** The organisation's name; the relay's address where it does not say. */
export async function organisationName(): Promise<string> {
  try {
    const answer = await fetch("/v1/organisation", { signal: AbortSignal.timeout(PATIENCE_MS) });
    const said: unknown = answer.ok ? await answer.json() : null;
    if (typeof said === "object" && said !== null && "name" in said && typeof said.name === "string") return said.name;
  } catch {
    // The connection to the relay says more, and tries again.
  }
  return location.host;
}
