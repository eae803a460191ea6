import { gridColumns } from '#shared/sky/grid-shape';
import type { LevelUnit } from '#sky-map/legend';
import { eachCell, type Setup } from '../domain/baselines/setup.ts';
import { roundedTo } from '../domain/rounding.ts';
import type { BaselineRow } from '../store/baselines/baselines.ts';
import { LEVEL_BYTES } from '../store/levels.ts';
import { HttpError } from './errors.ts';

/** A baseline that has a session, and so cells. */
export type BaselineWithSetup = BaselineRow & { setup: Setup };

/** Throws 409 without a session. */
export function requireSetup(baseline: BaselineRow): BaselineWithSetup {
  const { id, setup } = baseline;
  if (setup) return { ...baseline, setup };
  throw new HttpError(409, `Baseline ${id} has no cells yet: none of its sessions has been compared`);
}

/** Throws 422 if the baseline does not have the band. */
export function requireBand({ bands }: BaselineRow, band: number): void {
  if (band < bands.length) return;
  const msg = `Must be in 0..${bands.length - 1}, the bands of the baseline; it is ${band}`;
  throw new HttpError(422, [{ loc: ['query', 'band'], msg, type: 'value_error' }]);
}

export function unitOfBaseline({ setup }: BaselineWithSetup): LevelUnit {
  return setup.is_calibrated ? 'dBm' : 'dBFS';
}

/** Facts for captions: `100 to 102.4 MHz`. */
export function rangeText({ bands }: BaselineRow, band: number): string {
  const { from_hz = NaN, to_hz = NaN } = bands[band] ?? {};
  return `${roundedTo(from_hz / 1e6, 6)} to ${roundedTo(to_hz / 1e6, 6)} MHz`;
}

/** Names may contain line breaks and other unprintable characters. */
export function printable(name: string): string {
  return name.replace(/\p{C}+/gu, ' ');
}

/** Values of the cells, packed as in store/levels.ts; NaN: none. */
export async function* packedValues(
  { setup: { area } }: BaselineWithSetup,
  values: ArrayLike<number>,
): AsyncGenerator<Uint8Array, void> {
  const columns = gridColumns(area);
  const packed = Buffer.alloc(values.length * LEVEL_BYTES.plain);
  let used = 0;
  eachCell(area, (index, row, column) => {
    const value = values[index] ?? NaN;
    if (Number.isNaN(value)) return;
    packed.writeInt32BE(row * columns + column, used);
    packed.writeFloatBE(value, used + LEVEL_BYTES.plain / 2);
    used += LEVEL_BYTES.plain;
  });
  yield await Promise.resolve(packed.subarray(0, used));
}

/** Rounded for texts; NaN stays NaN. */
export function roundedColumn(values: ArrayLike<number>, decimals: number): Float64Array {
  const factor = 10 ** decimals;
  return Float64Array.from(
    { length: values.length },
    (_, k) => Math.round((values[k] ?? NaN) * factor) / factor,
  );
}
