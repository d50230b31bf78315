/** Whom this relay serves, asked of the relay itself: the page is shown only when its name is known, or cannot be had. */
import type { Served } from "../host/browser/controller/profile";

/** Longest wait for the answer, in milliseconds; the page is then opened without it. */
const PATIENCE_MS = 3_000;

/** The organisation; under the relay's address where it does not say. */
export async function organisationServed(): Promise<Served> {
  try {
    const answer = await fetch("/v1/organisation", { signal: AbortSignal.timeout(PATIENCE_MS) });
    const said: unknown = answer.ok ? await answer.json() : null;
    if (typeof said === "object" && said !== null && "name" in said && typeof said.name === "string") {
      // An older relay does not speak of codes and allows them.
      return { name: said.name, codes: !("codes" in said && said.codes === false) };
    }
  } catch {
    // The connection to the relay says more, and tries again.
  }
  return { name: location.host, codes: true };
}
