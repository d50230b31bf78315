/** What the page of figures asks of the relay, a part of the console's seam. Every method throws `ApiError`. */
import type { FiguresQuery, PersonFigures, PersonQuery, TeamFigures } from "../../generated/protocol";

export interface FiguresApi {
  figures(query: FiguresQuery, abort?: AbortSignal): Promise<TeamFigures>;
  /** One technician's figures; that this was asked, and what for, stands in the log before the answer comes. */
  personFigures(query: PersonQuery): Promise<PersonFigures>;
  /** Address of the table as a file. */
  figuresUrl(query: FiguresQuery): string;
}
