export { createRandom as seededRandom, gaussianPair } from '../../services/simulator/domain/random.ts';

/**
 * Unsigned 8-bit IQ of a complex tone; amplitude and DC offset in LSB, frequency in cycles per
 * sample.
 */
export function toneIq(samples: number, amplitude: number, cyclesPerSample: number, offset = 0): Uint8Array {
  return Uint8Array.from({ length: 2 * samples }, (_, k) => {
    const angle = 2 * Math.PI * cyclesPerSample * Math.floor(k / 2);
    return code(offset + amplitude * (k % 2 === 0 ? Math.cos(angle) : Math.sin(angle)));
  });
}

/** Unsigned 8-bit IQ of white Gaussian noise; `sigma` of I and of Q in LSB. */
export function noiseIq(samples: number, sigma: number, random: () => number): Uint8Array {
  return Uint8Array.from({ length: 2 * samples }, () =>
    code(sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())),
  );
}

function code(lsb: number): number {
  return Math.min(255, Math.max(0, Math.round(127.5 + lsb)));
}
