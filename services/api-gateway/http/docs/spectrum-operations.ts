import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { bandQueryDocs, spectrumQueryDocs, waterfallQueryDocs } from '#contract/rest/spectra';
import { BULK_MEDIA_TYPES, NO_SESSION, TOO_MANY_DOWNLOADS, operation, type Errors } from './operation.ts';

const NO_SPECTRA: Errors = { 409: 'The session has no spectra, with the reason' };

/** Operations of stored spectra. */
export const spectrumOperations: RouteConfig[] = [
  operation(
    'GET /api/skyscan/{session_id}/spectrum',
    'Get a spectrum',
    'Of one point, by seq or cell; or with summary=true of all points of the session.',
    {
      query: spectrumQueryDocs,
      errors: {
        ...NO_SPECTRA,
        404: 'Scan session not found; or the point is not measured or has no spectrum',
        503: TOO_MANY_DOWNLOADS,
      },
    },
  ),
  operation(
    'GET /api/skyscan/{session_id}/band',
    'Get a frequency range of all points',
    `One value per point, in the order of measurement, for a map of one signal. A level is the power of all channels in
the range. ?format= or Accept selects JSON, CSV or the columnar format of /measurements.`,
    {
      query: bandQueryDocs,
      otherMediaTypes: BULK_MEDIA_TYPES,
      errors: {
        ...NO_SESSION,
        ...NO_SPECTRA,
        406: 'None of the media types is acceptable',
        503: TOO_MANY_DOWNLOADS,
      },
    },
  ),
  operation(
    'GET /api/skyscan/{session_id}/waterfall',
    'Get a waterfall',
    `Spectra in the order of measurement, at most rows x columns. Points and channels that share a value: mean in linear power of mean
and median, mean of occupancy, highest of max and kurtosis, lowest of min.`,
    { query: waterfallQueryDocs, errors: { ...NO_SESSION, ...NO_SPECTRA, 503: TOO_MANY_DOWNLOADS } },
  ),
];
