/**
 * What an axis was measured to do, as published; null: could not be measured, and the remarks say
 * why.
 */
export interface AxisCharacteristics {
  speed_deg_s: number | null;
  acceleration_deg_s2: number | null;
  start_delay_ms: number | null;
  resolution_deg: number | null;
  overshoot_deg: number | null;
  backlash_deg: number | null;
  settle_ms: number | null;
}

/** What a rotor was measured to do, as published. */
export interface Measured {
  azimuth: AxisCharacteristics | null;
  elevation: AxisCharacteristics | null;
  round_trip_ms: number;
  /** UTC with Z. */
  measured_at: string;
  remarks: string[];
}

/** The fields of a rotor that follow from a measurement. */
export interface MeasuredFields {
  az_speed_deg_s: number;
  el_speed_deg_s: number;
  az_acceleration_deg_s2: number;
  el_acceleration_deg_s2: number;
  settle_ms: number;
  tolerance_deg: number;
}

/** A measurement and what it has changed. */
export interface Characteristics extends Measured {
  applied: Partial<MeasuredFields>;
}

// As the API takes them.
const MAX = { speed: 360, acceleration: 3_600, settleMs: 60_000, toleranceDeg: 45 };

/**
 * What of a rotor's fields changes: speeds and accelerations become the measured ones; the time to
 * settle and the tolerance are raised to what was measured and never lowered.
 */
export function changesBy(rotor: MeasuredFields, { azimuth, elevation }: Measured): Partial<MeasuredFields> {
  const settleMs = Math.ceil(Math.max(azimuth?.settle_ms ?? 0, elevation?.settle_ms ?? 0));
  const resolutionDeg = Math.max(azimuth?.resolution_deg ?? 0, elevation?.resolution_deg ?? 0);
  const updated: MeasuredFields = {
    az_speed_deg_s: measuredOr(rotor.az_speed_deg_s, azimuth?.speed_deg_s, MAX.speed),
    el_speed_deg_s: measuredOr(rotor.el_speed_deg_s, elevation?.speed_deg_s, MAX.speed),
    az_acceleration_deg_s2: measuredOr(
      rotor.az_acceleration_deg_s2,
      azimuth?.acceleration_deg_s2,
      MAX.acceleration,
    ),
    el_acceleration_deg_s2: measuredOr(
      rotor.el_acceleration_deg_s2,
      elevation?.acceleration_deg_s2,
      MAX.acceleration,
    ),
    settle_ms: Math.max(rotor.settle_ms, Math.min(MAX.settleMs, settleMs)),
    tolerance_deg: Math.max(rotor.tolerance_deg, Math.min(MAX.toleranceDeg, resolutionDeg)),
  };
  const fields = Object.keys(updated) as (keyof MeasuredFields)[];
  return Object.fromEntries(
    fields.filter((field) => updated[field] !== rotor[field]).map((field) => [field, updated[field]]),
  );
}

/** A measured number, with as many digits as it is worth. */
export function significant(value: number): number {
  return Number(value.toPrecision(4));
}

function measuredOr(before: number, measured: number | null | undefined, max: number): number {
  return measured !== null && measured !== undefined && measured > 0 ? Math.min(max, measured) : before;
}
