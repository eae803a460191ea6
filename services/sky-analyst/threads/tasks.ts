import { findSources } from '../domain/finder/find-sources.ts';
import type { Control, FinderSettings, SkyMap } from '../domain/finder/sky-map.ts';

/**
 * Computations that run in a thread. Inputs and results are copied: no functions, no classes of
 * our own.
 */
export const TASKS = {
  findSources: ({ map, settings }: { map: SkyMap; settings: FinderSettings }, control: Control) =>
    findSources(map, settings, control),
};

export type TaskName = keyof typeof TASKS;
