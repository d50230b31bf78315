/**
 * This device's card, as far as this page can judge it. Whether the organisation signed it is judged where it counts, on the
 * user's machine, against the key that was imported there; the relay, which serves this page, could name any key here.
 */
import type { CardFault, CardRequest, DeviceKey, PersonId, Revocations, SignedCard, SignedCardRequest } from "../../../generated/protocol";
import type { Device } from "../device";
import * as canonical from "./canonical";
import { sign } from "./signing";

/** Version of these forms. */
export const CARD_VERSION = 1;
/** How far ahead of this machine's clock a card may have been issued, in milliseconds. */
const CLOCK_TOLERANCE_MS = 24 * 60 * 60_000;

/** Who would show it, on which device. */
export interface Holder {
  readonly person: PersonId;
  readonly device: DeviceKey;
}

/** Did the organisation take a card of this device back? */
export const isNamed = (list: Revocations | null, device: DeviceKey): boolean => list?.revoked.some((one) => one.device === device) ?? false;

/** Why it is of no use to its holder now; null when it is good. */
export function cardFault(signed: SignedCard | null, holder: Holder, revocations: Revocations | null, now: number): CardFault | null {
  if (!signed) return isNamed(revocations, holder.device) ? "revoked" : "missing";
  const { card } = signed;
  if (card.version !== CARD_VERSION) return "version";
  if (card.device !== holder.device || card.person !== holder.person) return "stolen";
  if (revocations?.revoked.some(({ serial }) => serial === card.serial)) return "revoked";
  if (card.issued_at > now + CLOCK_TOLERANCE_MS) return "not_yet";
  return now >= card.expires_at ? "expired" : null;
}

/** "Please make a card for this device." */
export async function signRequest(device: Device, request: CardRequest): Promise<SignedCardRequest> {
  return { request, signature: await sign(device, "request", canonical.cardRequest(request)) };
}
