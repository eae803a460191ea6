import type {
  CompareMapRequest,
  CompareMapResponse,
  ComparedBand as ComparedBandMessage,
  ComparisonSettings as SettingsMessage,
  SummarizeLevelsRequest,
  SummarizeLevelsResponse,
} from '#proto/comparison';
import { SkyScanError } from '#shared/base/errors';
import { counted, grouped } from '#shared/base/plurals';
import { codesOfBytes } from '#shared/spectrum/point-spectrum';
import type {
  Anomaly,
  ComparedBand,
  ComparedSession,
  ComparisonReport,
  ComparisonSettings,
  UsualLevels,
} from '../domain/comparison/compared-session.ts';
import type { LevelSummary } from '../domain/comparison/summarize-levels.ts';
import { placeOf } from './known-sky-messages.ts';
import { POINT_BYTES, pointsOf, sourceMessage } from './source-messages.ts';

/** Size of a packed cell (comparison.proto). */
const CELL_BYTES = 8;
/** Points and cells of a band that fit into a message of 4 MiB. */
const MAX_CELLS = 250_000;
const MAX_BANDS = 64;
/** Levels that are summarized at once: 128 MiB. */
const MAX_LEVELS = 2 ** 26;

/** The comparison that a stream of requests describes. Throws `invalid` and `out_of_range`. */
export async function comparisonFrom(
  requests: AsyncIterable<CompareMapRequest>,
): Promise<{ session: ComparedSession; settings: ComparisonSettings }> {
  let settings: SettingsMessage | undefined;
  const cells = createCollector('cell', CELL_BYTES);
  const points = createCollector('point', POINT_BYTES);
  const bands: ComparedBand[] = [];
  for await (const { content } of requests) {
    if (!settings) {
      if (content?.$case !== 'settings')
        throw new SkyScanError('invalid', 'the first message must have `settings`');
      settings = content.value;
    } else if (content?.$case === 'cells' && points.count() === 0 && bands.length === 0)
      cells.push(content.value);
    else if (content?.$case === 'points' && bands.length === 0) points.push(content.value);
    else if (content?.$case === 'band') {
      if (bands.length === MAX_BANDS) throw new SkyScanError('out_of_range', `more than ${MAX_BANDS} bands`);
      bands.push(bandOf(content.value, points.count(), cells.count()));
    } else
      throw new SkyScanError(
        'invalid',
        `expected cells, then points, then bands, not ${content?.$case ?? 'nothing'}`,
      );
  }
  if (!settings || cells.count() === 0 || points.count() === 0 || bands.length === 0)
    throw new SkyScanError('invalid', 'settings, cells, points and a band are needed');
  const { azimuthDeg, elevationDeg, timeMs, clipped } = pointsOf(points.bytes());
  return {
    session: {
      cells: cellsOf(cells.bytes()),
      points: { azimuthDeg, elevationDeg, timeMs, clipped },
      bands,
    },
    settings: checked(settings),
  };
}

/** Collects packed values of many messages. */
function createCollector(name: string, size: number) {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  return {
    push(piece: Uint8Array): void {
      bytes += piece.length;
      if (bytes / size > MAX_CELLS)
        throw new SkyScanError(
          'out_of_range',
          `${grouped(Math.ceil(bytes / size))} ${name}s are more than ${grouped(MAX_CELLS)}`,
        );
      pieces.push(piece);
    },
    count: () => bytes / size,
    bytes(): Buffer {
      if (bytes % size !== 0)
        throw new SkyScanError('invalid', `${bytes} bytes of ${name}s are not a multiple of ${size}`);
      return Buffer.concat(pieces);
    },
  };
}

function cellsOf(bytes: Buffer): ComparedSession['cells'] {
  const count = bytes.length / CELL_BYTES;
  const azimuthDeg = Float64Array.from({ length: count }, (_, k) => bytes.readFloatBE(CELL_BYTES * k));
  const elevationDeg = Float64Array.from({ length: count }, (_, k) => bytes.readFloatBE(CELL_BYTES * k + 4));
  for (const [name, column] of Object.entries({ azimuth: azimuthDeg, elevation: elevationDeg })) {
    const cell = column.findIndex((value) => !Number.isFinite(value));
    if (cell >= 0)
      throw new SkyScanError('invalid', `${name} ${column[cell] as number} of cell ${cell} is not a number`);
  }
  return { azimuthDeg, elevationDeg };
}

function checked({ beamWidthDeg, gainError, thresholdSigma, place }: SettingsMessage): ComparisonSettings {
  if (beamWidthDeg !== undefined && !(beamWidthDeg > 0 && beamWidthDeg <= 120))
    throw new SkyScanError('invalid', `beam_width_deg is ${beamWidthDeg} deg; it must be above 0 to 120 deg`);
  if (gainError !== undefined && !(gainError >= 0 && gainError < 1))
    throw new SkyScanError('invalid', `gain_error is ${gainError}; it must be at least 0 and below 1`);
  if (thresholdSigma !== undefined && !(thresholdSigma >= 3 && thresholdSigma <= 100))
    throw new SkyScanError('invalid', `threshold_sigma is ${thresholdSigma}; it must be 3 to 100`);
  return { beamWidthDeg, gainError, thresholdSigma, site: place && placeOf(place) };
}

function bandOf(message: ComparedBandMessage, points: number, cells: number): ComparedBand {
  const { fromHz, toHz, integrationS, levelDb, sessions } = message;
  if (!(toHz > fromHz)) throw new SkyScanError('invalid', `the band ${fromHz}..${toHz} Hz is empty`);
  if (!(integrationS > 0))
    throw new SkyScanError('invalid', `integration_s is ${integrationS} s; it must be above 0 s`);
  requireSize('level_db', levelDb, points, 'point');
  return { fromHz, toHz, integrationS, levelDb: finite(levelDb), usual: usualOf(message, sessions, cells) };
}

function usualOf(
  { count, centreDb, spreadDb }: ComparedBandMessage,
  sessions: number,
  cells: number,
): UsualLevels | undefined {
  if (sessions === 0) return undefined;
  for (const [name, list] of Object.entries({ count, centre_db: centreDb, spread_db: spreadDb }))
    requireSize(name, list, cells, 'cell');
  return { sessions, count: finite(count), centreDb: finite(centreDb), spreadDb: finite(spreadDb) };
}

function requireSize(name: string, list: readonly number[], size: number, noun: string): void {
  if (list.length === size) return;
  throw new SkyScanError(
    'invalid',
    `${name} has ${counted(list.length, 'value')} for ${counted(size, noun)}`,
  );
}

/** Infinite values are none. */
function finite(values: readonly number[]): Float64Array {
  return Float64Array.from(values, (value) => (Number.isFinite(value) ? value : NaN));
}

export function comparisonProgress(done: number, of: number): CompareMapResponse {
  return { content: { $case: 'progress', value: done / of } };
}

/** The levels of each band, then the report. */
export function* comparisonMessages({
  levels,
  anomalies,
  ...report
}: ComparisonReport): Generator<CompareMapResponse, void> {
  for (const { levelDb, changeDb, z } of levels)
    yield {
      content: {
        $case: 'levels',
        value: { levelDb: [...levelDb], changeDb: [...changeDb], z: [...z] },
      },
    };
  yield { content: { $case: 'report', value: { ...report, anomalies: anomalies.map(anomalyMessage) } } };
}

function anomalyMessage({ source, ...anomaly }: Anomaly) {
  return { ...anomaly, source: sourceMessage(source) };
}

/** Cells and levels of each session. Throws `invalid` and `out_of_range`. */
export async function summaryFrom(
  requests: AsyncIterable<SummarizeLevelsRequest>,
): Promise<{ cells: number; levels: Int16Array[] }> {
  let cells: number | undefined;
  const levels: Int16Array[] = [];
  for await (const { content } of requests) {
    if (cells === undefined) {
      if (content?.$case !== 'cells' || content.value === 0)
        throw new SkyScanError('invalid', 'the first message must have the number of `cells`, above 0');
      if (content.value > MAX_CELLS)
        throw new SkyScanError(
          'out_of_range',
          `${grouped(content.value)} cells are more than ${grouped(MAX_CELLS)}`,
        );
      cells = content.value;
    } else if (content?.$case === 'levels') {
      if (content.value.length !== 2 * cells)
        throw new SkyScanError(
          'invalid',
          `levels have ${content.value.length} bytes, ${cells} cells have ${2 * cells}`,
        );
      levels.push(codesOfBytes(content.value));
      if (levels.length * cells > MAX_LEVELS)
        throw new SkyScanError(
          'out_of_range',
          `${levels.length} sessions of ${grouped(cells)} cells are more than ${grouped(MAX_LEVELS)} levels`,
        );
    } else throw new SkyScanError('invalid', 'each further message must have `levels`');
  }
  if (cells === undefined || levels.length === 0)
    throw new SkyScanError('invalid', 'the number of cells and the levels of a session are needed');
  return { cells, levels };
}

export function summaryMessage({
  count,
  centreDb,
  spreadDb,
  ...summary
}: LevelSummary): SummarizeLevelsResponse {
  return { ...summary, count: [...count], centreDb: [...centreDb], spreadDb: [...spreadDb] };
}
