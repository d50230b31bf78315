/** How a user is called at the technician's. */
import type { Stated } from "../../generated/protocol";
import { t } from "../../i18n";

/** What a user's app states when neither the person nor their machine has a name for them. */
const NAMELESS = "?";

/** Their name as they state it; without one, a word that a sentence reads with. */
export const callerName = ({ name }: Stated): string => (name === NAMELESS ? t().nameless : name);
