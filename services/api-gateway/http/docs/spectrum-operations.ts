import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { bandQueryDocs, spectrumQueryDocs, waterfallQueryDocs } from '#contract/rest/spectra';
import { interferenceQueryDocs } from '#contract/rest/interference';
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
  operation(
    'GET /api/skyscan/{session_id}/interference',
    'Get the interference at all points',
    `Shares of channels and time with interference, and the mean of the band with and without it, in the order of measurement.
Measured values are never changed. ?format= or Accept selects JSON, CSV or the columnar format of /measurements.`,
    {
      query: interferenceQueryDocs,
      otherMediaTypes: BULK_MEDIA_TYPES,
      errors: {
        ...NO_SESSION,
        409: 'The session has no spectra, or the search has not finished; with the reason',
        406: 'None of the media types is acceptable',
        503: TOO_MANY_DOWNLOADS,
      },
    },
  ),
  operation(
    'GET /api/skyscan/{session_id}/interference/searches',
    'List the searches for interference',
    'One per band that was searched or is being searched. A search begins when the session has ended.',
    { errors: { ...NO_SESSION, ...NO_SPECTRA } },
  ),
  operation(
    'POST /api/skyscan/{session_id}/interference/searches',
    'Search for interference',
    'Searches all bands again, also while the session runs: then in the points that are stored when the search begins.',
    { status: 202, errors: { ...NO_SESSION, ...NO_SPECTRA, 503: 'No sky-analyst is configured' } },
  ),
];
