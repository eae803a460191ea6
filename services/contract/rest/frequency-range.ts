import { z } from 'zod';
import { STATISTICS } from '#shared/spectrum/point-spectrum';
import { choice, count } from './query.ts';

// Receivers are tuned to at most 100 GHz; their band may extend beyond that.
const MAX_HZ = 200e9;
/** More bands than a session may have. */
const MAX_BAND = 9_999;

const hertzMessage = `Must be a frequency in 0..${MAX_HZ} Hz`;
const hertz = z
  .string({ error: hertzMessage })
  .regex(/^\d{1,12}(\.\d{1,6})?([eE]\+?\d{1,2})?$/, hertzMessage)
  .transform(Number)
  .pipe(z.number().max(MAX_HZ, hertzMessage));

/** One frequency of a query, Hz. */
export const hertzParameter = hertz.refine((hz) => hz > 0, hertzMessage);

export const bandParameter = count(0, MAX_BAND);

/** Parameters that select channels and a statistic of the stored spectra. */
export const rangeShape = {
  from_hz: hertz.optional(),
  to_hz: hertz.optional(),
  statistic: choice(STATISTICS).optional(),
  band: bandParameter.optional(),
};

interface RangeQuery {
  from_hz?: number | undefined;
  to_hz?: number | undefined;
}

export function checkRange({ from_hz, to_hz }: RangeQuery, context: z.RefinementCtx): void {
  if (from_hz === undefined || to_hz === undefined || from_hz < to_hz) return;
  const message = `Must be greater than from_hz: ${to_hz} Hz is not above ${from_hz} Hz`;
  context.addIssue({ code: 'custom', path: ['to_hz'], message });
}

/** Also requires both ends of the range if any of the parameters is used. */
export function checkWholeRange(
  query: z.output<z.ZodObject<typeof rangeShape>>,
  context: z.RefinementCtx,
): void {
  checkRange(query, context);
  if (Object.keys(rangeShape).every((name) => query[name as keyof typeof rangeShape] === undefined)) return;
  for (const name of ['from_hz', 'to_hz'] as const)
    if (query[name] === undefined)
      context.addIssue({
        code: 'custom',
        path: [name],
        message: 'Required with the other end, statistic or band',
      });
}

export const bandDocs = z.int().min(0).max(MAX_BAND).meta({ description: 'Index of the band, from 0' });

export const rangeDocs = {
  from_hz: z.number().min(0).max(MAX_HZ).optional().meta({
    description: 'Start of the frequency range, Hz',
  }),
  to_hz: z.number().min(0).max(MAX_HZ).optional().meta({
    description:
      'End of the frequency range, Hz. It contains the channels whose centre is in the range; one without such a channel stands for the channel at its middle',
  }),
  statistic: z.enum(STATISTICS).default('mean').meta({
    description:
      'Value of the range. mean, median: sum of the power of its channels. min: the lowest channel. max, kurtosis, occupancy: the highest channel',
  }),
  band: z.int().min(0).max(MAX_BAND).optional().meta({
    description: 'Index of the band, from 0; default: the first one that contains the range',
  }),
};
