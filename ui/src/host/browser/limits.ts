/**
 * What this browser cannot do, or asks about first, though the desktop app can.
 * Invariant: a limit that is not one here (a permission that is given, a key that is not kept) is not listed, or `lifted`.
 */
import type { Limit, LimitName, Place } from "../index";

/** The keyboard lock of full-screen pages (WICG Keyboard Lock; Chromium). */
interface KeyboardLock {
  lock?(): Promise<void>;
  unlock?(): void;
}
const keyboard = (): KeyboardLock | undefined => (navigator as Navigator & { keyboard?: KeyboardLock }).keyboard;
const canLock = (): boolean => typeof keyboard()?.lock === "function" && document.fullscreenEnabled;

export class BrowserPlace implements Place {
  readonly userSide = false;
  readonly zoom = null;
  readonly console = "/console";
  readonly #listeners = new Set<() => void>();
  #clipboard: Limit["state"] = "fixed";
  #locked = false;

  constructor(
    /** The person has allowed the clipboard to be read. */
    private readonly onClipboard: () => void = () => undefined,
  ) {
    document.addEventListener("fullscreenchange", () => {
      if (!document.fullscreenElement) this.#locked = false;
      this.#changed();
    });
    void this.#watchClipboard();
  }

  limits(): readonly Limit[] {
    const limits: Limit[] = [{ name: "shortcuts", state: this.#locked ? "lifted" : canLock() ? "liftable" : "fixed" }];
    if (this.#clipboard !== "lifted") limits.push({ name: "clipboard", state: this.#clipboard });
    const asked = "Notification" in globalThis ? Notification.permission : null;
    if (asked !== "granted") limits.push({ name: "notifications", state: asked === "default" ? "liftable" : asked === "denied" ? "refused" : "fixed" });
    limits.push({ name: "origin", state: "fixed" });
    return limits;
  }

  onLimits(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  async lift(limit: LimitName): Promise<void> {
    try {
      if (limit === "shortcuts") await this.#toggleFullScreen();
      else if (limit === "notifications") await Notification.requestPermission();
      else if (limit === "clipboard") {
        await navigator.clipboard.readText();
        this.#clipboard = "lifted";
        this.onClipboard();
      }
    } catch {
      // Refused by the person or the browser: the list says how it stands.
      if (limit === "clipboard") await this.#askedClipboard();
    }
    this.#changed();
  }

  async #toggleFullScreen(): Promise<void> {
    if (document.fullscreenElement) {
      keyboard()?.unlock?.();
      return document.exitFullscreen();
    }
    await document.documentElement.requestFullscreen();
    await keyboard()?.lock?.();
    this.#locked = true;
  }

  async #watchClipboard(): Promise<void> {
    const status = await this.#askedClipboard();
    status?.addEventListener("change", () => void this.#askedClipboard().then(() => this.#changed()));
    this.#changed();
  }

  async #askedClipboard(): Promise<PermissionStatus | null> {
    try {
      const status = await navigator.permissions.query({ name: "clipboard-read" as PermissionName });
      this.#clipboard = status.state === "granted" ? "lifted" : status.state === "denied" ? "refused" : "liftable";
      return status;
    } catch {
      this.#clipboard = "fixed";
      return null;
    }
  }

  #changed(): void {
    for (const changed of this.#listeners) changed();
  }
}
