import { z } from 'zod';
import { checkDecimal, csvStyleDocs, csvStyleShape } from './bulk-queries.ts';
import { correctedDocs, correctedShape } from './session-queries.ts';
import { checkRange, checkWholeRange, rangeDocs, rangeShape } from './frequency-range.ts';

/** Files with the points of a session, by the end of their address. */
export const EXPORTS = ['csv', 'fits', 'healpix', 'parquet'] as const;
export type ExportKind = (typeof EXPORTS)[number];

/** What a file has a row, or a cell of a cube, for. */
const CONTENTS = ['points', 'spectra'] as const;
const PRECISIONS = ['exact', 'milli'] as const;
const COORDINATES = ['horizontal', 'equatorial'] as const;
const NSIDES = ['1', '2', '4', '8', '16', '32', '64', '128', '256', '512'] as const;

const added = { ...correctedShape, ...rangeShape };
const addedDocs = { ...correctedDocs, ...rangeDocs };

const content = z.enum(CONTENTS).default('points');
const contentDocs = content.meta({
  description:
    'points: as measured. spectra: the stored spectra, all channels of one statistic of a band, or those of the range',
});

interface ContentQuery extends z.output<z.ZodObject<typeof rangeShape>> {
  content: (typeof CONTENTS)[number];
  corrected?: boolean | undefined;
  precision?: (typeof PRECISIONS)[number];
}

/** A range is optional for spectra; they are neither corrected nor rounded. */
function checkContent(query: ContentQuery, context: z.RefinementCtx): void {
  if (query.content === 'points') {
    checkWholeRange(query, context);
    return;
  }
  checkRange(query, context);
  const message = 'Not available with content=spectra, whose values are as stored';
  if (query.corrected) context.addIssue({ code: 'custom', path: ['corrected'], message });
  if (query.precision === 'milli') context.addIssue({ code: 'custom', path: ['precision'], message });
}

/** Queries of the exports. */
export const exportQuerySchemas = {
  csv: z
    .object({ ...csvStyleShape, ...added })
    .superRefine(checkDecimal)
    .superRefine(checkWholeRange),
  fits: z.object({ content, ...added }).superRefine(checkContent),
  healpix: z.object({
    coordinates: z.enum(COORDINATES).default('horizontal'),
    nside: z.enum(NSIDES).transform(Number).optional(),
    ...correctedShape,
  }),
  parquet: z
    .object({ content, precision: z.enum(PRECISIONS).default('exact'), ...added })
    .superRefine(checkContent),
};

/** The same for the documentation. */
export const exportQueryDocs = {
  csv: z.object({ ...csvStyleDocs, ...addedDocs }),
  fits: z.object({ content: contentDocs, ...addedDocs }),
  healpix: z.object({
    coordinates: z.enum(COORDINATES).default('horizontal').meta({
      description:
        'horizontal: the longitude is the azimuth. equatorial: right ascension and declination of J2000 at the time of each point',
    }),
    nside: z.int().optional().meta({
      description:
        'A power of two up to 512. Default: pixels of at most a third of the beam width of the rotor, or of the step if it is unknown',
    }),
    ...correctedDocs,
  }),
  parquet: z.object({
    content: contentDocs,
    precision: z.enum(PRECISIONS).default('exact').meta({
      description:
        'Of levels and angles. exact: as stored, DOUBLE. milli: in whole thousandths, DECIMAL(9, 3), in a sixth of the space',
    }),
    ...addedDocs,
  }),
};
