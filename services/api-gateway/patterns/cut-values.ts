import type { AntennaPattern } from '#contract/rest/patterns';

export type Cut = AntennaPattern['cuts']['azimuth'];

/** Between angles that are further apart, nothing is known; cuts have whole degrees. */
const MAX_GAP_DEG = 1 + 1e-6;

/** The angles of two cuts, rising. */
export function anglesOf(first: Cut, second: Cut): number[] {
  return [...new Set([...first, ...second].map(({ angle_deg }) => angle_deg))].sort((a, b) => a - b);
}

/** Linear in dB; both lists of angles rise. null: not known. */
export function valuesAt(
  cut: Cut,
  angles: readonly number[],
  name: 'gain_db' | 'sigma_db',
): (number | null)[] {
  let next = 0;
  return angles.map((angle) => {
    while (next < cut.length && (cut[next]?.angle_deg ?? NaN) < angle) next++;
    const [before, after] = [cut[next - 1], cut[next]];
    if (after?.angle_deg === angle) return after[name];
    if (!before || !after || after.angle_deg - before.angle_deg > MAX_GAP_DEG) return null;
    const share = (angle - before.angle_deg) / (after.angle_deg - before.angle_deg);
    return before[name] + share * (after[name] - before[name]);
  });
}
