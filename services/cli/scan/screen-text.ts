import cliProgress from 'cli-progress';
import { formatDuration } from '#shared/base/durations';
import { faultText } from '#contract/fault-text';
import { countedOf } from '#shared/base/plurals';
import { printable } from '../output.ts';
import type { Session } from '#contract/rest/sessions';
import type { ColourDepth } from '../terminal/colour-depth.ts';
import { formatRate } from '../terminal/rate.ts';
import { drawMap, type MapSpace } from '../terminal/half-blocks.ts';
import { secondsLeft, type ScanView } from './scan-view.ts';

export interface Screen {
  columns: number;
  rows: number;
  depth: ColourDepth;
  /** Monotonic, milliseconds. */
  nowMs: number;
  /** Last line: the state of the connection, or a question. */
  footer: string;
}

// Title, bar, last point, footer.
const OTHER_LINES = 4;
const MIN_MAP_LINES = 4;

/** A watched scan as the lines of a terminal: title, map, progress, last point, footer. */
export function screenText(view: ScanView, screen: Screen): string[] {
  const { columns, rows, depth, footer } = screen;
  const room = rows - OTHER_LINES;
  const map = room >= MIN_MAP_LINES ? mapOf(view, { width: columns, height: room, depth }) : [];
  const news = faultLine(view, screen.nowMs) ?? lastPoint(view);
  const texts = [titleOf(view), ...map, progressText(view, screen), news, footer];
  return texts.map((text) => (map.includes(text) ? text : text.slice(0, columns)));
}

/** The map; of a scan around a source, which has none, where its result is. */
export function mapOf({ grid, plan, session, unit }: ScanView, space: Omit<MapSpace, 'unit'>): string[] {
  if (!plan.frame) return drawMap(grid, { ...space, unit });
  return [printable(`Around ${plan.frame.name}; the result: skyscan pattern ${session.id}`)];
}

/** `Scan 3 on Roof: running (note)` */
export function titleOf({ session, plan }: ScanView): string {
  const { id, status, notes } = session;
  return printable(`Scan ${id} on ${plan.rotor_name}: ${status}${notes === null ? '' : ` (${notes})`}`);
}

/**
 * `No point for 14 s: rotctld at ... refused the connection. Pauses in 46 s`; undefined while
 * points arrive.
 */
export function faultLine({ session, plan, planAtMs }: ScanView, nowMs: number): string | undefined {
  return plan.fault ? printable(faultText(plan.fault, session.status, (nowMs - planAtMs) / 1000)) : undefined;
}

/** Bar, points, rate and time left in one line. */
function progressText(view: ScanView, { columns, nowMs }: Omit<Screen, 'rows' | 'depth' | 'footer'>): string {
  const facts = progressFacts(view, nowMs);
  const size = Math.max(4, Math.min(40, columns - facts.length - 4));
  const { completed_points: value, total_points: total } = view.session;
  const bar = cliProgress.Format.BarFormat(total === 0 ? 0 : value / total, {
    barsize: size,
    barCompleteString: '█'.repeat(size),
    barIncompleteString: '░'.repeat(size),
    barGlue: '',
  });
  return `${bar}  ${facts}`;
}

/** `45.2 %  57 of 126 points  3.2 points/s  21 s left` */
export function progressFacts(view: ScanView, nowMs: number): string {
  const { session, pointRate } = view;
  const rate =
    session.status === 'running' ? pointRate.perSecond(session.completed_points, nowMs) : undefined;
  const left = secondsLeft(view, nowMs);
  return [
    percent(session),
    countedOf(session.completed_points, session.total_points, 'point'),
    ...(rate === undefined ? [] : [formatRate(rate)]),
    ...(left === undefined ? [] : [`${formatDuration(left)} left`]),
  ].join('  ');
}

function percent({ completed_points: completed, total_points: total }: Session): string {
  const share = total === 0 || completed >= total ? 100 : Math.min(99.9, (100 * completed) / total);
  return `${share.toFixed(1)} %`;
}

function lastPoint({ last }: ScanView): string {
  if (!last) return '';
  const { mean_dbm, unit, flags } = last.measurement;
  const marks = flags.filter((flag) => flag !== 'uncalibrated');
  const flagged = marks.length > 0 ? `  ${marks.join(', ')}` : '';
  return `az ${last.azimuth.toFixed(1)}° el ${last.elevation.toFixed(1)}°  ${mean_dbm.toFixed(1)} ${unit}${flagged}`;
}
