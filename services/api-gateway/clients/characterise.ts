import type { AxisCharacteristics as AxisMessage } from '#proto/characteristics';
import type { CharacteriseResponse } from '#proto/rotor_driver';
import { significant, type AxisCharacteristics, type Measured } from '../domain/characteristics.ts';

/** Progress of a characterisation; one line of the response. */
export interface CharacteriseStep {
  fraction: number;
  step: string;
  azimuth: number;
  elevation: number;
}

export type CharacteriseEvent = { progress: CharacteriseStep } | { measured: Measured };

/** A rotor-driver message in the published form; undefined for an empty one. */
export function characteriseEvent({ event }: CharacteriseResponse): CharacteriseEvent | undefined {
  if (event?.$case === 'progress') {
    const { fraction, step, position } = event.value;
    const { azimuthDeg = 0, elevationDeg = 0 } = position?.pointing ?? {};
    return { progress: { fraction, step, azimuth: azimuthDeg, elevation: elevationDeg } };
  }
  if (event?.$case !== 'result') return undefined;
  const { azimuth, elevation, roundTripMs, measuredAtMs, remarks } = event.value;
  return {
    measured: {
      azimuth: azimuth ? toPublished(azimuth) : null,
      elevation: elevation ? toPublished(elevation) : null,
      round_trip_ms: significant(roundTripMs),
      measured_at: new Date(measuredAtMs).toISOString(),
      remarks,
    },
  };
}

function toPublished(axis: AxisMessage): AxisCharacteristics {
  const known = (value: number | undefined) => (value === undefined ? null : significant(value));
  return {
    speed_deg_s: known(axis.speedDegPerS),
    acceleration_deg_s2: known(axis.accelerationDegPerS2),
    start_delay_ms: known(axis.startDelayMs),
    resolution_deg: known(axis.resolutionDeg),
    overshoot_deg: known(axis.overshootDeg),
    backlash_deg: known(axis.backlashDeg),
    settle_ms: known(axis.settleMs),
  };
}
