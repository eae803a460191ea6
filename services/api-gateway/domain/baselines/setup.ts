import {
  azimuthSpanDeg,
  cellPointing,
  columnsInRow,
  gridShape,
  type GridBounds,
} from '#shared/sky/grid-shape';
import { azimuthOnCircleDeg } from '#shared/sky/pointing';

/** What a receiver was tuned to, Hz. */
export interface Tuning {
  center_frequency_hz: number;
  bandwidth_hz: number;
}

/** What the levels of a session depend on, besides the sky. */
export interface Setup {
  rotor_id: number;
  rssi_source: string | null;
  receiver: string | null;
  bands: Tuning[];
  gain_db: number | null;
  /** Absent in sessions of old versions: off. */
  bias_tee?: boolean | undefined;
  beam_width_deg: number | null;
  scan_mode: string;
  is_calibrated: boolean;
  has_spectra: boolean;
  area: GridBounds;
}

/** What of a session decides whether it fits a baseline. */
export interface SessionFacts extends Setup {
  session_id: number;
  points: number;
  total_points: number;
  /** The source that the scan followed; its grid then has no directions. */
  followed?: string | undefined;
}

/** Why a session does not fit. */
export interface Misfit {
  /** For people. */
  reason: string;
  /** Also a user cannot include it: its levels mean something else. */
  isFinal: boolean;
}

/** A session with a smaller share of its points is incomplete. */
const MIN_SHARE = 0.8;
/** Messages to sky-analyst have a limit of size. */
const MAX_COMPARED_POINTS = 200_000;

/**
 * Why a session cannot be compared with the sessions of a baseline (without a setup it would be the
 * first one); undefined if it can.
 */
export function misfitOf(
  { setup, rotor_id }: { setup: Setup | null; rotor_id: number },
  facts: SessionFacts,
): Misfit | undefined {
  const final = (reason: string): Misfit => ({ reason, isFinal: true });
  const { points, total_points: total } = facts;
  if (points === 0) return final('it has no points');
  if (facts.followed !== undefined) return final(`it was scanned around ${facts.followed}`);
  const largest = Math.max(total, gridShape(facts.area).totalPoints);
  if (largest > MAX_COMPARED_POINTS)
    return final(`it has ${largest} points; at most ${MAX_COMPARED_POINTS} can be compared`);
  const difference = differenceOf(setup ?? { ...facts, rotor_id }, facts);
  if (difference !== undefined) return final(difference);
  if (points < MIN_SHARE * total) {
    const reason = `it has only ${points} of ${total} points; ${100 * MIN_SHARE} % are needed`;
    return { reason, isFinal: false };
  }
  return undefined;
}

/** The first difference, for people. */
function differenceOf(setup: Setup, session: Setup): string | undefined {
  type Value = string | number | null | undefined;
  const differs = (name: string, own: Value, other: Value, unit = '') => {
    const text = (value: Value) => (value === null ? 'not set' : `${String(value)}${unit}`);
    return own === other ? undefined : `its ${name} is ${text(own)}; in the baseline it is ${text(other)}`;
  };
  return (
    differs('rotor', session.rotor_id, setup.rotor_id) ??
    differs('source of levels', session.rssi_source, setup.rssi_source) ??
    differs('receiver', session.receiver, setup.receiver) ??
    differs('number of bands', session.bands.length, setup.bands.length) ??
    setup.bands
      .map(
        (band, k) =>
          differs('frequency', session.bands[k]?.center_frequency_hz, band.center_frequency_hz, ' Hz') ??
          differs('bandwidth', session.bands[k]?.bandwidth_hz, band.bandwidth_hz, ' Hz'),
      )
      .find((found) => found !== undefined) ??
    differs('gain', session.gain_db, setup.gain_db, ' dB') ??
    differs('bias tee', onOff(session.bias_tee), onOff(setup.bias_tee)) ??
    differs('beam width', session.beam_width_deg, setup.beam_width_deg, ' deg') ??
    differs('scan mode', session.scan_mode, setup.scan_mode) ??
    differs('unit of levels', unitOf(session), unitOf(setup)) ??
    (setup.has_spectra && !session.has_spectra
      ? 'it has no spectra; the sessions of the baseline do'
      : undefined) ??
    (overlaps(setup.area, session.area) ? undefined : 'its area has no part of the area of the baseline')
  );
}

function onOff(isOn = false): string {
  return isOn ? 'on' : 'off';
}

export function unitOf({ is_calibrated }: Setup): 'dBm' | 'dBFS' {
  return is_calibrated ? 'dBm' : 'dBFS';
}

/** Whether two areas, half a step wider, have a part in common. */
function overlaps(a: GridBounds, b: GridBounds): boolean {
  const margin = Math.max(a.stepDeg, b.stepDeg) / 2;
  if (a.elStartDeg - margin > b.elEndDeg || b.elStartDeg - margin > a.elEndDeg) return false;
  const starts = (one: GridBounds, other: GridBounds) =>
    azimuthOnCircleDeg(other.azStartDeg - one.azStartDeg + margin) <= azimuthSpanDeg(one) + 2 * margin;
  return starts(a, b) || starts(b, a);
}

/** What later sessions are compared by. */
export function setupOf({
  session_id: _id,
  points: _points,
  total_points: _total,
  followed: _followed,
  ...setup
}: SessionFacts): Setup {
  return setup;
}

/** Directions of the cells of a grid, degrees, row by row. */
export interface Cells {
  azimuthDeg: Float32Array;
  elevationDeg: Float32Array;
}

export function cellsOf(area: GridBounds): Cells {
  const { totalPoints } = gridShape(area);
  const cells = { azimuthDeg: new Float32Array(totalPoints), elevationDeg: new Float32Array(totalPoints) };
  eachCell(area, (index, row, column) => {
    const { azimuthDeg, elevationDeg } = cellPointing(area, row, column);
    cells.azimuthDeg[index] = azimuthOnCircleDeg(azimuthDeg);
    cells.elevationDeg[index] = elevationDeg;
  });
  return cells;
}

/** Calls `take` with the index of each cell of `cellsOf` and its place in the grid. */
export function eachCell(area: GridBounds, take: (index: number, row: number, column: number) => void): void {
  const { rows } = gridShape(area);
  let index = 0;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columnsInRow(area, row); column++) take(index++, row, column);
}
