import type { RequestHandler } from 'express';
import { COMPARISON_VALUES, type ComparisonMapValue } from '#contract/anomaly-values';
import { comparisonImageQuerySchema, comparisonMapQuerySchema } from '#contract/rest/anomalies';
import { counted } from '#shared/base/plurals';
import { DIVERGING } from '#sky-map/diverging-palette';
import type { LevelUnit } from '#sky-map/legend';
import type { Painter } from '../drawing/painter.ts';
import { readCells } from '../store/baselines/baselines.ts';
import type { ComparisonRow } from '../store/comparisons/comparisons.ts';
import { KEPT_MAPS, readMap, type ComparedMap } from '../store/comparisons/maps.ts';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import { finishedComparison } from './anomalies.ts';
import { streamBulk } from './bulk-response.ts';
import type { BulkStreams } from './bulk-streams.ts';
import {
  packedValues,
  printable,
  rangeText,
  requireBand,
  requireSetup,
  roundedColumn,
  unitOfBaseline,
  type BaselineWithSetup,
} from './cell-maps.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { sendMap } from './send-map.ts';
import type { SessionOf } from './session-of.ts';
import { valueFormat, type ValueBlock } from './value-formats.ts';

type Block = ValueBlock<(typeof COMPARISON_VALUES)[number]>;

/** Decimals. */
const ANGLE = 4;
const LEVEL = 3;
/** Standard deviations up to which a change is neutral in pictures. */
const NEUTRAL_Z = 2;

const TITLES: Record<ComparisonMapValue, string> = {
  z: 'change in standard deviations',
  change_db: 'change',
  level: 'level',
  usual: 'usual level',
};

/** `/anomalies/map`: levels and changes by cell of the baseline. */
export function comparisonMapHandler(
  db: Database,
  streams: BulkStreams,
  sessionOf: SessionOf,
): RequestHandler {
  return async (request, response) => {
    const query = parseOr422(comparisonMapQuerySchema, request.query, 'query');
    const session = await sessionOf(request.params['session_id']);
    const { baseline, map } = await selected(db, session, query);
    const format = valueFormat(request, query, COMPARISON_VALUES, 'cell');
    await streamBulk(request, response, format, streams, () => blockOf(db, baseline, map));
  };
}

async function* blockOf(
  db: Database,
  { id }: BaselineWithSetup,
  { level, usual, change, z }: ComparedMap,
): AsyncGenerator<Block> {
  const cells = await readCells(db, id);
  if (!cells) return;
  yield {
    firstSeq: 0,
    values: {
      azimuth: roundedColumn(cells.azimuthDeg, ANGLE),
      elevation: roundedColumn(cells.elevationDeg, ANGLE),
      level: roundedColumn(level, LEVEL),
      usual: roundedColumn(usual, LEVEL),
      change_db: roundedColumn(change, LEVEL),
      z: roundedColumn(z, LEVEL),
    },
  };
}

/** `/anomalies/map.png` */
export function comparisonImageHandler(db: Database, painter: Painter, sessionOf: SessionOf): RequestHandler {
  return async (request, response) => {
    const query = parseOr422(comparisonImageQuerySchema, request.query, 'query');
    const session = await sessionOf(request.params['session_id']);
    const { baseline, comparison, map } = await selected(db, session, query);
    const { bin, sessions, finished_at } = comparison;
    const isChange = query.value === 'z' || query.value === 'change_db';
    const facts = [
      TITLES[query.value],
      ...(isChange ? [`neutral within ${NEUTRAL_Z} standard deviations`] : []),
      `${counted(sessions ?? 0, 'session')} of ${printable(baseline.name)} (${bin ?? ''})`,
      rangeText(baseline, query.band),
    ];
    await sendMap(request, response, painter, query, {
      facts: ['comparison', session.id, baseline.id, baseline.name, finished_at?.getTime(), query],
      figure: () =>
        Promise.resolve({
          palette: isChange ? DIVERGING : query.palette,
          title: `Scan ${session.id} · ${printable(session.rotor.name)}`,
          subtitle: facts.join(' · '),
          bounds: baseline.setup.area,
          unit: unitOf(query.value, baseline),
          references: undefined,
        }),
      levels: () => packedValues(baseline, drawnValues(query.value, map)),
    });
  };
}

function unitOf(value: ComparisonMapValue, baseline: BaselineWithSetup): LevelUnit {
  if (value === 'z') return 'z';
  return value === 'change_db' ? 'dB' : unitOfBaseline(baseline);
}

function drawnValues(value: ComparisonMapValue, { level, usual, change, z }: ComparedMap): ArrayLike<number> {
  if (value === 'level') return level;
  if (value === 'usual') return usual;
  const drawn = value === 'z' ? z : change;
  return Float32Array.from({ length: drawn.length }, (_, cell) =>
    Math.abs(z[cell] ?? NaN) < NEUTRAL_Z ? 0 : (drawn[cell] ?? NaN),
  );
}

/** Throws 404 without a baseline, 409 without a map, 422 if the baseline does not have the band. */
async function selected(
  db: Database,
  session: SessionRow,
  { baseline: baselineId, band }: { baseline?: number | undefined; band: number },
): Promise<{ baseline: BaselineWithSetup; comparison: ComparisonRow; map: ComparedMap }> {
  const { baseline: found, comparison } = await finishedComparison(db, session, baselineId);
  const baseline = requireSetup(found);
  requireBand(baseline, band);
  const map = await readMap(db, { session_id: session.id, baseline_id: baseline.id }, band);
  if (map) return { baseline, comparison, map };
  throw new HttpError(
    409,
    `The map of session ${session.id} is not kept: only those of the newest ${KEPT_MAPS} comparisons are; request it again`,
  );
}
