import type { Pointing, TravelLimits } from '#shared/pointing';
import type { RotorConfig } from '#shared/rotor-config';
import { planScan, type Plan } from '../domain/plan.ts';
import type { SessionRecord, Spec } from './session-record.ts';

export type { Plan };

/** Time of all reads at one point, milliseconds. */
function dwellMsOf(rotor: RotorConfig, rssiIterations: number): number {
  return rotor.receiver.readMs * rssiIterations;
}

/** Plans a scan for a rotor as it is configured. Throws `out_of_range`. */
export function planOn(
  { bounds, rssiIterations, reference, mode }: Spec,
  rotor: RotorConfig,
  reported?: TravelLimits,
  from?: Pointing,
): Plan {
  const sweeping =
    mode === 'on_the_fly' ? { reads: rssiIterations, readMs: rotor.receiver.readMs } : undefined;
  return planScan(bounds, dwellMsOf(rotor, rssiIterations), rotor, reported, from, reference, sweeping);
}

/** The plan of a session: the same one after every restart. */
export function planFor(record: SessionRecord): Plan {
  const { rotor, planned } = record;
  return planOn(record, rotor, planned?.reportedLimits ?? undefined, planned?.from);
}
