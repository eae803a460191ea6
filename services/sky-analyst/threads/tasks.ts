import type { Control } from '../domain/finder/sky-map.ts';
import { findSessionSources } from '../domain/session/find-session-sources.ts';
import type { SearchSettings, SessionMap } from '../domain/session/session-map.ts';

/**
 * Computations that run in a thread. Inputs and results are copied: no functions, no classes of
 * our own.
 */
export const TASKS = {
  findSources: ({ map, settings }: { map: SessionMap; settings: SearchSettings }, control: Control) =>
    findSessionSources(map, settings, control),
};

export type TaskName = keyof typeof TASKS;
