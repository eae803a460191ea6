import { z } from 'zod';

/** A whole number; query parameters are text. */
export function count(min: number, max: number) {
  const message = `Must be a whole number in ${min}..${max}`;
  return z
    .string({ error: message })
    .regex(/^\d{1,10}$/, message)
    .transform(Number)
    .pipe(z.int().min(min, message).max(max, message));
}

/** `true` or `false`. */
export const booleanParameter = z
  .enum(['true', 'false'], { error: 'Must be true or false' })
  .transform((word) => word === 'true');
