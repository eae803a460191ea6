import { SkyScanError } from '#shared/base/errors';
import { counted, countedOf } from '#shared/base/plurals';
import type { MeasuredLobe } from './side-lobes.ts';

/** Levels of the sky, in columns with one value per point. Any order, any grid. */
export interface SkyMap {
  /** The readback of each point, degrees. */
  azimuthDeg: Float64Array;
  elevationDeg: Float64Array;
  /** Linear power in any unit. Points without a positive level are ignored. */
  level: Float64Array;
  timeMs: Float64Array;
  /** Points of one number were measured in one sweep; found by elevation and time if undefined. */
  row?: Int32Array | undefined;
  /** 1: the receiver clipped. */
  clipped?: Uint8Array | undefined;
  /** 1: the mask of interference covers the level. */
  interference?: Uint8Array | undefined;
}

/** The noise of a level P: sigma^2 = P^2 (1 / (bandwidthHz integrationS) + gainError^2). */
export interface NoiseSettings {
  bandwidthHz: number;
  integrationS: number;
  /** Relative error of the gain between two points; 0.005 by default. */
  gainError?: number | undefined;
}

export interface FinderSettings {
  noise: NoiseSettings;
  /** HPBW of the antenna; measured with the strongest source if undefined. */
  beamWidthDeg?: number | undefined;
  /** Signal-to-noise ratio of the matched filter from which on a peak is a source. */
  thresholdSigma?: number | undefined;
  /** Of the antenna; undefined: only those of common antennas are known. */
  measuredLobes?: readonly MeasuredLobe[] | undefined;
  /** The weakest sources beyond this number are omitted. */
  maxSources?: number | undefined;
}

/** Progress and cancellation of a long computation. */
export interface Control {
  onProgress?(done: number, of: number): void;
  /** Asked between steps; `true` ends the computation with an error of the kind `cancelled`. */
  shouldStop?(): boolean;
}

/** Fewer points give neither a background nor its scatter. */
const MIN_POINTS = 30;

/** Throws `cancelled` if the caller wants to stop, else reports progress. */
export function checkpoint(control: Control, done: number, of: number): void {
  if (control.shouldStop?.()) throw new SkyScanError('cancelled', 'the search for sources was cancelled');
  control.onProgress?.(done, of);
}

/** The points with a level. Throws `wrong_state` if they are too few, `invalid` for settings. */
export function usablePoints(map: SkyMap, settings: FinderSettings): Int32Array {
  const { bandwidthHz, integrationS, gainError = 0 } = settings.noise;
  checkPositive('noise bandwidth', bandwidthHz, 'Hz');
  checkPositive('integration time', integrationS, 's');
  if (!(gainError >= 0 && gainError < 1))
    throw new SkyScanError('invalid', `relative gain error ${gainError} is outside 0..1`);
  if (settings.beamWidthDeg !== undefined) {
    checkPositive('beam width', settings.beamWidthDeg, 'deg');
    if (settings.beamWidthDeg > 120)
      throw new SkyScanError('invalid', `beam width ${settings.beamWidthDeg} deg is above 120 deg`);
  }
  const count = map.level.length;
  const columns = { azimuthDeg: map.azimuthDeg, elevationDeg: map.elevationDeg, timeMs: map.timeMs };
  for (const [name, column] of Object.entries({ ...columns, ...optionalColumns(map) }))
    if (column.length !== count)
      throw new SkyScanError(
        'invalid',
        `column ${name} has ${counted(column.length, 'value')}, level has ${count}`,
      );
  const usable = Int32Array.from({ length: count }, (_, index) => index).filter(
    (index) =>
      (map.level[index] as number) > 0 &&
      [map.level, ...Object.values(columns)].every((column) => Number.isFinite(column[index])),
  );
  if (usable.length < MIN_POINTS)
    throw new SkyScanError(
      'wrong_state',
      `${countedOf(usable.length, count, 'point')} have a level, the source finder needs ${MIN_POINTS}`,
    );
  return usable;
}

function optionalColumns({ row, clipped, interference }: SkyMap): Record<string, ArrayLike<number>> {
  return { ...(row && { row }), ...(clipped && { clipped }), ...(interference && { interference }) };
}

function checkPositive(name: string, value: number, unit: string): void {
  if (!(value > 0 && Number.isFinite(value)))
    throw new SkyScanError('invalid', `${name} ${value} ${unit} is not above 0`);
}
