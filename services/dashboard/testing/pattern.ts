import type { AntennaPattern } from '#contract/rest/patterns';

/** A pattern with a few figures; the others were not measured. */
export function examplePattern(more: Partial<AntennaPattern> = {}): AntennaPattern {
  const none = { before: null, after: null };
  const lobe = (level: number, deg: number) => ({
    level_db: { value: level, sigma: 0.5 },
    angle_deg: { value: deg, sigma: 0.2 },
  });
  const point = (angle_deg: number, gain_db: number) => ({ angle_deg, gain_db, sigma_db: 0.1 });
  return {
    session_id: 1,
    source: 'the Sun',
    points: 400,
    frequency_hz: 1_420_000_000,
    hpbw_deg: {
      azimuth: { value: 6, sigma: 0.1 },
      elevation: { value: 12.1, sigma: 0.1 },
      major: null,
      minor: null,
    },
    ellipticity: null,
    orientation_deg: null,
    first_null_deg: { azimuth: none, elevation: none },
    side_lobe_db: { azimuth: { before: lobe(-19, -14), after: lobe(-21, 14) }, elevation: none },
    front_to_back_db: { opposite: null, worst: null },
    squint_deg: { azimuth: { value: -0.4, sigma: 0.02 }, elevation: { value: 0.2, sigma: 0.02 } },
    directivity_dbi: { value: 27.5, sigma: 0.2, is_upper_bound: true },
    beam_solid_angle_sr: { value: 0.02, sigma: 0.001, is_lower_bound: true },
    coverage: 0.153,
    background_db: null,
    is_background_of_channels: false,
    envelope: null,
    mask: null,
    y_factor: null,
    g_over_t_db: null,
    system_temperature_k: null,
    gain_join: null,
    warnings: [],
    cuts: { azimuth: [point(-3, -3), point(-2, -1), point(0, 0)], elevation: [point(0, 0), point(3, -1)] },
    ...more,
  };
}
