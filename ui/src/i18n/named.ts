/** Names in an error's parameters that have words of their own; one that a later version knows has not. */
import type { CardFault, Tampered } from "../generated/protocol";

const FAULTS: Readonly<Record<CardFault, true>> = { missing: true, version: true, foreign: true, stolen: true, not_yet: true, expired: true, revoked: true };
const TAMPERED: Readonly<Record<Tampered, true>> = { ask: true, card: true, replayed: true, ready: true, reveal: true, allowance: true, offer: true, answer: true };

const RECEIPT_FAULTS = { version: true, other_device: true, other_technician: true, not_as_told: true, report_missing: true, no_yes: true } as const;

/** What this program itself knows of a receipt; any other fault of its proof has no words of its own. */
export type ReceiptFault = keyof typeof RECEIPT_FAULTS;

export const isReceiptFault = (name: string | undefined): name is ReceiptFault => name !== undefined && Object.hasOwn(RECEIPT_FAULTS, name);
export const isFault = (name: string | undefined): name is CardFault => name !== undefined && Object.hasOwn(FAULTS, name);
export const isTampered = (name: string | undefined): name is Tampered => name !== undefined && Object.hasOwn(TAMPERED, name);
