// Hamlib prints %.2f or %f. Six digits before the point are more than any rotator turns.
const NUMBER = /^-?\d{1,6}(\.\d{1,9})?$/;

/** A number as rotctld writes it; undefined for anything else: `nan`, `1e999`, `12,5`. Never -0. */
export function parseNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) + 0 : undefined;
}
