/** Measured characteristics of an axis, as published; null: not measurable, see the remarks. */
export interface AxisCharacteristics {
  speed_deg_s: number | null;
  acceleration_deg_s2: number | null;
  start_delay_ms: number | null;
  resolution_deg: number | null;
  overshoot_deg: number | null;
  backlash_deg: number | null;
  settle_ms: number | null;
}

/** Measured characteristics of a rotor, as published. */
export interface Measured {
  azimuth: AxisCharacteristics | null;
  elevation: AxisCharacteristics | null;
  round_trip_ms: number;
  /** UTC with Z. */
  measured_at: string;
  remarks: string[];
}

/** Rotor fields that a measurement can change. */
export interface MeasuredFields {
  az_speed_deg_s: number;
  el_speed_deg_s: number;
  az_acceleration_deg_s2: number;
  el_acceleration_deg_s2: number;
  settle_ms: number;
  tolerance_deg: number;
}

/** A measurement with the fields that it changed. */
export interface Characteristics extends Measured {
  applied: Partial<MeasuredFields>;
}

// The limits of the API.
const MAX = { speed: 360, acceleration: 3_600, settleMs: 60_000, toleranceDeg: 45 };

/**
 * The changed rotor fields: speeds and accelerations take the measured values; settle time and
 * tolerance are raised to the measured values, never lowered.
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

/** Rounds to four significant digits. */
export function significant(value: number): number {
  return Number(value.toPrecision(4));
}

function measuredOr(previous: number, measured: number | null | undefined, max: number): number {
  return measured !== null && measured !== undefined && measured > 0 ? Math.min(max, measured) : previous;
}
