import type { Router } from 'express';
import type { z } from 'zod';
import { EXPORTS, exportQuerySchemas, type ExportKind } from '#contract/rest/exports';
import { publishedTime } from '#contract/mqtt-messages';
import type { Database } from '../../store/queryable.ts';
import type { SessionRow } from '../../store/sessions.ts';
import { streamBulk } from '../bulk-response.ts';
import type { BulkStreams } from '../bulk-streams.ts';
import { csvFormat } from '../csv.ts';
import { parseOr422 } from '../errors.ts';
import type { AddedColumns } from '../measurement-columns.ts';
import type { MeasurementFormat } from '../measurement-formats.ts';
import { selectPoints, type PointQuery } from '../measurements.ts';
import { resource } from '../resource.ts';
import type { SessionOf } from '../session-of.ts';
import { equatorial, healpixFormat, HORIZONTAL, nsideFor } from './healpix.ts';
import { fitsFormat } from './fits.ts';
import { requirePlace } from '../../domain/known-object-target.ts';
import { requireDirections } from '../../domain/require-directions.ts';
import type { PlaceOf } from '../../sites/site-place.ts';
import type { Card } from './fits-header.ts';
import { mapGridOf } from './map-grid.ts';
import { parquetFormat } from './parquet.ts';

interface ExportParts {
  db: Database;
  streams: BulkStreams;
  sessionOf: SessionOf;
  placeOf: PlaceOf;
}

/** Of the names of files. */
const ENDINGS = {
  csv: 'csv',
  fits: 'fits',
  healpix: 'healpix.fits',
  parquet: 'parquet',
} as const satisfies Record<ExportKind, string>;

/** What a file is made of. */
interface FileParts {
  added: AddedColumns;
  session: SessionRow;
  placeOf: PlaceOf;
}
type Format = MeasurementFormat | Promise<MeasurementFormat>;
type FormatOf<Query> = (query: Query, parts: FileParts) => Format;
/** Throws 422 for a query that does not have the schema. */
type Exporter = (query: unknown) => {
  points: PointQuery;
  formatOf: (parts: FileParts) => Format;
};

const PIXELS_PER_BEAM = 3;

const EXPORTERS: Record<ExportKind, Exporter> = {
  csv: exporter(exportQuerySchemas.csv, (query, { added }) => csvFormat(added, query)),
  fits: exporter(exportQuerySchemas.fits, (_, { added, session }) =>
    fitsFormat(added, {
      points: session.completed_points,
      cards: cardsOf(session),
      grid: mapGridOf(session),
    }),
  ),
  healpix: exporter(exportQuerySchemas.healpix, async ({ coordinates, nside }, { session, placeOf }) => {
    requireDirections(session);
    const { rotor, step_deg } = session;
    const widthDeg = rotor.beam_width_deg ? rotor.beam_width_deg / PIXELS_PER_BEAM : step_deg;
    return healpixFormat({
      cards: cardsOf(session),
      nside: nside ?? nsideFor(widthDeg),
      ...(coordinates === 'horizontal'
        ? HORIZONTAL
        : equatorial(requirePlace(await placeOf(session.site_id), 'of the map on the sky'))),
    });
  }),
  parquet: exporter(exportQuerySchemas.parquet, (query, { added }) => parquetFormat(added, query)),
};

function exporter<Query extends PointQuery>(schema: z.ZodType<Query>, formatOf: FormatOf<Query>): Exporter {
  return (raw) => {
    const query = parseOr422(schema, raw, 'query');
    return { points: query, formatOf: (parts) => formatOf(query, parts) };
  };
}

/** `/export.csv`, `.fits`, `.healpix`, `.parquet`: files with all points of a session. */
export function exportRoutes(router: Router, { db, streams, sessionOf, placeOf }: ExportParts): void {
  for (const kind of EXPORTS)
    resource(router, `/api/skyscan/:session_id/export.${kind}`, {
      get: async (request, response) => {
        const query = EXPORTERS[kind](request.query);
        const session = await sessionOf(request.params['session_id']);
        const { added, points } = await selectPoints(db, session, query.points);
        const format = await query.formatOf({ added, session, placeOf });
        response.attachment(`scan-${session.id}.${ENDINGS[kind]}`);
        await streamBulk(request, response, format, streams, () => points(0, session.completed_points));
      },
    });
}

function cardsOf({ id, rotor, started_at, finished_at }: SessionRow): Card[] {
  const time = (at: Date) => publishedTime(at.getTime()).replace('Z', '');
  return [
    ['ORIGIN', 'Sky Scan'],
    ['SESSION', id, 'Scan session'],
    ['TELESCOP', rotor.name, 'Rotor'],
    ['TIMESYS', 'UTC'],
    ...(started_at ? [['DATE-BEG', time(started_at)] as const] : []),
    ...(finished_at ? [['DATE-END', time(finished_at)] as const] : []),
    ['FREQ', rotor.center_frequency_hz, 'Centre of the band, Hz'],
    ['BANDWID', rotor.bandwidth_hz, 'Hz'],
  ];
}
