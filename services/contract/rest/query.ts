import { z } from 'zod';

/** A whole number in a query parameter. */
export function count(min: number, max: number) {
  const message = `Must be a whole number in ${min}..${max}`;
  return z
    .string({ error: message })
    .regex(/^\d{1,10}$/, message)
    .transform(Number)
    .pipe(z.int().min(min, message).max(max, message));
}

/** A decimal number in a query parameter. */
export function decimal(min: number, max: number, unit: string) {
  const message = `Must be a number in ${min}..${max} ${unit}`;
  return z
    .string({ error: message })
    .regex(/^[+-]?\d{1,12}(\.\d{1,9})?$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
}

/** A boolean query parameter. */
export const booleanParameter = z
  .enum(['true', 'false'], { error: 'Must be true or false' })
  .transform((text) => text === 'true');

/** One of the texts; the message lists them. */
export function choice<const Choices extends readonly [string, ...string[]]>(choices: Choices) {
  return z.enum(choices, { error: `Must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}` });
}
