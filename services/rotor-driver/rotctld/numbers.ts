// Hamlib prints %.2f or %f. Six digits before the point exceed the travel of any rotator.
const NUMBER = /^-?\d{1,6}(\.\d{1,9})?$/;

/** Parses a number of rotctld; undefined for others (`nan`, `1e999`, `12,5`). Never -0. */
export function parseNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) + 0 : undefined;
}
