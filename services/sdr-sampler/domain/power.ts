/** Levels of one read. */
export interface Levels {
  /** Mean power relative to a full-scale complex tone. */
  fullScalePower: number;
  /** Share of I and Q values at either end of the converter, 0 to 1. */
  clippedFraction: number;
  /** Root mean square of I and Q in units of the least significant bit, without the mean. */
  rmsLsb: number;
}

/** What is summed up over a read. Values are 2 u8 - 255, twice the distance from the converter's middle: whole numbers. */
export interface PowerSums {
  samples: number;
  i: number;
  q: number;
  squares: number;
  clipped: number;
}

/** Half the converter's range: u8 - 127.5 is at most this. */
const FULL_SCALE_LSB = 127.5;

const SQUARES = Float64Array.from({ length: 256 }, (_, code) => (2 * code - 255) ** 2);
const CLIPPED = Uint8Array.from({ length: 256 }, (_, code) => (code === 0 || code === 255 ? 1 : 0));

export function emptySums(): PowerSums {
  return { samples: 0, i: 0, q: 0, squares: 0, clipped: 0 };
}

/** Adds samples (pairs of unsigned bytes) to the sums. Table lookups: some 400 times faster than 2.4 MS/s. */
export function addSamples(sums: PowerSums, iq: Uint8Array): void {
  let i = 0;
  let q = 0;
  let squares = 0;
  let clipped = 0;
  for (let k = 0; k + 1 < iq.length; k += 2) {
    const codeI = iq[k] as number;
    const codeQ = iq[k + 1] as number;
    i += codeI;
    q += codeQ;
    squares += (SQUARES[codeI] as number) + (SQUARES[codeQ] as number);
    clipped += (CLIPPED[codeI] as number) + (CLIPPED[codeQ] as number);
  }
  const samples = iq.length >> 1;
  sums.samples += samples;
  sums.i += 2 * i - 255 * samples;
  sums.q += 2 * q - 255 * samples;
  sums.squares += squares;
  sums.clipped += clipped;
}

/**
 * P = mean(|x|^2) / 127.5^2 with x = u8 - 127.5, mean removed: a full-scale complex tone is 1 (0 dBFS). The mean is
 * removed per read: that takes the tuner's DC offset out and no more than 1/N of the noise, however the bytes
 * happened to arrive.
 */
export function levelsOf({ samples, i, q, squares, clipped }: PowerSums): Levels {
  const meanSquare = (squares - (i * i + q * q) / samples) / samples / 4;
  return {
    fullScalePower: meanSquare / FULL_SCALE_LSB ** 2,
    clippedFraction: clipped / (2 * samples),
    rmsLsb: Math.sqrt(meanSquare / 2),
  };
}
