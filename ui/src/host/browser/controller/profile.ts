/** What the page knows before anybody signs in. */
import type { Language } from "../../../generated/protocol";

/** The organisation whose relay this is, as the relay tells it. */
export interface Served {
  readonly name: string;
  /** Does it let anybody in by a code? */
  readonly codes: boolean;
}

/** From the start. */
export interface Profile {
  readonly organisation: Served;
  /** The relay's address, as it is shown. */
  readonly relay: string;
  readonly version: string;
  /** The browser's own language. */
  readonly language: Language;
}
