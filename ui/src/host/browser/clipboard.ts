/**
 * The technician's clipboard, as far as a browser lends it: it is read only while the page is in front and the person has
 * allowed it, and written only while the page is in front.
 *
 * Flow: while it is watched, a text that was copied here, or found new when the page comes to the front, is handed out; a
 * text from the user waits until the page may write it.
 * Invariant: what was copied while it was not watched is never handed out.
 */
export type ReadPermission = "granted" | "prompt" | "denied";

/** What is used of the browser. */
export interface ClipboardAccess {
  permission(): Promise<ReadPermission>;
  read(): Promise<string>;
  write(text: string): Promise<void>;
  /** The page's own selection, as it is copied. */
  selection(): string;
}

export const browserClipboard: ClipboardAccess = {
  permission: async () => {
    try {
      return (await navigator.permissions.query({ name: "clipboard-read" as PermissionName })).state;
    } catch {
      // A browser that does not know the question asks at every reading, which nobody wants while working.
      return "denied";
    }
  },
  read: () => navigator.clipboard.readText(),
  write: (text) => navigator.clipboard.writeText(text),
  selection: () => {
    const field = document.activeElement;
    if (field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement) {
      return field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0);
    }
    return String(document.getSelection() ?? "");
  },
};

export class PageClipboard {
  #watching = false;
  #listening: AbortController | null = null;
  /** The text that is known to be in; null before anything is. */
  #known: string | null = null;
  /** Of the user's, for when the page may write. Only the newest counts. */
  #waiting: string | null = null;

  constructor(
    private readonly onCopied: (text: string) => void,
    private readonly access: ClipboardAccess = browserClipboard,
  ) {}

  /** Watches, or no longer. */
  watch(watch: boolean): void {
    if (this.#watching === watch) return;
    this.#watching = watch;
    if (watch) this.#listen();
    this.#known = null;
    void this.look();
  }

  /** Puts the user's text in, as soon as the page may. */
  async set(text: string): Promise<void> {
    this.#listen();
    this.#waiting = text;
    await this.#write();
  }

  /** Looks for a new text, where that asks nobody anything. */
  async look(): Promise<void> {
    if (!this.#watching || !document.hasFocus() || (await this.access.permission()) !== "granted") return;
    let text: string;
    try {
      text = await this.access.read();
    } catch {
      // Something that is no text, or the page lost the front meanwhile.
      return;
    }
    this.#found(text);
  }

  close(): void {
    this.#watching = false;
    this.#waiting = null;
    this.#listening?.abort();
    this.#listening = null;
  }

  #listen(): void {
    if (this.#listening) return;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    window.addEventListener("focus", () => void this.#write().then(() => this.look()), { signal });
    for (const name of ["copy", "cut"]) {
      document.addEventListener(name, () => {
        const text = this.access.selection();
        // Copied before their eyes: new, even when it is the first that is known.
        this.#known ??= "";
        if (this.#watching) this.#found(text);
      }, { signal });
    }
  }

  #found(text: string): void {
    const [before, whole] = [this.#known, text.replaceAll(/\p{Cs}/gu, "\ufffd")];
    this.#known = whole;
    if (this.#watching && before !== null && whole !== "" && whole !== before) this.onCopied(whole);
  }

  async #write(): Promise<void> {
    const text = this.#waiting;
    if (text === null) return;
    try {
      await this.access.write(text);
    } catch {
      // Not in front: written when it is.
      return;
    }
    this.#known = text;
    if (this.#waiting === text) this.#waiting = null;
  }
}
