import { z } from 'zod';
import { count } from './query.ts';

export const MAX_INTEGER = 2_147_483_647;
const MAX_POINTS = 1_000_000;
const FORMATS = ['json', 'csv', 'columnar'] as const;
const SEPARATORS = ['comma', 'semicolon', 'tab'] as const;
const DECIMALS = ['point', 'comma'] as const;

/** Parameters that select points by their order. */
export const pageShape = {
  after_seq: count(0, MAX_INTEGER).optional(),
  limit: count(1, MAX_POINTS).optional(),
};

export const pageDocs = {
  after_seq: z.int().min(0).optional().meta({ description: 'Only points with a larger seq' }),
  limit: z.int().min(1).max(MAX_POINTS).optional().meta({ description: 'Maximum number of points' }),
};

/** How numbers are written in CSV. */
export const csvStyleShape = {
  separator: z.enum(SEPARATORS).default('comma'),
  decimal: z.enum(DECIMALS).default('point'),
};

export const csvStyleDocs = {
  separator: z.enum(SEPARATORS).default('comma').meta({ description: 'CSV only' }),
  decimal: z
    .enum(DECIMALS)
    .default('point')
    .meta({ description: 'CSV only; `comma` needs another separator' }),
};

/** Parameters that select the format of a download. */
export const bulkFormatShape = { format: z.enum(FORMATS).optional(), ...csvStyleShape };

export const bulkFormatDocs = { format: z.enum(FORMATS).optional(), ...csvStyleDocs };

/** A decimal comma needs another separator. */
export function checkDecimal(
  { separator, decimal }: { separator: string; decimal: string },
  context: z.RefinementCtx,
): void {
  if (decimal === 'comma' && separator === 'comma')
    context.addIssue({
      code: 'custom',
      path: ['decimal'],
      message: 'A decimal comma needs separator=semicolon or separator=tab',
    });
}
