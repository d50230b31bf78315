/**
 * Saving a file of the relay. A click first asks whether the sign-in still holds, since a browser would save the refusal
 * as the file; with a modifier key the browser does what it always does.
 */
import type { WireError } from "../generated/protocol";
import type { Console } from "./console.svelte";

/** Saves what the clicked link leads to; gives what was refused. */
export async function save(shared: Console, event: MouseEvent & { currentTarget: HTMLAnchorElement }): Promise<WireError | null> {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return null;
  event.preventDefault();
  const { href } = event.currentTarget;
  try {
    await shared.api.me();
  } catch (thrown) {
    return shared.failed(thrown);
  }
  const link = document.createElement("a");
  link.href = href;
  link.download = "";
  link.click();
  return null;
}
