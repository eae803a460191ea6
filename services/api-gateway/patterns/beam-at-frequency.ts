import type { RotorBeam } from '#contract/rest/rotor-beams';
import { atFrequencyDeg } from '#shared/sky/beam-width';
import { frequencyWarnings, sideLobesAt } from '../domain/beam-at-frequency.ts';

type Beam = Pick<RotorBeam, 'frequency_hz' | 'beam_width_deg' | 'hpbw_deg' | 'side_lobes' | 'warnings'>;

/** A stored beam at another frequency. Far from its own, without side lobes. */
export function beamAtFrequency<B extends Beam>(beam: B, frequencyHz: number): B {
  const widen = (deg: number) => atFrequencyDeg(deg, beam.frequency_hz, frequencyHz);
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
