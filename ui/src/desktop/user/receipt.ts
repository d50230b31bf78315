/** A session told plainly: who saw, who controlled, for how long, how much. */
import type { Language, Receipt } from "../../generated/protocol";
import { duration, t } from "../../i18n";
import { readable } from "../../i18n/erased";
import { isolated } from "../../i18n/isolated";

/** The name in it is marked by `isolated`. */
export function receiptSentence(receipt: Receipt, language: Language): string {
  const words = t().finished;
  const { counts } = receipt;
  const name = isolated(readable(receipt.technician.name));
  if (receipt.viewed_ms <= 0 && receipt.controlled_ms <= 0) return words.sawNothing(name);
  const saw = words.saw(name, duration(receipt.viewed_ms, language));
  const parts = [
    counts.keys > 0 ? words.keys(counts.keys) : "",
    counts.clicks > 0 ? words.clicks(counts.clicks) : "",
    counts.clipboard_to_user + counts.clipboard_from_user > 0 ? words.copied(counts.clipboard_to_user + counts.clipboard_from_user) : "",
  ].filter(Boolean);
  if (receipt.controlled_ms <= 0 && parts.length === 0) return saw + words.usedNothing;
  return saw + words.used(duration(receipt.controlled_ms, language), parts.length > 0 ? words.list(parts) : null);
}
