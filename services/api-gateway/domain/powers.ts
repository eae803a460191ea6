import { UNKNOWN, valueOf } from '#shared/spectrum/point-spectrum';

// Made when it is first needed: 0.5 MB.
let table: Float64Array | undefined;

/** Index of a code in `powers`. */
export const POWER_OFFSET = 32_768;

/** Linear power by the code of a level plus `POWER_OFFSET`; NaN: not known. */
export function powers(): Float64Array {
  table ??= Float64Array.from({ length: 65_536 }, (_, index) =>
    index === UNKNOWN + POWER_OFFSET ? NaN : 10 ** (valueOf('mean', index - POWER_OFFSET) / 10),
  );
  return table;
}

/** Level of a linear power in dB; NaN for 0. */
export function levelOf(power: number): number {
  return power > 0 ? 10 * Math.log10(power) : NaN;
}
