/** This device's card at the desk: how it stands, and the request for one. */
import type { CardView } from "../../../generated/host";
import type { CardRequest, Person, SignedCard, Technician } from "../../../generated/protocol";
import { CARD_VERSION, cardFault } from "../binding/card";
import type { Desk } from "./desk";

/** A card that ends within this time is said to, in milliseconds. */
const EXPIRING_MS = 14 * 24 * 60 * 60_000;

/** A device key as people compare it: its first 16 digits, in groups of four. */
export const fingerprint = (device: string): string => device.slice(0, 16).replace(/(.{4})(?=.)/g, "$1 ");

export function cardView(desk: Desk, now: number): CardView {
  const fault = cardFault(desk.card, { person: desk.person?.id ?? 0, device: desk.device }, desk.revocations, now);
  if (fault !== null || !desk.card) return { card: "needed", fault: fault ?? "missing", fingerprint: fingerprint(desk.device), requested: desk.cardRequested };
  const until = desk.card.card.expires_at;
  return { card: until - now < EXPIRING_MS ? "expiring" : "good", until };
}

/** The card to ask with; null when there is no good one. */
export const goodCard = (desk: Desk, now: number): SignedCard | null => (cardView(desk, now).card === "needed" ? null : desk.card);

/** As users see them; null who is no technician. */
export const technicianOf = (person: Person | null): Technician | null =>
  person?.role === "technician" ? { id: person.id, name: person.name, level: person.level } : null;

/** What is asked of the organisation; null where it makes no card, for who has no queue. */
export function cardRequest({ person, device }: Desk, now: number): CardRequest | null {
  if (person?.role !== "technician" || device === "") return null;
  return { version: CARD_VERSION, person: person.id, name: person.name, level: person.level, device, requested_at: now };
}
