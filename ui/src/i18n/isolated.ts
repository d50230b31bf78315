/**
 * Words of people inside our sentences. `isolated` marks them on the way in; `partsOf` finds them again, so that a page can
 * put each into an element of its own.
 * Invariant: a name cannot change the reading of the sentence around it, whichever way it runs and whatever it holds.
 */

/** Embeddings, overrides and isolates of Unicode: what can reorder text around it. */
const REORDERING = /[\u202a-\u202e\u2066-\u2069]/g;

/** Keeps a text's direction to itself. */
export function isolated(text: string): string {
  // A mark inside the text would end ours.
  return `\u2068${plain(text)}\u2069`;
}

/** A text for where no element can hold it (a name for screen readers, a window's title): without what reorders. */
export function plain(text: string): string {
  return text.replace(REORDERING, "");
}

/** The parts of a sentence: `written` are those of people. */
export function partsOf(sentence: string): { text: string; written: boolean }[] {
  return sentence
    .split(/(\u2068[^\u2069]*\u2069)/)
    .filter((part) => part !== "")
    .map((part) => part.startsWith("\u2068")
      ? { text: part.slice(1, -1), written: true }
      : { text: part, written: false });
}
