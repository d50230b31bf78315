/** What two people wrote and copied during a session, as far as it is shown. Gone with the session. */
import type { ChatLine, ClipboardLine } from "../../../generated/host";

/** Lines of chat that are kept; the oldest go first. */
const CHAT_LINES = 500;
/** Clipboard texts that are told of; the oldest go first. */
const CLIPBOARD_LINES = 5;

export class Talk {
  chat: ChatLine[] = [];
  clipboard: ClipboardLine[] = [];
  #lines = 0;

  write(mine: boolean, at: number, text: string): void {
    this.#lines += 1;
    this.chat = [...this.chat, { id: this.#lines, mine, at, text }].slice(-CHAT_LINES);
  }

  /** `passed` is false for a text that was too long to go over. */
  copied(to_technician: boolean, at: number, characters: number, passed = true): void {
    this.clipboard = [...this.clipboard, { at, to_technician, characters, passed }].slice(-CLIPBOARD_LINES);
  }
}
