/** A tuner as librtlsdr knows it: its range, and its gains in dB (rtlsdr_get_tuner_gains). */
export interface Tuner {
  name: string;
  lowestHz: number;
  highestHz: number;
  gainsDb: readonly number[];
}

const R82XX_GAINS_DB = [
  0, 0.9, 1.4, 2.7, 3.7, 7.7, 8.7, 12.5, 14.4, 15.7, 16.6, 19.7, 20.7, 22.9, 25.4, 28, 29.7, 32.8, 33.8, 36.4,
  37.2, 38.6, 40.2, 42.1, 43.4, 43.9, 44.5, 48, 49.6,
];

const FC0013_GAINS_DB = [
  -9.9, -7.3, -6.5, -6.3, -6, -5.8, -5.4, 5.8, 6.1, 6.3, 6.5, 6.7, 6.8, 7, 7.1, 17.9, 18.1, 18.2, 18.4, 18.6,
  18.8, 19.1, 19.7,
];

const BY_TYPE: Record<number, Tuner> = {
  1: tuner('E4000', 52, 2_200, [-1, 1.5, 4, 6.5, 9, 11.5, 14, 16.5, 19, 21.5, 24, 29, 34, 42]),
  2: tuner('FC0012', 22, 948.6, [-9.9, -4, 7.1, 17.9, 19.2]),
  3: tuner('FC0013', 22, 1_100, FC0013_GAINS_DB),
  4: tuner('FC2580', 146, 924, [0]),
  5: tuner('R820T', 24, 1_766, R82XX_GAINS_DB),
  6: tuner('R828D', 24, 1_766, R82XX_GAINS_DB),
};

/** By the number of `enum rtlsdr_tuner`. */
export function tunerOfType(type: number): Tuner | undefined {
  return BY_TYPE[type];
}

/** By the name that librtlsdr gives it on stderr, such as `Rafael Micro R820T` or `FCI 2580`. */
export function tunerNamed(words: string): Tuner | undefined {
  return Object.values(BY_TYPE).find(({ name }) => words.endsWith(name.replace('FC2580', '2580')));
}

function tuner(name: string, lowestMhz: number, highestMhz: number, gainsDb: readonly number[]): Tuner {
  return { name, lowestHz: lowestMhz * 1e6, highestHz: highestMhz * 1e6, gainsDb };
}
