/** Unmodulated carriers of one tuner setting. */
export interface CarrierComb {
  /** Power of each carrier from now on, milliwatts; 0: off. */
  setPowers(powersMw: readonly number[]): void;
  /** Adds the next samples, I and Q interleaved. `scale`: amplitude of 1 mW. */
  add(sum: Float32Array, scale: number): void;
}

/** All carriers repeat after this number of samples: 0.03 s. */
const PERIOD_SAMPLES = 65_536;
const SEGMENT_SAMPLES = 256;

/** Frequencies are rounded to the sample rate / 65,536: 37 Hz at 2.4 MS/s. */
export function roundedOffsetHz(offsetHz: number, sampleRateHz: number): number {
  return (cyclesOf(offsetHz, sampleRateHz) * sampleRateHz) / PERIOD_SAMPLES;
}

/** Carriers at these distances from the tuner frequency, with these phases. */
export function createCarrierComb(
  carriers: readonly { offsetHz: number; phaseRad: number }[],
  sampleRateHz: number,
): CarrierComb {
  const cycles = carriers.map(({ offsetHz }) => cyclesOf(offsetHz, sampleRateHz));
  const amplitudes = new Float64Array(carriers.length);
  // The rotator rests most of the time: what has the same powers is computed once.
  const period = new Float32Array(carriers.length > 0 ? 2 * PERIOD_SAMPLES : 0);
  const versions = new Uint32Array(PERIOD_SAMPLES / SEGMENT_SAMPLES);
  let version = 0;
  let next = 0;

  function compute(segment: number): void {
    if (versions[segment] === version) return;
    versions[segment] = version;
    const start = segment * SEGMENT_SAMPLES;
    const samples = period.subarray(2 * start, 2 * (start + SEGMENT_SAMPLES)).fill(0);
    for (const [k, { phaseRad }] of carriers.entries()) {
      const amplitude = amplitudes[k] as number;
      const turns = (((cycles[k] as number) * start) % PERIOD_SAMPLES) / PERIOD_SAMPLES;
      const stepRad = (2 * Math.PI * (cycles[k] as number)) / PERIOD_SAMPLES;
      if (amplitude > 0) addTone(samples, amplitude, phaseRad + 2 * Math.PI * turns, stepRad);
    }
  }

  return {
    setPowers(powersMw) {
      let hasChanged = false;
      for (let k = 0; k < amplitudes.length; k++) {
        const amplitude = Math.sqrt(powersMw[k] as number);
        if (amplitude !== amplitudes[k]) hasChanged = true;
        amplitudes[k] = amplitude;
      }
      if (hasChanged) version++;
    },
    add(sum, scale) {
      if (version === 0) return;
      for (let at = 0; at < sum.length;) {
        const segment = Math.floor(next / SEGMENT_SAMPLES);
        compute(segment);
        const samples = Math.min((sum.length - at) / 2, (segment + 1) * SEGMENT_SAMPLES - next);
        for (let k = 0; k < 2 * samples; k++)
          sum[at + k] = (sum[at + k] as number) + scale * (period[2 * next + k] as number);
        at += 2 * samples;
        next = (next + samples) % PERIOD_SAMPLES;
      }
    },
  };
}

function cyclesOf(offsetHz: number, sampleRateHz: number): number {
  return Math.round((offsetHz / sampleRateHz) * PERIOD_SAMPLES);
}

// Rotates per sample instead of computing sine and cosine: 256 rotations change the amplitude by
// less than 1e-13.
function addTone(samples: Float32Array, amplitude: number, phaseRad: number, stepRad: number): void {
  const stepI = Math.cos(stepRad);
  const stepQ = Math.sin(stepRad);
  let i = amplitude * Math.cos(phaseRad);
  let q = amplitude * Math.sin(phaseRad);
  for (let k = 0; k < samples.length; k += 2) {
    samples[k] = (samples[k] as number) + i;
    samples[k + 1] = (samples[k + 1] as number) + q;
    const rotated = i * stepI - q * stepQ;
    q = i * stepQ + q * stepI;
    i = rotated;
  }
}
