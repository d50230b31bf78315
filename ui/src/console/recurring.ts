/**
 * Recurring trouble: words that several tickets have in common. Only what was written in the summaries counts; there is no
 * guessing at meanings. Invariant: a ticket counts once for a word, however often it says it.
 */
import type { TicketId, TicketRow } from "../generated/protocol";

export interface Trouble {
  /** As it was written first. */
  word: string;
  /** Newest first. */
  tickets: readonly TicketId[];
}

/** Shorter words say nothing of a trouble. */
const SHORTEST = 4;
/** Most words that are shown. */
const MOST = 8;

/** Words of requests in general, French and English, without accents. */
const COMMON = new Set(
  ("about after again anymore before being cannot could does doesn doing done dont down every from have help hello into just "
  + "longer more need none only open opens over please since some still than thank thanks that their them then there they this time today "
  + "want wants were what when where which while will with without won works working would your yesterday morning "
  + "alors apres aucun aucune aujourdhui aussi autre avait avant avec avoir bonjour cela celle cette chez comme dans depuis "
  + "deux donc elle elles encore entre etait etre faire fait fois hier ils jamais jour leur lors mais merci mes moins notre nous "
  + "nouveau nouvelle parce pendant personne peut peux plus pour pourquoi pouvez quand quelqu quelque quoi rien sans sera ses "
  + "soir sont sous suis tous tout toute toutes tres trop votre vous voudrais matin marche marchent fonctionne fonctionnent arrive arrivent ouvrir ouvre").split(" "),
);

const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** The common form of a word: without accents, and without the mark of the plural. */
function stem(word: string): string {
  const bare = plain(word);
  return bare.length > SHORTEST && /[sx]$/.test(bare) ? bare.slice(0, -1) : bare;
}

/** Words that stand in at least two of the tickets, most tickets first. */
export function recurring(tickets: readonly Pick<TicketRow, "id" | "summary">[]): Trouble[] {
  const found = new Map<string, { word: string; tickets: TicketId[] }>();
  for (const { id, summary } of tickets) {
    const seen = new Set<string>();
    for (const word of summary.match(/[\p{L}\p{N}]+(?:[-.][\p{L}\p{N}]+)*/gu) ?? []) {
      const key = stem(word);
      if ([...key].length < SHORTEST || /^\d+$/.test(key) || COMMON.has(plain(word)) || COMMON.has(key) || seen.has(key)) continue;
      seen.add(key);
      const trouble = found.get(key);
      if (trouble === undefined) found.set(key, { word, tickets: [id] });
      else trouble.tickets.push(id);
    }
  }
  return [...found.values()]
    .filter((trouble) => trouble.tickets.length > 1)
    .sort((one, other) => other.tickets.length - one.tickets.length || one.word.localeCompare(other.word))
    .slice(0, MOST);
}
