/**
 * Saving a file of the relay. It is fetched by the page, which shows its half of the sign-in, and only then handed to the
 * browser: a plain link could show the cookie alone, and the browser would save the refusal as the file.
 */
import type { WireError } from "../generated/protocol";
import type { Console } from "./console.svelte";

/** How long the browser has to take the file over, in milliseconds. */
const TAKEN_OVER_MS = 60_000;

/** Saves what lies at this address; gives what was refused. */
export async function save(shared: Console, address: string): Promise<WireError | null> {
  try {
    const { content, name } = await shared.api.file(address);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), TAKEN_OVER_MS);
    return null;
  } catch (thrown) {
    return shared.failed(thrown);
  }
}
