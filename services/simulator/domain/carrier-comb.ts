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
/** Relative change of an amplitude; -100 dB. */
const NEGLIGIBLE = 1e-5;

interface Carrier {
  /** Distance from the tuner frequency, Hz. */
  offsetHz: number;
  phaseRad: number;
}

/** Frequencies are rounded to the sample rate / 65,536: 37 Hz at 2.4 MS/s. */
export function roundedOffsetHz(offsetHz: number, sampleRateHz: number): number {
  return (cyclesOf(offsetHz, sampleRateHz) * sampleRateHz) / PERIOD_SAMPLES;
}

export function createCarrierComb(carriers: readonly Carrier[], sampleRateHz: number): CarrierComb {
  const allCycles = carriers.map(({ offsetHz }) => cyclesOf(offsetHz, sampleRateHz));
  const amplitudes = new Float64Array(carriers.length);
  const hasCarriers = carriers.length > 0;
  // The rotator rests most of the time, and most sources are far from the beam: only the change of
  // an amplitude is added to what the period contains.
  const period = new Float32Array(hasCarriers ? 2 * PERIOD_SAMPLES : 0);
  const contained = new Float64Array((carriers.length * PERIOD_SAMPLES) / SEGMENT_SAMPLES);
  let next = 0;

  function update(segment: number): void {
    const start = segment * SEGMENT_SAMPLES;
    const samples = period.subarray(2 * start, 2 * (start + SEGMENT_SAMPLES));
    for (let k = 0; k < carriers.length; k++) {
      const amplitude = amplitudes[k] as number;
      const at = segment * carriers.length + k;
      const change = amplitude - (contained[at] as number);
      if (Math.abs(change) <= NEGLIGIBLE * amplitude) continue;
      contained[at] = amplitude;
      const cycles = allCycles[k] as number;
      const turns = ((cycles * start) % PERIOD_SAMPLES) / PERIOD_SAMPLES;
      const phaseRad = (carriers[k] as Carrier).phaseRad + 2 * Math.PI * turns;
      addTone(samples, change, phaseRad, (2 * Math.PI * cycles) / PERIOD_SAMPLES);
    }
  }

  return {
    setPowers(powersMw) {
      for (let k = 0; k < amplitudes.length; k++) amplitudes[k] = Math.sqrt(powersMw[k] as number);
    },
    add(sum, scale) {
      if (!hasCarriers) return;
      for (let at = 0; at < sum.length;) {
        const segment = Math.floor(next / SEGMENT_SAMPLES);
        update(segment);
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
