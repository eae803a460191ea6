import { InvalidArgumentError } from 'commander';
import { STATISTICS } from '#shared/spectrum/point-spectrum';

/** Degrees. */
export interface DegreeRange {
  from: number;
  to: number;
}

/** Parser for ids, whole numbers from 1. `object`: what an id identifies, such as `a rotator`. */
export function idParser(object: string): (text: string) => number {
  return (text) => {
    if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError(`It must be the id of ${object}.`);
    return Number(text);
  };
}

/** Parser for a number; the error message states its name, limits and unit. */
export function parseNumber(name: string, min: number, max: number, unit: string): (text: string) => number {
  return (text) => {
    const value = toNumber(text);
    if (value === undefined)
      throw new InvalidArgumentError(
        `${name} must be a number in ${min}..${max}${withUnit(unit)}${text.includes(',') ? ', with a decimal point' : ''}.`,
      );
    if (value < min || value > max)
      throw new InvalidArgumentError(
        `${name} ${value}${withUnit(unit)} is outside ${min}..${max}${withUnit(unit)}.`,
      );
    return value;
  };
}

/** The same for a whole number. */
export function parseWhole(name: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = parseNumber(name, min, max, '')(text);
    if (!Number.isInteger(value)) throw new InvalidArgumentError(`${name} ${value} must be a whole number.`);
    return value;
  };
}

const parseAzimuth = parseNumber('azimuth', -180, 540, 'deg');
const parseElevation = parseNumber('elevation', -90, 90, 'deg');
// Wide enough for every rotator; the API checks the limits of this one.
export const parseUnwrappedAzimuth = parseNumber('azimuth', -540, 900, 'deg');
export const parseAnyElevation = parseNumber('elevation', -90, 180, 'deg');

/** `350:10`; a single number is one column. An end below the start is a sector through north. */
export function parseAzimuths(text: string): DegreeRange {
  const range = parseRange(text, parseAzimuth, 'azimuths');
  if (range.to - range.from > 360)
    throw new InvalidArgumentError(
      `azimuths ${text} deg span ${range.to - range.from} deg, more than 360 deg.`,
    );
  return range;
}

/** `20:60`; a single number is one row. */
export function parseElevations(text: string): DegreeRange {
  const range = parseRange(text, parseElevation, 'elevations');
  if (range.to < range.from)
    throw new InvalidArgumentError(`elevations ${text} deg: the end is below the start.`);
  return range;
}

/**
 * A reference pointing: `azimuth:elevation`, optionally with the interval in minutes. Commas are
 * refused: 180,5,80 may mean az 180, el 5, every 80 minutes, or az 180.5, el 80 with a decimal
 * comma.
 */
export function parseReference(text: string): { azimuth: number; elevation: number; every_min?: number } {
  if (text.includes(','))
    throw new InvalidArgumentError(
      `${text} has a comma, which may separate values or decimals. Write AZ:EL or AZ:EL:MINUTES with decimal points: 180.5:80:10.`,
    );
  const [az = '', el = '', minutes, ...more] = text.split(':');
  if (el === '' || more.length > 0)
    throw new InvalidArgumentError('It must look like AZ:EL or AZ:EL:MINUTES: 180:80:10.');
  const pointing = { azimuth: parseAzimuth(az), elevation: parseElevation(el) };
  if (minutes === undefined) return pointing;
  return { ...pointing, every_min: parseNumber('minutes', 1, 1_440, 'min')(minutes) };
}

/** A pointing: `180.5:30`. One comma is accepted too; more may be decimal commas. */
export function parsePointing(text: string): { azimuth: number; elevation: number } {
  const [az = '', el = '', ...more] = text.split(/[:,]/);
  if (az === '' || el === '' || more.length > 0)
    throw new InvalidArgumentError('It must look like AZ:EL in degrees, with decimal points: 180.5:30.');
  return { azimuth: parseUnwrappedAzimuth(az), elevation: parseAnyElevation(el) };
}

/** Parameters of the API for a frequency range. */
export interface BandParameters {
  from_hz: string;
  to_hz: string;
  statistic?: string;
}

/** `433.9e6-434.1e6` or `433.9e6-434.1e6:max`, in Hz. */
export function parseBand(text: string): BandParameters {
  const number = String.raw`(\d+(?:\.\d+)?(?:e\+?\d+)?)`;
  const [, from, to, statistic] = new RegExp(`^${number}-${number}(?::(\\w+))?$`, 'i').exec(text) ?? [];
  if (from === undefined || to === undefined)
    throw new InvalidArgumentError(
      'It must look like FROM-TO or FROM-TO:STATISTIC in Hz: 433.9e6-434.1e6:max.',
    );
  if (statistic !== undefined && !STATISTICS.some((name) => name === statistic))
    throw new InvalidArgumentError(`statistic ${statistic} must be one of ${STATISTICS.join(', ')}.`);
  // Digits without an exponent, as in the answers of the API.
  const plain = (digits: string) => String(Number(digits));
  return { from_hz: plain(from), to_hz: plain(to), ...(statistic !== undefined && { statistic }) };
}

/** `field=value`; the value is parsed as JSON if it is JSON, else it is text. */
export function parseField(text: string, previous: Record<string, unknown> = {}): Record<string, unknown> {
  const equals = text.indexOf('=');
  const name = text.slice(0, equals);
  if (equals < 1 || !/^[a-z_]+[a-z0-9_]*$/.test(name))
    throw new InvalidArgumentError('It must look like field=value: min_elevation=10.');
  if (name in previous) throw new InvalidArgumentError(`${name} is given twice.`);
  return { ...previous, [name]: fromJson(text.slice(equals + 1)) };
}

function parseRange(text: string, parse: (text: string) => number, name: string): DegreeRange {
  const [from = '', to = from, ...more] = text.split(':');
  if (from.trim() === '' || to.trim() === '' || more.length > 0)
    throw new InvalidArgumentError(`${name} must look like FROM:TO in degrees: 20:60.`);
  return { from: parse(from), to: parse(to) };
}

// Number() accepts '' and '0x10' too.
function toNumber(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : undefined;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function withUnit(unit: string): string {
  return unit && ` ${unit}`;
}
