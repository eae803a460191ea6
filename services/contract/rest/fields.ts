import { z } from 'zod';
import { isStorableText } from '../storable-text.ts';

/** A number in JSON; neither text nor infinity passes. */
export const number = z.number({ error: typeError('Must be a finite number') });

/** A whole number in JSON. */
export const integer = z.int({ error: typeError('Must be a whole number') });

/** Text that can be stored. */
export const text = z
  .string({ error: typeError('Must be a string') })
  .refine(isStorableText, { message: 'Must not contain NUL or half a surrogate pair', abort: true });

/** A number within both ends. */
export function within(min: number, max: number, unit = ''): z.ZodNumber {
  const message = `Must be in ${min}..${max}${unit && ` ${unit}`}`;
  return number.min(min, message).max(max, message);
}

export function integerWithin(min: number, max: number): z.ZodInt {
  const message = `Must be in ${min}..${max}`;
  return integer.min(min, message).max(max, message);
}

export const yesNo = z.boolean({ error: 'Must be true or false' });

function typeError(message: string) {
  return (issue: { code?: string | undefined }) => (issue.code === 'invalid_type' ? message : undefined);
}
