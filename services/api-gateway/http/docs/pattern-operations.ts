import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import {
  patternComparisonQueryDocs,
  patternFileComparisonQueryDocs,
} from '#contract/rest/pattern-comparison';
import {
  PATTERN_FILES,
  patternFileQueryDocs,
  patternImageQueryDocs,
  patternQueryDocs,
  type PatternFile,
} from '#contract/rest/patterns';
import { NO_SESSION, operation, type Errors } from './operation.ts';

const ERRORS: Errors = {
  ...NO_SESSION,
  409: 'The scan does not show the beam; the direction of the source is not known; from_hz is set and the session has no spectra; or high_gain_session cannot be joined. With the reason',
  503: 'No sky-analyst is configured',
};

const FILES: Record<PatternFile, readonly [summary: string, description: string]> = {
  msi: ['Get an antenna pattern for MSI Planet', 'Attenuations at whole degrees of both cuts (.msi, .pln).'],
  nsma: ['Get an antenna pattern for NSMA', 'NSMA WG16.99.050.'],
  csv: [
    'Get an antenna pattern as CSV',
    'The measured points of both cuts: plane, angle_deg, gain_db, sigma_db.',
  ],
  'splat.az': ['Get the azimuth pattern for SPLAT!', 'Field voltages relative to the peak (.az).'],
  'splat.el': ['Get the elevation pattern for SPLAT!', 'Field voltages relative to the peak (.el).'],
};

/** Patterns of antennas. */
export const patternOperations: RouteConfig[] = [
  operation(
    'GET /api/skyscan/{session_id}/pattern',
    'Get the antenna pattern',
    `From a scan over a source, in the coordinates of the antenna: each figure with its standard deviation. Nothing is stored.
The source is given with source, satellite, emitter, or azimuth and elevation.`,
    { query: patternQueryDocs, errors: ERRORS },
  ),
  operation(
    'GET /api/skyscan/{session_id}/pattern/comparison',
    'Compare the patterns of two sessions',
    'Figures and cuts side by side, with their differences. 422 if the cuts have no angles in common.',
    { query: patternComparisonQueryDocs, errors: ERRORS },
  ),
  operation(
    'POST /api/skyscan/{session_id}/pattern/comparison',
    'Compare the pattern with a file',
    `The body is the file, UTF-8. Its figures are computed from its cuts as those of a measured pattern; it has no standard deviations.
422 if it does not have the format, with the reason.`,
    {
      query: patternFileComparisonQueryDocs,
      errors: { ...ERRORS, 413: 'The file is larger than 16 MiB', 415: 'The body is compressed' },
    },
  ),
  ...PATTERN_FILES.map((file) =>
    operation(`GET /api/skyscan/{session_id}/pattern.${file}`, ...FILES[file], {
      query: patternFileQueryDocs,
      errors: ERRORS,
    }),
  ),
  operation(
    'GET /api/skyscan/{session_id}/pattern.png',
    'Get the antenna pattern as a picture',
    'Both cuts over the angle from the beam axis.',
    { query: patternImageQueryDocs, errors: ERRORS },
  ),
];
