/**
 * One clock for everything on screen that counts: whoever reads `now()` is drawn again each second. It runs only while
 * somebody reads it.
 */
import { createSubscriber } from "svelte/reactivity";

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1000);
  return () => clearInterval(timer);
});

/** Unix time in milliseconds. */
export function now(): number {
  subscribe();
  return Date.now();
}
