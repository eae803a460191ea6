import { SkyScanError } from '#shared/errors';

/** One line of rtl_power: a spectrum over one interval. */
export interface PowerLine {
  /** End of the interval, Unix milliseconds, cut to the second. */
  endedUnixMs: number;
  lowHz: number;
  highHz: number;
  stepHz: number;
  /** FFTs that were averaged. */
  transforms: number;
  /** One value per bin from low to high, rtl_power's relative dB. */
  levelsDb: number[];
}

const NUMBER = /^-?\d{1,12}(\.\d{1,6})?$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d\d:\d\d:\d\d$/;
const FEWEST_FIELDS = 8;

/**
 * Reads `date, time, Hz low, Hz high, Hz step, samples, dB, dB, ...` in UTC; the last value is there twice. Throws `unavailable` for
 * whatever is no whole line of finite numbers.
 */
export function parsePowerLine(line: string): PowerLine {
  const fields = line.split(',').map((field) => field.trim());
  const [date = '', time = '', ...rest] = fields;
  if (fields.length < FEWEST_FIELDS || !DATE.test(date) || !TIME.test(time)) throw noLine(line);
  const numbers = rest.map((field) => {
    if (!NUMBER.test(field)) throw noLine(line, field);
    return Number(field);
  });
  const [lowHz = 0, highHz = 0, stepHz = 0, transforms = 0, ...levelsDb] = numbers;
  const doubled = levelsDb.pop();
  if (doubled !== levelsDb.at(-1)) throw noLine(line, 'the last value is not there twice');
  const endedUnixMs = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(endedUnixMs)) throw noLine(line, `${date} ${time}`);
  if (!(stepHz > 0) || !(transforms > 0) || Math.round((highHz - lowHz) / stepHz) !== levelsDb.length)
    throw noLine(line, `${levelsDb.length} values for ${lowHz}..${highHz} Hz in steps of ${stepHz} Hz`);
  return { endedUnixMs, lowHz, highHz, stepHz, transforms, levelsDb };
}

function noLine(line: string, what?: string): SkyScanError {
  const said = JSON.stringify(line.slice(0, 60));
  return new SkyScanError(
    'unavailable',
    `rtl_power sent what is no line of levels: ${said}${what ? ` (${what.slice(0, 60)})` : ''}`,
  );
}
