import { formatDeg } from '#shared/sky/pointing';
import { atFrequencyDeg } from '#contract/beam-widths';
import type { BeamWidths } from '#contract/rest/rotors';
import type { RotorBeam } from '#contract/rest/rotor-beams';
import { roundedTo } from './rounding.ts';

// A beam at another frequency than the one at which it was measured.

/** Beyond this ratio of the frequencies, side lobes are elsewhere and of other heights. */
const MAX_LOBE_RATIO = 1.5;
/** Frequencies within this share are the same: a carrier is beside the middle of the band. */
const SAME_FREQUENCY = 0.005;
/** From the axis; lobes beyond are not of the aperture. */
const BEHIND_DEG = 90;

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

type Beam = Pick<RotorBeam, 'frequency_hz' | 'beam_width_deg' | 'hpbw_deg' | 'side_lobes' | 'warnings'>;

/** A stored beam at another frequency. Far from its own, without side lobes. */
export function beamAtFrequency<B extends Beam>(beam: B, frequencyHz: number): B {
  const widen = widening(beam.frequency_hz, frequencyHz);
  const figure = ({ value, sigma }: Beam['beam_width_deg']) => ({ value: widen(value), sigma: widen(sigma) });
  const [message] = frequencyWarnings(
    {
      azimuth_deg: beam.hpbw_deg.azimuth.value,
      elevation_deg: beam.hpbw_deg.elevation.value,
      frequency_hz: beam.frequency_hz,
    },
    frequencyHz,
  );
  return {
    ...beam,
    beam_width_deg: figure(beam.beam_width_deg),
    hpbw_deg: { azimuth: figure(beam.hpbw_deg.azimuth), elevation: figure(beam.hpbw_deg.elevation) },
    side_lobes: sideLobesAt(beam, frequencyHz),
    warnings: message === undefined ? beam.warnings : [...beam.warnings, { code: 'frequency', message }],
  };
}

/** The side lobes of a beam at another frequency. Those behind the antenna stay where they are. */
export function sideLobesAt(
  { side_lobes, frequency_hz }: Pick<Beam, 'side_lobes' | 'frequency_hz'>,
  frequencyHz: number,
): Beam['side_lobes'] {
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
