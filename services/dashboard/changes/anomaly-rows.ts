import type { AnomalyKind } from '#contract/anomaly-values';
import type { Anomaly } from '#contract/rest/anomalies';
import { azimuthOnCircleDeg } from '#shared/sky/pointing';
import type { Sort } from '../sources/source-rows.ts';

/** Columns by which changes can be sorted, with their order of the first click. */
export const ANOMALY_SORTS = {
  number: { value: ({ number }: Anomaly) => number, isDescending: false },
  azimuth: { value: ({ azimuth }: Anomaly) => azimuthOnCircleDeg(azimuth), isDescending: false },
  elevation: { value: ({ elevation }: Anomaly) => elevation, isDescending: true },
  change: { value: ({ change_db }: Anomaly) => change_db, isDescending: true },
  z: { value: ({ z }: Anomaly) => Math.abs(z), isDescending: true },
} as const;
export type AnomalyColumn = keyof typeof ANOMALY_SORTS;

/** The changes to show; `kind`: only of this kind. */
export function anomalyRows(
  anomalies: readonly Anomaly[],
  kind: AnomalyKind | undefined,
  hidesKnown: boolean,
  { by, isDescending }: Sort<AnomalyColumn>,
): Anomaly[] {
  const { value } = ANOMALY_SORTS[by];
  const sign = isDescending ? -1 : 1;
  return anomalies
    .filter((anomaly) => (kind === undefined || anomaly.kind === kind) && !(hidesKnown && anomaly.is_known))
    .toSorted((a, b) => sign * (value(a) - value(b)) || a.number - b.number);
}

/** The change before or after another one; the first or the last if there is no other. */
export function nextAnomaly(
  anomalies: readonly Anomaly[],
  number: number | undefined,
  step: 1 | -1,
): number | undefined {
  const index = anomalies.findIndex((anomaly) => anomaly.number === number);
  const from = index >= 0 ? index : step === 1 ? -1 : 0;
  return anomalies.at((from + step) % anomalies.length)?.number;
}
