import { compareSession } from '../domain/comparison/compare-session.ts';
import type { ComparedSession, ComparisonSettings } from '../domain/comparison/compared-session.ts';
import { summarizeLevels } from '../domain/comparison/summarize-levels.ts';
import type { Control } from '../domain/finder/sky-map.ts';
import { findSessionSources } from '../domain/session/find-session-sources.ts';
import type { SearchSettings, SessionMap } from '../domain/session/session-map.ts';
import type { Place } from '#shared/sky/look';
import { candidatesAt } from '../domain/identification/candidates.ts';
import type { DetectedSource, KnownSky } from '../domain/identification/detected-source.ts';
import { findEmitter, findSatellite } from '../domain/identification/find-object.ts';
import { decodeElements, decodeEmitters, type KnownBatches } from '../domain/identification/known-records.ts';
import { knownSkyOf } from '../domain/identification/known-sky.ts';
import { skyOverlaysOf, type OverlaysRequest } from '../domain/identification/sky-overlays.ts';
import type { Bearing } from '../domain/bearings/bearing.ts';
import { findCrossings, type CrossingOptions } from '../domain/bearings/find-crossings.ts';
import type { PatternFileFormat } from '#shared/pattern/pattern-file-formats';
import { readPatternFile } from '#shared/pattern/read-pattern-file';
import { measureCuts } from '../domain/pattern/measure-cuts.ts';
import { measureJoined } from '../domain/pattern/measure-joined.ts';
import type { PatternScan, PatternSettings } from '../domain/pattern/pattern.ts';

/**
 * Computations that run in a thread. Inputs and results are copied: no functions, no classes of
 * our own.
 */
export const TASKS = {
  findSources: ({ map, settings }: { map: SessionMap; settings: SearchSettings }, control: Control) =>
    findSessionSources(map, settings, control),
  compareMap: (
    { session, settings }: { session: ComparedSession; settings: ComparisonSettings },
    control: Control,
  ) => compareSession(session, settings, control),
  summarizeLevels: ({ cells, levels }: { cells: number; levels: readonly Int16Array[] }) =>
    summarizeLevels(cells, levels),
  identifySources: ({
    site,
    sources,
    batches,
  }: {
    site: Place;
    sources: readonly DetectedSource[];
    batches: KnownBatches;
  }) => {
    const sky = knownSkyOf(site, batches);
    return sources.map((source) => candidatesAt(source, sky));
  },
  findSatellite: ({ name, batches }: { name: string; batches: KnownBatches }) =>
    findSatellite(decodeElements(batches.elements), name),
  findEmitter: ({ name, batches }: { name: string; batches: KnownBatches }) =>
    findEmitter(decodeEmitters(batches.emitters), name),
  skyOverlays: ({
    site,
    request,
    batches,
  }: {
    site: Place;
    request: OverlaysRequest;
    batches: KnownBatches;
  }) => {
    let known: KnownSky | undefined;
    return skyOverlaysOf(site, request, () => (known ??= knownSkyOf(site, batches)));
  },
  findCrossings: ({ bearings, options }: { bearings: Bearing[]; options: CrossingOptions }) =>
    findCrossings(bearings, options),
  measurePattern: ({
    scan,
    high,
    settings,
  }: {
    scan: PatternScan;
    high: PatternScan | undefined;
    settings: PatternSettings;
  }) => measureJoined(scan, high, settings),
  measurePatternFile: ({ format, bytes }: { format: PatternFileFormat; bytes: Uint8Array }) =>
    measureCuts(readPatternFile(format, bytes)),
};

export type TaskName = keyof typeof TASKS;
