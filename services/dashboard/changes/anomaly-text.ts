import type { Anomaly, Comparison } from '#contract/rest/anomalies';
import { counted } from '#shared/base/plurals';
import { azimuthOnCircleDeg } from '#shared/sky/pointing';
import { KIND_TEXTS, rangesText } from '../alerts/alert-text.ts';
import { binText } from '../baselines/baseline-text.ts';
import { signed } from '../lib/format.ts';
import { angleText, compassPoint } from '../sources/source-text.ts';

/** `+6.1 ± 0.4 dB` */
export function changeWithError({ change_db, change_error_db }: Anomaly): string {
  const error = change_error_db === null ? '' : ` ± ${change_error_db.toFixed(1)}`;
  return `${signed(change_db, 1)}${error} dB`;
}

/** `New: 118.2° ± 0.5° (ESE), 868.3 MHz, +6.1 ± 0.4 dB` */
export function anomalyText(anomaly: Anomaly): string {
  const { kind, name, azimuth, azimuth_error_deg, channels } = anomaly;
  const parts = [
    ...(name === null ? [] : [name]),
    `${angleText(azimuthOnCircleDeg(azimuth), azimuth_error_deg)} (${compassPoint(azimuth)})`,
    rangesText(channels),
    changeWithError(anomaly),
  ];
  return `${KIND_TEXTS[kind]}: ${parts.filter((part) => part !== '').join(', ')}`;
}

/** How a comparison was made: `With 34 sessions. Removed from the whole map: -0.3 dB.` */
export function comparisonText({ bin, sessions, offset_db, noise_scale }: Comparison): string {
  return [
    ...(sessions === null
      ? []
      : [
          `With ${counted(sessions, 'session')}${bin === null || bin === 'all' ? '' : ` of ${binText(bin)}`}.`,
        ]),
    ...(offset_db === null ? [] : [`Removed from the whole map: ${signed(offset_db, 2)} dB.`]),
    ...(noise_scale === null ? [] : [`Scatter of z before it was scaled to 1: ${noise_scale.toFixed(2)}.`]),
  ].join(' ');
}

/** Values below this many standard deviations are noise, which has the neutral colour. */
export const DEAD_BAND_SIGMA = 2;

/** The values, with 0 for those within the dead band. */
export function withDeadBand(values: ArrayLike<number>, z: ArrayLike<number>): Float64Array {
  return Float64Array.from(values, (value, n) => (Math.abs(z[n] ?? NaN) < DEAD_BAND_SIGMA ? 0 : value));
}
