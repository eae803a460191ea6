import { SkyScanError } from '#shared/base/errors';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import { hasAllReads } from './birdcage.ts';
import { GarbledReplyError } from '../domain/garbled-reply.ts';
import type { Dialect } from '../motion/rotctld-client.ts';
import { parseNumber } from './numbers.ts';

/** All commands that are sent to rotctld. */
export type Command =
  | { name: 'get_pos' | 'stop' | 'get_info' | 'dump_state' | 'dump_caps' }
  /** A position query in the extended form, for dialect detection. */
  | { name: 'try_extended' }
  /** Birdcage only: in Hamlib the same letters are other commands, one of them a reset. */
  | { name: 'get_receiver' | 'lna_on' }
  | { name: 'get_rssi'; reads: number }
  | { name: 'set_pos'; target: Pointing };

/** A complete reply: its `RPRT` code (0 for a plain answer without one) and its other lines. */
export interface Reply {
  code: number;
  lines: string[];
}

const LETTERS: Record<Command['name'], string> = {
  get_pos: 'p',
  set_pos: 'P',
  stop: 'S',
  get_info: '_',
  dump_state: '\\dump_state',
  dump_caps: '\\dump_caps',
  try_extended: '+p',
  get_receiver: 'D',
  lna_on: 'L',
  get_rssi: 'R',
};
const REPORT = /^RPRT (-?\d{1,3})$/;

/** Encodes a command with its line end. Throws `invalid` for a number that is not finite. */
export function encodeCommand(command: Command, dialect: Dialect): string {
  const plus = dialect === 'hamlib' ? '+' : '';
  if (command.name === 'get_rssi') return `${LETTERS.get_rssi} ${command.reads}\n`;
  if (command.name !== 'set_pos') return `${plus}${LETTERS[command.name]}\n`;
  const { azimuthDeg, elevationDeg } = command.target;
  return `${plus}P ${wireNumber(azimuthDeg)} ${wireNumber(elevationDeg)}\n`;
}

/** Whether the lines so far are a complete reply. Throws `GarbledReplyError` for invalid lines. */
export function isComplete(command: Command, dialect: Dialect, lines: readonly string[]): boolean {
  const last = lines.at(-1);
  if (last === undefined) return false;
  // Any other answer ends with silence.
  if (command.name === 'try_extended') return isExtended(lines) && REPORT.test(last);
  if (dialect === 'hamlib') {
    // The echo identifies the command.
    if (!lines[0]?.startsWith(`${command.name}:`)) throw new GarbledReplyError('the echo of another command');
    return REPORT.test(last);
  }
  if (lines.length === 1 && REPORT.test(last)) return true;
  switch (command.name) {
    case 'get_pos':
      return lines.length === 2;
    case 'get_info':
    case 'get_receiver':
      return true;
    case 'get_rssi':
      return hasAllReads(lines, command.reads);
    case 'dump_state':
    case 'dump_caps':
      return last === 'done' || REPORT.test(last);
    default:
      throw new GarbledReplyError(`RPRT expected${receivedReport(last)}`);
  }
}

/** Whether an answer to a position query has the extended form. */
export function isExtended(lines: readonly string[]): boolean {
  return lines[0]?.startsWith('get_pos:') ?? false;
}

/** Decodes a complete reply. */
export function decodeReply(dialect: Dialect, lines: readonly string[]): Reply {
  const report = REPORT.exec(lines.at(-1) ?? '');
  const body = lines.slice(dialect === 'hamlib' ? 1 : 0, report ? -1 : undefined);
  return { code: report ? Number(report[1]) : 0, lines: body };
}

/**
 * A line that resembles a report, for the error message; other text of the peer is not repeated.
 */
function receivedReport(line: string): string {
  return /^[A-Z]{2,6}:? {0,2}-?\d{1,3}$/.test(line) ? `, ${line} received` : '';
}

/** The pointing in a reply to `get_pos`. Throws `GarbledReplyError` unless it has two numbers. */
export function decodePosition(dialect: Dialect, lines: readonly string[]): Pointing {
  const [az, el, ...more] = lines;
  if (az === undefined || el === undefined || more.length > 0)
    throw new GarbledReplyError('position expected');
  const value = (line: string, label: string) => {
    const text =
      dialect !== 'hamlib' ? line : line.startsWith(`${label}: `) ? line.slice(label.length + 2) : '';
    const number = parseNumber(text);
    if (number === undefined) throw new GarbledReplyError('a number expected');
    return number;
  };
  return { azimuthDeg: value(az, 'Azimuth'), elevationDeg: value(el, 'Elevation') };
}

/**
 * The travel in a reply to `dump_state`, in any of three forms; undefined if missing or invalid.
 */
export function decodeLimits(lines: readonly string[]): TravelLimits | undefined {
  const named = (short: string, long: string) =>
    parseNumber(
      lines
        .find((line) => line.startsWith(`${short}=`) || line.startsWith(`${long}:`))
        ?.replace(/^[^=:]*[=:]/, '')
        .trim() ?? '',
    );
  // Older daemons: protocol version, model, then the four numbers without names.
  const unnamed = lines.slice(2, 6).map((line) => parseNumber(line.trim()));
  const azMinDeg = named('min_az', 'Minimum Azimuth') ?? unnamed[0];
  const azMaxDeg = named('max_az', 'Maximum Azimuth') ?? unnamed[1];
  const elMinDeg = named('min_el', 'Minimum Elevation') ?? unnamed[2];
  const elMaxDeg = named('max_el', 'Maximum Elevation') ?? unnamed[3];
  if (azMinDeg === undefined || azMaxDeg === undefined || elMinDeg === undefined || elMaxDeg === undefined)
    return undefined;
  if (azMinDeg >= azMaxDeg || elMinDeg >= elMaxDeg) return undefined;
  // Measured with rotctld 4.5: the limits remain those of the controller, while setpoints and
  // readbacks are shifted by 180 deg in either direction.
  const shiftDeg = hasSouthZero(lines) ? 180 : 0;
  return { azMinDeg: azMinDeg - shiftDeg, azMaxDeg: azMaxDeg + shiftDeg, elMinDeg, elMaxDeg };
}

/** Whether azimuths are shifted by 180 degrees, for rotators whose zero is south. */
export function hasSouthZero(lines: readonly string[]): boolean {
  return lines.some((line) => /^(south_zero=|South Zero: )1$/.test(line.trim()));
}

/** The model in a reply to `dump_caps`, printable characters only; undefined if missing. */
export function decodeModel(lines: readonly string[]): string | undefined {
  const find = (label: string) =>
    decodeInfo(lines.find((line) => line.startsWith(label))?.slice(label.length) ?? '');
  const names = [find('Mfg name:'), find('Model name:')].filter((name) => name !== undefined);
  return names.join(' ') || undefined;
}

/**
 * The name of a server; undefined without one. Hamlib writes `None` for a rotator without a name.
 */
export function decodeInfo(text: string): string | undefined {
  const name = printable(text);
  return /^(none|null|unknown|n\/a|\(null\)|-*)$/i.test(name) ? undefined : name;
}

/** At most 60 printable ASCII characters of a text. */
function printable(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/g, ' ')
    .trim()
    .slice(0, 60);
}

function wireNumber(deg: number): string {
  if (!Number.isFinite(deg)) throw new SkyScanError('invalid', `${deg} is not a finite number of degrees`);
  return (Math.round(deg * 1e4) / 1e4 + 0).toFixed(4); // + 0: never "-0.0000"
}
