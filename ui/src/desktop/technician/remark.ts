/** What the technician should know now, in words. */
import { CLIPBOARD_LIMIT } from "../../design/limits";
import type { Remark } from "../../generated/host";
import { t } from "../../i18n";

export function remarkText(remark: Remark, user: string): string {
  const words = t().remote;
  switch (remark.remark) {
    case "refused":
      return remark.timed_out ? words.remarkTimedOut(remark.capability) : words.remarkRefused[remark.capability];
    case "withdrawn":
      return words.remarkWithdrawn(remark.capability, remark.reason);
    case "input_denied":
      return words.remarkDenied[remark.reason];
    case "copied_too_long":
      return remark.mine ? t().copied.mine(remark.characters, CLIPBOARD_LIMIT) : t().copied.theirs(user, remark.characters, CLIPBOARD_LIMIT);
  }
}
