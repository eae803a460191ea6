import type { AntennaPattern, PatternQuery } from '#contract/rest/patterns';
import { SkyScanError } from '#shared/base/errors';
import type { PatternColumns } from '../clients/pattern-messages.ts';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import { PACKED_POINT, readPackedPoints } from '../store/sources/points.ts';
import { readBand, type BandSelection } from '../store/spectra/read-band.ts';
import { readNeighbours, type NeighbourSides } from './neighbour-levels.ts';
import type { PatternSource } from './pattern-source.ts';
import { totalPowerWarning, type Extremes } from './total-power.ts';

export interface PatternParts {
  db: Database;
  analyst: Pick<SkyAnalyst, 'measurePattern'>;
}

/** A session with the directions of its source and what its levels are. */
export interface MeasuredSession {
  session: SessionRow;
  source: PatternSource;
  levels: PatternLevels;
}

/** What the levels of the points are. */
export interface PatternLevels {
  /** Undefined: the levels of the session. */
  selection: BandSelection | undefined;
  /** dB since the first reference; undefined: not corrected. */
  drift: ((atMs: number) => number) | undefined;
  centreHz: number;
  /** Channels that show the background of each point. Undefined: not measured. */
  neighbours: NeighbourSides | undefined;
}

const LIGHT_M_PER_S = 299_792_458;
/** Source directions between points that are nearer in time than this are equal. */
const SAME_MS = 200;

/**
 * The pattern from a session, or from two with different gains. Throws `wrong_state` if the scan
 * does not show the beam, or the gains cannot be joined.
 */
export async function measureSessionPattern(
  { db, analyst }: PatternParts,
  measured: MeasuredSession,
  highGain: MeasuredSession | undefined,
  query: PatternQuery,
  signal: AbortSignal,
): Promise<AntennaPattern> {
  const { session, source, levels } = measured;
  for (const each of highGain ? [measured, highGain] : [measured]) requireDirections(each);
  if (query.flux_sfu !== undefined && !source.isSun)
    throw new SkyScanError('wrong_state', `flux_sfu is the flux of the Sun, the source is ${source.name}`);
  const extremes: Extremes = {
    highest: { seq: 0, levelDb: -Infinity },
    lowest: { seq: 0, levelDb: Infinity },
  };
  const { gain_join: join, ...pattern } = await analyst.measurePattern(
    {
      settings: {
        backgroundDb: query.background_db,
        sourceWidthDeg: source.widthDeg,
        wavelengthM: LIGHT_M_PER_S / levels.centreHz,
        diameterM: query.diameter_m,
        distanceM: query.distance_m,
        alongPlanes: session.grid === 'principal_cuts',
        withGrid: query.map ?? false,
        withTable: query.table ?? false,
        fluxSfu: query.flux_sfu,
        fluxSigmaSfu: query.flux_sigma_sfu,
        gainDbi: query.gain_dbi,
        mask: query.mask ?? [],
      },
      points: pointsOf(db, measured, extremes),
      highGainPoints: highGain && pointsOf(db, highGain),
    },
    signal,
  );
  // Sun and Moon have no carrier.
  const mayHaveCarrier = !levels.selection && source.widthDeg === 0;
  const warning = mayHaveCarrier ? await totalPowerWarning(db, session.id, extremes) : undefined;
  return {
    session_id: session.id,
    source: source.name,
    frequency_hz: levels.centreHz,
    ...pattern,
    gain_join: join && highGain ? { session_id: highGain.session.id, ...join } : null,
    warnings: warning ? [...pattern.warnings, warning] : pattern.warnings,
  };
}

/** Throws `wrong_state` if the directions of the source are not known for the time of a session. */
function requireDirections({ session, source }: MeasuredSession): void {
  const problem = session.started_at && source.problemAt?.(session.started_at.getTime());
  if (problem) throw new SkyScanError('wrong_state', `${source.name}: ${problem}`);
}

async function* pointsOf(
  db: Database,
  {
    session: { id, completed_points: count },
    source,
    levels: { selection, drift, neighbours },
  }: MeasuredSession,
  extremes?: Extremes,
): AsyncGenerator<PatternColumns> {
  const values = selection && (await allValues(db, selection, count));
  const sides = selection && neighbours && (await readNeighbours(db, selection, neighbours, count));
  let seq = 0;
  let [atMs, direction] = [-Infinity, { azimuthDeg: NaN, elevationDeg: NaN }];
  for await (const bytes of readPackedPoints(db, id, count)) {
    const columns: PatternColumns = {
      azimuthDeg: [],
      elevationDeg: [],
      sourceAzimuthDeg: [],
      sourceElevationDeg: [],
      levelDb: [],
      clipped: [],
      belowDb: [],
      aboveDb: [],
    };
    for (let at = 0; at + PACKED_POINT.bytes <= bytes.length; at += PACKED_POINT.bytes, seq++) {
      const timeMs = bytes.readDoubleBE(at + 12);
      if (Math.abs(timeMs - atMs) > SAME_MS) [atMs, direction] = [timeMs, source.directionAt(timeMs)];
      const level = values ? (values[seq] ?? NaN) : bytes.readFloatBE(at + 8);
      columns.azimuthDeg.push(bytes.readFloatBE(at));
      columns.elevationDeg.push(bytes.readFloatBE(at + 4));
      // A source below the horizon is not received.
      const isUp = direction.elevationDeg > -1;
      columns.sourceAzimuthDeg.push(isUp ? direction.azimuthDeg : NaN);
      columns.sourceElevationDeg.push(isUp ? direction.elevationDeg : NaN);
      const driftDb = drift?.(timeMs) ?? 0;
      const levelDb = level - driftDb;
      if (extremes) extend(extremes, { seq: seq + 1, levelDb });
      columns.levelDb.push(levelDb);
      if (sides) {
        columns.belowDb.push((sides.below[seq] ?? NaN) - driftDb);
        columns.aboveDb.push((sides.above[seq] ?? NaN) - driftDb);
      }
      columns.clipped.push((bytes.readUInt32BE(at + 20) & PACKED_POINT.clipped) !== 0);
    }
    yield columns;
  }
}

function extend(extremes: Extremes, point: Extremes['highest']): void {
  if (point.levelDb > extremes.highest.levelDb) extremes.highest = point;
  if (point.levelDb < extremes.lowest.levelDb) extremes.lowest = point;
}

async function allValues(db: Database, selection: BandSelection, count: number): Promise<Float64Array> {
  const all = new Float64Array(count).fill(NaN);
  for await (const { firstSeq, values } of readBand(db, selection, 0, count)) all.set(values, firstSeq - 1);
  return all;
}
