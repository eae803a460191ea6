import type { ElementFields } from './element-fields.ts';

/** Without I and O: A0000 is 100000, Z9999 is 339999 (Space-Track, Alpha-5). */
const ALPHA_5 = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const LENGTH = 69;
const DAY_MS = 86_400_000;

export function isTleLine(text: string, number: 1 | 2): boolean {
  return text.startsWith(`${number} `) && text.length >= LENGTH - 1;
}

/** The fields of OMM of two lines (Space-Track, description of the two line element format). */
export function tleFields(name: string, first: string, second: string): ElementFields {
  for (const line of [first, second]) checkSum(line);
  const at = (line: string, from: number, to: number) => line.slice(from - 1, to).trim();
  const [number, other] = [at(first, 3, 7), at(second, 3, 7)];
  if (number !== other) throw new Error(`lines of different objects: ${number} and ${other}`);
  const yy = Number(at(first, 19, 20));
  const year = yy < 57 ? 2000 + yy : 1900 + yy;
  const epochMs = Date.UTC(year, 0, 1) + (Number(at(first, 21, 32)) - 1) * DAY_MS;
  return {
    OBJECT_NAME: name,
    OBJECT_ID: at(first, 10, 17),
    NORAD_CAT_ID: catalogueNumber(number),
    EPOCH: Number.isFinite(epochMs) ? new Date(epochMs).toISOString() : at(first, 19, 32),
    MEAN_MOTION_DOT: at(first, 34, 43),
    MEAN_MOTION_DDOT: withExponent(at(first, 45, 52)),
    BSTAR: withExponent(at(first, 54, 61)),
    ELEMENT_SET_NO: at(first, 65, 68),
    INCLINATION: at(second, 9, 16),
    RA_OF_ASC_NODE: at(second, 18, 25),
    ECCENTRICITY: `0.${at(second, 27, 33)}`,
    ARG_OF_PERICENTER: at(second, 35, 42),
    MEAN_ANOMALY: at(second, 44, 51),
    MEAN_MOTION: at(second, 53, 63),
  };
}

function catalogueNumber(text: string): number {
  const letter = ALPHA_5.indexOf(text.charAt(0));
  return letter < 0 || text === '' ? Number(text || NaN) : (letter + 10) * 10_000 + Number(text.slice(1));
}

/** ` 12345-4` is 0.12345e-4. */
function withExponent(text: string): number {
  const [, sign = '', digits = '', exponent = '0'] = /^([+-]?)(\d+)([+-]\d)$/.exec(text) ?? [];
  return digits === '' ? 0 : Number(`${sign}0.${digits}e${exponent}`);
}

/** The last digit is the sum of all digits, with minus signs as 1, modulo 10. */
function checkSum(line: string): void {
  const expected = line.charAt(LENGTH - 1);
  if (expected.trim() === '') return;
  let sum = 0;
  for (const character of line.slice(0, LENGTH - 1))
    sum += character === '-' ? 1 : /\d/.test(character) ? Number(character) : 0;
  if (String(sum % 10) !== expected) throw new Error(`checksum ${expected} is not ${sum % 10}`);
}
