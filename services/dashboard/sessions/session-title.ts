import { azimuthSpanDeg } from '#shared/sky/grid-shape';
import type { Plan } from '#contract/rest/plan';
import type { Session } from '#contract/rest/sessions';
import { degrees, frequency } from '../lib/format.ts';

type Area = Pick<Session, 'az_start' | 'az_end' | 'el_start' | 'el_end' | 'step_deg'>;

/** A row below this elevation is a sweep of the horizon. */
const HORIZON_DEG = 10;

/** What a session scans, such as `Horizon sweep, 1420.4 MHz`; without the plan only where. */
export function sessionTitle(session: Area, plan?: Pick<Plan, 'bands' | 'frame'>): string {
  return [
    plan?.frame ? `Scan around ${plan.frame.name}` : areaOf(session),
    ...frequenciesOf(plan?.bands ?? []),
  ].join(', ');
}

function areaOf({ az_start, az_end, el_start, el_end, step_deg }: Area): string {
  const spanDeg = azimuthSpanDeg({ azStartDeg: az_start, azEndDeg: az_end });
  const isOneRow = el_end - el_start < step_deg;
  const isOneColumn = spanDeg < step_deg;
  if (isOneRow && isOneColumn) return `Point at az ${short(az_start)}, el ${short(el_start)}`;
  if (isOneColumn) return `Elevation cut at az ${short(az_start)}`;
  const isCircle = spanDeg > 360 - 1.5 * step_deg;
  const sector = isCircle ? '' : ` from az ${short(az_start)} to ${short(az_end)}`;
  if (!isOneRow) return isCircle ? 'Sky scan' : `Sector scan${sector}`;
  return Math.abs(el_start) <= HORIZON_DEG
    ? `Horizon sweep${sector}`
    : `Sweep at el ${short(el_start)}${sector}`;
}

function frequenciesOf(bands: Plan['bands']): string[] {
  const centres = bands.map((band) => band.center_frequency_hz);
  const [first] = centres;
  if (first === undefined) return [];
  if (centres.length === 1) return [frequency(first)];
  return [
    `${centres.length} bands from ${frequency(Math.min(...centres))} to ${frequency(Math.max(...centres))}`,
  ];
}

function short(deg: number): string {
  return degrees(deg, Number.isInteger(deg) ? 0 : 1);
}
