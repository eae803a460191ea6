import { SkyScanError } from '#shared/base/errors';

/** One line of rtl_power: a spectrum over one interval. */
export interface PowerLine {
  /** End of the interval, Unix milliseconds, cut to the second. */
  endedUnixMs: number;
  lowHz: number;
  highHz: number;
  stepHz: number;
  /** FFTs that were averaged. */
  transforms: number;
  /**
   * One value per bin from low to high, rtl_power's relative dB: -Infinity for a bin without power,
   * NaN for one that overflowed.
   */
  levelsDb: number[];
}

const NUMBER = /^-?\d{1,12}(\.\d{1,6})?$/;
const NO_NUMBER = /^[-+]?(nan|inf)$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d\d:\d\d:\d\d$/;
const MIN_FIELDS = 8;
const HEADER_NUMBERS = 4;

/**
 * Reads `date, time, Hz low, Hz high, Hz step, samples, dB, dB, ...` in UTC; the last value is
 * there twice. Throws `unavailable` for everything that is not a whole line of numbers.
 */
export function parsePowerLine(line: string): PowerLine {
  const fields = line.split(',').map((field) => field.trim());
  const [date = '', time = '', ...rest] = fields;
  if (fields.length < MIN_FIELDS || !DATE.test(date) || !TIME.test(time)) throw noLine(line);
  const numbers = rest.map((field, k) => {
    if (NUMBER.test(field)) return Number(field);
    if (k < HEADER_NUMBERS || !NO_NUMBER.test(field)) throw noLine(line, field);
    return field === '-inf' ? -Infinity : NaN;
  });
  const [lowHz = 0, highHz = 0, stepHz = 0, transforms = 0, ...levelsDb] = numbers;
  const doubled = levelsDb.pop();
  if (!Object.is(doubled, levelsDb.at(-1))) throw noLine(line, 'the last value is not there twice');
  const endedUnixMs = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(endedUnixMs)) throw noLine(line, `${date} ${time}`);
  if (!(stepHz > 0) || !(transforms > 0) || Math.round((highHz - lowHz) / stepHz) !== levelsDb.length)
    throw noLine(line, `${levelsDb.length} values for ${lowHz}..${highHz} Hz in steps of ${stepHz} Hz`);
  return { endedUnixMs, lowHz, highHz, stepHz, transforms, levelsDb };
}

function noLine(line: string, what?: string): SkyScanError {
  const quoted = JSON.stringify(line.slice(0, 60));
  return new SkyScanError(
    'unavailable',
    `rtl_power printed a line that cannot be read: ${quoted}${what ? ` (${what.slice(0, 60)})` : ''}`,
  );
}
