import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { EXPORTS, exportQueryDocs, type ExportKind } from '#contract/rest/exports';
import { NO_SESSION, TOO_MANY_DOWNLOADS, operation } from './operation.ts';

const TEXTS: Record<ExportKind, readonly [summary: string, description: string]> = {
  csv: ['Export as CSV', 'The points as /measurements with format=csv.'],
  fits: [
    'Export as FITS',
    `The table POINTS with a row per point (mjd: modified Julian date, UTC), the names of its flags in FLAGS, and the image MAP
with the newest mean level of each cell of a rectangular grid of directions, azimuth and elevation as plate carree. content=spectra: a cube of
azimuth, elevation and frequency with the newest spectrum of each cell.`,
  ],
  healpix: [
    'Export as HEALPix',
    `A sparse map in FITS: NESTED pixels with explicit indices, the mean of the linear power of their points (dBm or dBFS), and their number.
Not of a scan around a source.`,
  ],
  parquet: [
    'Export as Parquet',
    'Apache Parquet with a row per point and the columns of CSV; missing values are null. content=spectra: seq and the list of the values of its channels.',
  ],
};

/** Files with the points of a session. */
export const exportOperations: RouteConfig[] = EXPORTS.map((kind) =>
  operation(`GET /api/skyscan/{session_id}/export.${kind}`, ...TEXTS[kind], {
    query: exportQueryDocs[kind],
    errors: {
      ...NO_SESSION,
      409: 'corrected: the session has no usable reference measurements; from_hz, to_hz, content=spectra: it has no spectra, or a cube has no rectangular grid; healpix: the site has no place, or the scan was around a source',
      503: TOO_MANY_DOWNLOADS,
    },
  }),
);
