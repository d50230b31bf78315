/** One page of each side by its name, as the pages' components take it. */
import type { TechnicianPage, TechnicianSession, UserPage } from "../generated/host";

export type UserPageOf<Name extends UserPage["page"]> = Extract<UserPage, { page: Name }>;
export type TechnicianPageOf<Name extends TechnicianPage["page"]> = Extract<TechnicianPage, { page: Name }>;
export type StageOf<Name extends TechnicianSession["stage"]> = Extract<TechnicianSession, { stage: Name }>;
