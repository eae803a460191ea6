import type {
  CompareMapRequest,
  ComparisonReport as ComparisonReportMessage,
  FoundAnomaly as FoundAnomalyMessage,
  SummarizeLevelsRequest,
  SummarizeLevelsResponse,
} from '#proto/comparison';
import { ANOMALY_KINDS, type AnomalyKind } from '#contract/anomaly-values';
import { SkyScanError } from '#shared/base/errors';
import type { Place } from '#shared/sky/look';
import type { Pointing } from '#shared/sky/pointing';
import type { Cells } from '../domain/baselines/setup.ts';
import type { HertzRange } from '../domain/channel-range.ts';
import type { BandStatistics } from '../store/baselines/statistics.ts';
import type { FoundSource } from '../store/sources/sources.ts';
import { sourceFrom } from './source-messages.ts';

/** A session and the baseline that it is compared with. */
export interface ComparisonRequest {
  settings: {
    beamWidthDeg: number | undefined;
    gainError: number | undefined;
    thresholdSigma: number | undefined;
    /** Undefined: the site has none. */
    place: Place | undefined;
  };
  cells: Cells;
  /** Packed points (sky_analyst.proto). */
  points: AsyncIterable<Buffer>;
  /** By band of the baseline. */
  bands: AsyncIterable<ComparedBand>;
}

export interface ComparedBand {
  range: HertzRange;
  integrationS: number;
  /** Of each point; NaN: none. */
  levels: Float32Array;
  /** Undefined: no sessions yet. */
  statistics: BandStatistics | undefined;
}

/** Levels of a band by cell; NaN: none. */
export interface ComparedLevels {
  level: number[];
  change: number[];
  z: number[];
}

export interface FoundAnomaly {
  kind: AnomalyKind;
  source: Omit<FoundSource, 'candidates'>;
  z: number;
  changeDb: number;
  changeErrorDb: number | undefined;
  from: Pointing | undefined;
}

export interface ComparisonReport {
  /** By band of the baseline. */
  levels: ComparedLevels[];
  anomalies: FoundAnomaly[];
  offsetDb: number;
  noiseScale: number;
  beamWidthDeg: number;
  anomalousCells: number[];
  /** Cells that the Sun was near to. */
  sunCells: number[];
  /** Why the session must not enter the baseline. */
  unsuitable: string | undefined;
}

/** Cells per message. */
const CELLS_PER_MESSAGE = 65_536;
const CELL_BYTES = 8;

export async function* comparisonRequests(request: ComparisonRequest): AsyncGenerator<CompareMapRequest> {
  yield { content: { $case: 'settings', value: request.settings } };
  for (const value of cellMessages(request.cells)) yield { content: { $case: 'cells', value } };
  for await (const value of request.points) yield { content: { $case: 'points', value } };
  for await (const { range, integrationS, levels, statistics } of request.bands) {
    const { sessions = 0, count = [], centre = [], spread = [] } = statistics ?? {};
    const value = {
      ...range,
      integrationS,
      levelDb: [...levels],
      sessions,
      count: Array.from(count),
      centreDb: Array.from(centre),
      spreadDb: Array.from(spread),
    };
    yield { content: { $case: 'band', value } };
  }
}

function* cellMessages({ azimuthDeg, elevationDeg }: Cells): Generator<Buffer> {
  for (let from = 0; from < azimuthDeg.length; from += CELLS_PER_MESSAGE) {
    const count = Math.min(CELLS_PER_MESSAGE, azimuthDeg.length - from);
    const bytes = Buffer.alloc(count * CELL_BYTES);
    for (let k = 0; k < count; k++) {
      bytes.writeFloatBE(azimuthDeg[from + k] ?? NaN, k * CELL_BYTES);
      bytes.writeFloatBE(elevationDeg[from + k] ?? NaN, k * CELL_BYTES + CELL_BYTES / 2);
    }
    yield bytes;
  }
}

export function comparisonReportFrom(
  report: ComparisonReportMessage,
  levels: ComparedLevels[],
): ComparisonReport {
  const { offsetDb, noiseScale, beamWidthDeg, anomalousCells, sunCells, unsuitable } = report;
  const anomalies = report.anomalies.map(anomalyFrom);
  return { levels, anomalies, offsetDb, noiseScale, beamWidthDeg, anomalousCells, sunCells, unsuitable };
}

function anomalyFrom({ kind: name, source, from, ...rest }: FoundAnomalyMessage): FoundAnomaly {
  const kind = ANOMALY_KINDS.find((each) => each === name);
  if (!kind || !source) throw new SkyScanError('internal', `sky-analyst has sent an anomaly of kind ${name}`);
  const { z, changeDb, changeErrorDb } = rest;
  return { kind, source: sourceFrom(source), z, changeDb, changeErrorDb, from };
}

export async function* summaryRequests(
  cells: number,
  levels: AsyncIterable<Buffer>,
): AsyncGenerator<SummarizeLevelsRequest> {
  yield { content: { $case: 'cells', value: cells } };
  for await (const value of levels) yield { content: { $case: 'levels', value } };
}

export function statisticsFrom(message: SummarizeLevelsResponse): BandStatistics {
  const { sessions, count, centreDb: centre, spreadDb: spread, pooledSpreadDb = null } = message;
  return { sessions, spread_db: pooledSpreadDb, count, centre, spread };
}
