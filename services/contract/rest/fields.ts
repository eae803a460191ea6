import { z } from 'zod';
import { isStorableText } from '../storable-text.ts';

/** A finite JSON number; strings are refused. */
export const number = z.number({ error: typeError('Must be a finite number') });

/** A whole JSON number. */
export const integer = z.int({ error: typeError('Must be a whole number') });

/** Text that PostgreSQL can store. */
export const text = z
  .string({ error: typeError('Must be a string') })
  .refine(isStorableText, { message: 'Must not contain NUL or an unpaired surrogate', abort: true });

/** A number in a range, ends included. */
export function within(min: number, max: number, unit = ''): z.ZodNumber {
  const message = `Must be in ${min}..${max}${unit && ` ${unit}`}`;
  return withUnit(number.min(min, message).max(max, message), unit);
}

/** Names the unit in the OpenAPI document. */
export function withUnit<Schema extends z.ZodType>(schema: Schema, unit: string): Schema {
  return unit === '' ? schema : schema.meta({ 'x-unit': unit });
}

export function integerWithin(min: number, max: number): z.ZodInt {
  const message = `Must be in ${min}..${max}`;
  return integer.min(min, message).max(max, message);
}

export const yesNo = z.boolean({ error: 'Must be true or false' });

function typeError(message: string) {
  return (issue: { code?: string | undefined }) => (issue.code === 'invalid_type' ? message : undefined);
}

type Unwrapped<Shape> = {
  [Key in keyof Shape]: Shape[Key] extends z.ZodDefault<infer Inner> ? Inner : Shape[Key];
};

/** The same fields without their defaults: for changes and answers. */
export function withoutDefaults<Shape extends Record<string, z.ZodType>>(shape: Shape): Unwrapped<Shape> {
  const entries = Object.entries(shape).map(([key, schema]) => [
    key,
    schema instanceof z.ZodDefault ? schema.unwrap() : schema,
  ]);
  return Object.fromEntries(entries) as Unwrapped<Shape>;
}
