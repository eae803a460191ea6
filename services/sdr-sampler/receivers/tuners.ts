import type { Band } from '../domain/settings.ts';

/** A tuner as librtlsdr knows it: its ranges, and its gains in dB (rtlsdr_get_tuner_gains). */
export interface Tuner {
  name: string;
  bandsHz: readonly Band[];
  gainsDb: readonly number[];
}

const R82XX_GAINS_DB = [
  0, 0.9, 1.4, 2.7, 3.7, 7.7, 8.7, 12.5, 14.4, 15.7, 16.6, 19.7, 20.7, 22.9, 25.4, 28, 29.7, 32.8, 33.8, 36.4,
  37.2, 38.6, 40.2, 42.1, 43.4, 43.9, 44.5, 48, 49.6,
];

const E4000_GAINS_DB = [-1, 1.5, 4, 6.5, 9, 11.5, 14, 16.5, 19, 21.5, 24, 29, 34, 42];

const FC0013_GAINS_DB = [
  -9.9, -7.3, -6.5, -6.3, -6, -5.8, -5.4, 5.8, 6.1, 6.3, 6.5, 6.7, 6.8, 7, 7.1, 17.9, 18.1, 18.2, 18.4, 18.6,
  18.8, 19.1, 19.7,
];

const MHZ = 1e6;

/** By the names used in RECEIVERS. */
const TUNERS = {
  // The oscillator does not lock in the gap, whose limits vary by some MHz between devices.
  E4000: tuner('E4000', E4000_GAINS_DB, [52, 1_100], [1_250, 2_200]),
  FC0012: tuner('FC0012', [-9.9, -4, 7.1, 17.9, 19.2], [22, 948.6]),
  FC0013: tuner('FC0013', FC0013_GAINS_DB, [22, 1_100]),
  FC2580: tuner('FC2580', [0], [146, 308], [438, 924]),
  R820T: tuner('R820T', R82XX_GAINS_DB, [24, 1_766]),
  R828D: tuner('R828D', R82XX_GAINS_DB, [24, 1_766]),
  // Below 28.8 MHz the driver uses another input with an up-converter.
  BLOG_V4: tuner('R828D', R82XX_GAINS_DB, [0.5, 28.8], [28.8, 1_766]),
} as const;

export type TunerName = keyof typeof TUNERS;

export const TUNER_NAMES = Object.keys(TUNERS) as TunerName[];

/**
 * By `enum rtlsdr_tuner`. A server does not distinguish the R828D of a Blog V4; most R828D are one.
 */
const BY_TYPE: Record<number, TunerName> = {
  1: 'E4000',
  2: 'FC0012',
  3: 'FC0013',
  4: 'FC2580',
  5: 'R820T',
  6: 'BLOG_V4',
};

/**
 * The tuner names that librtlsdr and its forks print on stderr, such as `Rafael Micro R820T`, `FCI
 * 2580` or `R820T/2`; R860 is the successor of the R820T2.
 */
const NAME_PATTERNS: [RegExp, TunerName][] = [
  [/\bE4000\b|\bE4K\b/i, 'E4000'],
  [/\bFC0012\b/i, 'FC0012'],
  [/\bFC0013/i, 'FC0013'],
  [/\bFCI? ?2580\b/i, 'FC2580'],
  [/\bR82[08]T2?\b|\bR860\b/i, 'R820T'],
  [/\bR828D\b/i, 'R828D'],
];

/** A tuner of TUNER_NAMES. */
export function knownTuner(name: TunerName): Tuner {
  return TUNERS[name];
}

/** By the number in rtl_tcp's header. */
export function tunerOfType(type: number): Tuner | undefined {
  const name = BY_TYPE[type];
  return name && TUNERS[name];
}

/** By the name on stderr; `blogV4`: an RTL-SDR Blog V4 was also reported. */
export function tunerNamed(text: string, blogV4: boolean): Tuner | undefined {
  const name = NAME_PATTERNS.find(([pattern]) => pattern.test(text))?.[1];
  return name && TUNERS[name === 'R828D' && blogV4 ? 'BLOG_V4' : name];
}

function tuner(name: string, gainsDb: readonly number[], ...bandsMhz: readonly Band[]): Tuner {
  return { name, gainsDb, bandsHz: bandsMhz.map(([low, high]) => [low * MHZ, high * MHZ] as const) };
}
