import { atFrequencyDeg } from '#shared/sky/beam-width';
import { formatDeg } from '#shared/sky/pointing';
import { roundedTo } from './rounding.ts';

// A beam at another frequency than the one at which it was measured.

/** Beyond this ratio of the frequencies, side lobes are elsewhere and of other heights. */
const MAX_LOBE_RATIO = 1.5;
/** Frequencies within this share are the same: a carrier is beside the middle of the band. */
const SAME_FREQUENCY = 0.02;
/** From the axis; lobes beyond are not of the aperture. */
const BEHIND_DEG = 90;

interface BeamWidths {
  azimuth_deg: number;
  elevation_deg: number;
  /** For which they are. */
  frequency_hz: number;
}

interface Figure {
  value: number;
  sigma: number;
}

/** What is known of the beam of a rotor; `beam`: absent in older sessions. */
interface RotorWithBeam {
  beam_width_deg: number | null;
  beam?: BeamWidths | null;
}

/** The rotor with the widths of its stored beam at a frequency; without one, as it is. */
export function rotorAtFrequency<R extends RotorWithBeam>(rotor: R, frequencyHz: number): R {
  const { beam, beam_width_deg } = rotor;
  if (!beam) return rotor;
  const widen = widening(beam.frequency_hz, frequencyHz);
  return {
    ...rotor,
    beam_width_deg: beam_width_deg === null ? null : widen(beam_width_deg),
    beam: {
      azimuth_deg: widen(beam.azimuth_deg),
      elevation_deg: widen(beam.elevation_deg),
      frequency_hz: frequencyHz,
    },
  };
}

/** The side lobes of a beam at another frequency. Those behind the antenna stay where they are. */
export function sideLobesAt<Lobe extends { angle_deg: Figure }>(
  { side_lobes, frequency_hz }: { side_lobes: readonly Lobe[]; frequency_hz: number },
  frequencyHz: number,
): Lobe[] {
  if (isFar(frequency_hz, frequencyHz)) return [];
  const widen = widening(frequency_hz, frequencyHz);
  return side_lobes.map((lobe) => {
    const { value, sigma } = lobe.angle_deg;
    if (value >= BEHIND_DEG) return lobe;
    return { ...lobe, angle_deg: { value: Math.min(BEHIND_DEG, widen(value)), sigma: widen(sigma) } };
  });
}

/** What happens to a beam at a frequency; empty: it is its own. */
export function frequencyWarnings(beam: BeamWidths, frequencyHz: number): string[] {
  const { frequency_hz } = beam;
  if (Math.abs(frequencyHz / frequency_hz - 1) <= SAME_FREQUENCY) return [];
  const widen = widening(frequency_hz, frequencyHz);
  const [azimuth, elevation] = [beam.azimuth_deg, beam.elevation_deg].map((deg) => formatDeg(widen(deg)));
  const scaled = `the beam was measured at ${mhz(frequency_hz)} MHz; its widths at ${mhz(frequencyHz)} MHz are assumed in proportion to the wavelength: ${azimuth} deg in azimuth, ${elevation} deg in elevation`;
  return [
    isFar(frequency_hz, frequencyHz)
      ? `${scaled}. The frequencies differ by more than a factor of ${MAX_LOBE_RATIO}: its side lobes are not used`
      : scaled,
  ];
}

function isFar(measuredHz: number, frequencyHz: number): boolean {
  return Math.max(measuredHz / frequencyHz, frequencyHz / measuredHz) > MAX_LOBE_RATIO;
}

/** Angles at another frequency. */
function widening(measuredHz: number, frequencyHz: number): (deg: number) => number {
  return (deg) => atFrequencyDeg(deg, measuredHz, frequencyHz);
}

function mhz(hz: number): number {
  return roundedTo(hz / 1e6, 3);
}
