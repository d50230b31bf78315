/** Words of the queue's filter, its keys, and of a ticket that left while it was looked at. */
import { wordsOf } from "../../i18n";
import { counted } from "../../i18n/plural";

const english = counted("en");
const french = counted("fr");

const en = {
  level: "Level",
  anyLevel: "All levels",
  levelOf: (level: number) => `Level ${level}`,
  priority: "Priority",
  anyPriority: "All priorities",
  priorityOnly: "Priority 1",
  priorityUpTo: (priority: number) => `Priority 1 to ${priority}`,
  mine: "Mine",
  hidden: (count: number) => `${english(count, "ticket is", "tickets are")} hidden by the filter`,
  showAll: "Show all",
  noMatchTitle: "No ticket matches",
  noMatchHint: (count: number) => `The filter hides ${english(count, "ticket", "tickets")}.`,
  keys: (codes: boolean) => `↑ ↓ move   Enter look   t take   ${codes ? "c code   " : ""}/ filter   Esc show all`,
  pickHint: "Choose one with the arrow keys or j and k. The key t takes it.",
  goneTitle: (ticket: string) => `${ticket} has left the queue`,
  takenBy: (name: string) => `${name} has taken it.`,
  escalated: (level: number) => `It was passed on to level ${level}.`,
  cancelled: "Its user no longer needs help.",
  closed: "It was closed.",
  reassigned: "Your session has ended. Others go on with this ticket.",
  goneHint: "The arrow keys go on with the tickets that are left.",
};

const fr: typeof en = {
  level: "Niveau",
  anyLevel: "Tous les niveaux",
  levelOf: (level) => `Niveau ${level}`,
  priority: "Priorité",
  anyPriority: "Toutes les priorités",
  priorityOnly: "Priorité 1",
  priorityUpTo: (priority) => `Priorités 1 à ${priority}`,
  mine: "Les miens",
  hidden: (count) => french(count, "ticket masqué par le filtre", "tickets masqués par le filtre"),
  showAll: "Tout afficher",
  noMatchTitle: "Aucun ticket ne correspond",
  noMatchHint: (count) => `Le filtre masque ${french(count, "ticket", "tickets")}.`,
  keys: (codes) => `↑ ↓ déplacer   Entrée regarder   t prendre   ${codes ? "c code   " : ""}/ filtrer   Échap tout afficher`,
  pickHint: "Choisissez-en un avec les flèches ou j et k. La touche t le prend.",
  goneTitle: (ticket) => `${ticket} a quitté la file`,
  takenBy: (name) => `${name} l’a pris.`,
  escalated: (level) => `Il a été transmis au niveau ${level}.`,
  cancelled: "L’utilisateur n’a plus besoin d’aide.",
  closed: "Il a été clos.",
  reassigned: "Votre session est terminée. D’autres reprennent ce ticket.",
  goneHint: "Les flèches reprennent avec les tickets qui restent.",
};

export const q = wordsOf({ en, fr });
