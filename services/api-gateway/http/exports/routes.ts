import type { Request, Response, Router } from 'express';
import type { z } from 'zod';
import { EXPORTS, exportQuerySchemas, type ExportKind } from '#contract/rest/exports';
import { publishedTime } from '#contract/mqtt-messages';
import type { Database } from '../../store/queryable.ts';
import type { SessionRow } from '../../store/sessions.ts';
import { prefetch, streamBulk, type BulkFormat } from '../bulk-response.ts';
import type { BulkStreams } from '../bulk-streams.ts';
import { csvFormat } from '../csv.ts';
import { selectBand, type RangeQuery } from '../band-selection.ts';
import { HttpError, parseOr422 } from '../errors.ts';
import { pointBlocks } from '../point-blocks.ts';
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
import { readPlanes } from '../../store/spectra/read-planes.ts';
import { readSelectedSpectra } from '../../store/spectra/read-points.ts';
import { mapGridOf, newestPoints } from './map-grid.ts';
import { parquetFormat } from './parquet.ts';
import { spectraParquetFormat } from './spectra-parquet.ts';
import { cubeFormat } from './spectrum-cube.ts';

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
interface FileParts extends Pick<ExportParts, 'db' | 'placeOf'> {
  session: SessionRow;
}
/** A file that is sent to a client. */
interface ExportFile {
  ending: string;
  send: (request: Request, response: Response, streams: BulkStreams) => Promise<void>;
}
/** Throws 422 for a query that does not have the schema. */
type Exporter = (query: unknown) => (parts: FileParts) => Promise<ExportFile>;

const PIXELS_PER_BEAM = 3;

const EXPORTERS: Record<ExportKind, Exporter> = {
  csv: exporter(exportQuerySchemas.csv, (query, parts) =>
    pointFile('csv', query, parts, (added) => csvFormat(added, query)),
  ),
  fits: exporter(exportQuerySchemas.fits, (query, parts) => {
    if (query.content === 'spectra') return cubeFile(query, parts);
    const { session } = parts;
    return pointFile('fits', query, parts, (added) =>
      fitsFormat(added, {
        points: session.completed_points,
        cards: cardsOf(session),
        grid: mapGridOf(session),
      }),
    );
  }),
  healpix: exporter(exportQuerySchemas.healpix, async (query, parts) => {
    const { session, placeOf } = parts;
    requireDirections(session);
    const { rotor, step_deg } = session;
    const widthDeg = rotor.beam_width_deg ? rotor.beam_width_deg / PIXELS_PER_BEAM : step_deg;
    const coordinates =
      query.coordinates === 'horizontal'
        ? HORIZONTAL
        : equatorial(requirePlace(await placeOf(session.site_id), 'of the map on the sky'));
    const nside = query.nside ?? nsideFor(widthDeg);
    return pointFile('healpix', query, parts, () =>
      healpixFormat({ cards: cardsOf(session), nside, ...coordinates }),
    );
  }),
  parquet: exporter(exportQuerySchemas.parquet, (query, parts) =>
    query.content === 'spectra'
      ? spectraFile(query, parts)
      : pointFile('parquet', query, parts, (added) => parquetFormat(added, query)),
  ),
};

function exporter<Query>(
  schema: z.ZodType<Query>,
  fileOf: (query: Query, parts: FileParts) => Promise<ExportFile>,
): Exporter {
  return (raw) => {
    const query = parseOr422(schema, raw, 'query');
    return (parts) => fileOf(query, parts);
  };
}

/** `/export.csv`, `.fits`, `.healpix`, `.parquet`: files with all points of a session. */
export function exportRoutes(router: Router, { db, streams, sessionOf, placeOf }: ExportParts): void {
  for (const kind of EXPORTS)
    resource(router, `/api/skyscan/:session_id/export.${kind}`, {
      get: async (request, response) => {
        const fileOf = EXPORTERS[kind](request.query);
        const session = await sessionOf(request.params['session_id']);
        const { ending, send } = await fileOf({ db, session, placeOf });
        response.attachment(`scan-${session.id}.${ending}`);
        await send(request, response, streams);
      },
    });
}

async function pointFile(
  kind: ExportKind,
  query: PointQuery,
  { db, session }: FileParts,
  formatOf: (added: AddedColumns) => MeasurementFormat,
): Promise<ExportFile> {
  const { added, points } = await selectPoints(db, session, query);
  return file(ENDINGS[kind], formatOf(added), () => points(0, session.completed_points));
}

async function spectraFile(query: RangeQuery, { db, session }: FileParts): Promise<ExportFile> {
  const selection = await selectBand(db, session, query);
  return file('spectra.parquet', spectraParquetFormat(selection), () =>
    prefetch(readSelectedSpectra(db, selection, session.completed_points)),
  );
}

async function cubeFile(query: RangeQuery, { db, session }: FileParts): Promise<ExportFile> {
  const selection = await selectBand(db, session, query);
  const grid = mapGridOf(session);
  if (!grid)
    throw new HttpError(
      409,
      `The cells of session ${session.id} are not on a rectangular grid of directions, which a cube needs: export its spectra as Parquet`,
    );
  return file('cube.fits', cubeFormat(selection, { grid, cards: cardsOf(session) }), async function* () {
    yield* readPlanes(
      db,
      selection,
      await newestPoints(pointBlocks(db, session, 0, session.completed_points), grid),
    );
  });
}

function file<Item>(
  ending: string,
  format: BulkFormat<Item>,
  source: () => AsyncGenerator<Item>,
): ExportFile {
  return {
    ending,
    send: (request, response, streams) => streamBulk(request, response, format, streams, source),
  };
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
