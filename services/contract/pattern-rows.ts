import type { AntennaPattern } from './rest/patterns.ts';

interface Figure {
  value: number;
  /** Undefined: not known. */
  sigma?: number;
}

/** A figure of a pattern with its name. */
export interface PatternRow {
  name: string;
  /** Null: not measured; `absent` says what that means. */
  figure: Figure | null;
  unit: string;
  /** The value is only a limit. */
  bound?: 'at most' | 'at least';
  /** Where it is, degrees from the beam axis. */
  atDeg?: Figure;
  absent: string;
}

const NOT_MEASURED = 'not measured';
const SIDES = {
  azimuth: { before: 'left', after: 'right' },
  elevation: { before: 'below', after: 'above' },
} as const;

/** All figures of a pattern in display order. */
export function patternRows(pattern: AntennaPattern): PatternRow[] {
  const { hpbw_deg: width, squint_deg: squint, front_to_back_db: back } = pattern;
  const row = (name: string, figure: Figure | null, unit: string, absent: string = NOT_MEASURED) => ({
    name,
    figure,
    unit,
    absent,
  });
  const background = pattern.background_db;
  return [
    row('Half-power width, azimuth', width.azimuth, '°'),
    row('Half-power width, elevation', width.elevation, '°'),
    row('Half-power width, major axis', width.major, '°'),
    row('Half-power width, minor axis', width.minor, '°'),
    row('Ellipticity', pattern.ellipticity, ''),
    row(
      'Major axis, from right to up',
      pattern.orientation_deg,
      '°',
      pattern.ellipticity ? 'none: the beam is round' : NOT_MEASURED,
    ),
    row('Points to the right of the readback by', squint.azimuth, '°'),
    row('Points above the readback by', squint.elevation, '°'),
    ...extremes('First null', pattern.first_null_deg),
    ...extremes('First side lobe', pattern.side_lobe_db),
    row('Front to back, opposite', back.opposite, 'dB'),
    row('Front to back, worst within 30°', back.worst, 'dB'),
    {
      ...row('Directivity', pattern.directivity_dbi, 'dBi'),
      ...(pattern.directivity_dbi.is_upper_bound && { bound: 'at most' }),
    },
    {
      ...row('Beam solid angle', pattern.beam_solid_angle_sr, 'sr'),
      ...(pattern.beam_solid_angle_sr.is_lower_bound && { bound: 'at least' }),
    },
    row('Measured part of the sphere', { value: 100 * pattern.coverage }, '%'),
    row(
      pattern.is_background_of_channels
        ? 'Background of neighbouring channels, median'
        : 'Background that was subtracted',
      background === null ? null : { value: background },
      'dB',
      'none: not known',
    ),
    ...joinRows(pattern),
    ...limitRows('ITU-R F.699', pattern.envelope),
    ...(pattern.mask ? limitRows('the mask', pattern.mask) : []),
    ...sunRows(pattern),
  ];
}

const MAX_DECIMALS = 5;

/** Decimals that show two significant digits of a standard deviation; one without any. */
export function decimalsOf({ sigma }: Figure): number {
  if (sigma === undefined || !(sigma > 0)) return 1;
  return Math.min(MAX_DECIMALS, Math.max(0, 1 - Math.floor(Math.log10(sigma))));
}

function extremes(name: string, { azimuth, elevation }: AntennaPattern['first_null_deg']): PatternRow[] {
  return (['azimuth', 'elevation'] as const).flatMap((plane) =>
    (['before', 'after'] as const).map((side) => {
      const found = (plane === 'azimuth' ? azimuth : elevation)[side];
      return {
        name: `${name}, ${SIDES[plane][side]}`,
        figure: found?.level_db ?? null,
        unit: 'dB',
        ...(found && { atDeg: found.angle_deg }),
        absent: 'none found',
      };
    }),
  );
}

/** Of two gains; with one there are none. */
function joinRows({ gain_join: join }: AntennaPattern): PatternRow[] {
  if (!join) return [];
  return [
    {
      name: `Levels of scan ${join.session_id} were changed by`,
      figure: join.factor_db,
      unit: 'dB',
      absent: NOT_MEASURED,
    },
    {
      name: 'Range of levels at both gains',
      figure: { value: join.overlap_db },
      unit: 'dB',
      absent: NOT_MEASURED,
    },
  ];
}

/** Of the Sun; without its flux there are none. */
function sunRows({ y_factor, g_over_t_db, system_temperature_k }: AntennaPattern): PatternRow[] {
  if (!y_factor) return [];
  return [
    { name: 'Y factor of the Sun', figure: y_factor, unit: '', absent: NOT_MEASURED },
    { name: 'G/T', figure: g_over_t_db, unit: 'dB/K', absent: NOT_MEASURED },
    {
      name: 'System temperature',
      figure: system_temperature_k,
      unit: 'K',
      absent: 'needs the gain of the antenna',
    },
  ];
}

function limitRows(
  limit: string,
  found: { excess_db: Figure; angle_deg: number; exceeded: number } | null,
): PatternRow[] {
  const name = `Highest gain above ${limit}`;
  if (!found) return [{ name, figure: null, unit: 'dB', absent: 'needs the diameter of the antenna' }];
  const { excess_db, angle_deg, exceeded } = found;
  return [
    { name, figure: excess_db, unit: 'dB', atDeg: { value: angle_deg }, absent: NOT_MEASURED },
    {
      name: `Angles above ${limit}`,
      figure: { value: 100 * exceeded },
      unit: '%',
      absent: NOT_MEASURED,
    },
  ];
}
