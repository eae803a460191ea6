import { SkyScanError } from '#shared/base/errors';

/** One line of rtl_power: a spectrum over one interval. */
export interface PowerLine {
  /** End of the interval, Unix milliseconds, truncated to seconds. */
  endedUnixMs: number;
  lowHz: number;
  highHz: number;
  stepHz: number;
  /** Number of averaged FFTs. */
  transforms: number;
  /**
   * One value per bin in ascending order, rtl_power's relative dB: -Infinity for a bin without
   * power, NaN after an overflow.
   */
  levelsDb: number[];
}

const NUMBER = /^-?\d{1,12}(\.\d{1,6})?$/;
const NAN_OR_INF = /^[-+]?(nan|inf)$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d\d:\d\d:\d\d$/;
const MIN_FIELDS = 8;
const HEADER_NUMBERS = 4;

/**
 * Parses `date, time, Hz low, Hz high, Hz step, samples, dB, dB, ...` in UTC; the last value is
 * repeated. Throws `unavailable` for any other line.
 */
export function parsePowerLine(line: string): PowerLine {
  const fields = line.split(',').map((field) => field.trim());
  const [date = '', time = '', ...rest] = fields;
  if (fields.length < MIN_FIELDS || !DATE.test(date) || !TIME.test(time)) throw unreadableLine(line);
  const numbers = rest.map((field, k) => {
    if (NUMBER.test(field)) return Number(field);
    if (k < HEADER_NUMBERS || !NAN_OR_INF.test(field)) throw unreadableLine(line, field);
    return field === '-inf' ? -Infinity : NaN;
  });
  const [lowHz = 0, highHz = 0, stepHz = 0, transforms = 0, ...levelsDb] = numbers;
  const doubled = levelsDb.pop();
  if (!Object.is(doubled, levelsDb.at(-1))) throw unreadableLine(line, 'the last value is not repeated');
  const endedUnixMs = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(endedUnixMs)) throw unreadableLine(line, `${date} ${time}`);
  if (!(stepHz > 0) || !(transforms > 0) || Math.round((highHz - lowHz) / stepHz) !== levelsDb.length)
    throw unreadableLine(
      line,
      `${levelsDb.length} values for ${lowHz}..${highHz} Hz in steps of ${stepHz} Hz`,
    );
  return { endedUnixMs, lowHz, highHz, stepHz, transforms, levelsDb };
}

function unreadableLine(line: string, what?: string): SkyScanError {
  const quoted = JSON.stringify(line.slice(0, 60));
  return new SkyScanError(
    'unavailable',
    `rtl_power printed a line that cannot be read: ${quoted}${what ? ` (${what.slice(0, 60)})` : ''}`,
  );
}
