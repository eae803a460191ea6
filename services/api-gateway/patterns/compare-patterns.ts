import {
  COMPARED_FIGURES,
  type ComparedFigure,
  type PatternComparison,
} from '#contract/rest/pattern-comparison';
import type { AntennaPattern } from '#contract/rest/patterns';
import { SkyScanError } from '#shared/base/errors';
import type { FilePattern } from '../clients/pattern-file-messages.ts';
import { anglesOf, valuesAt, type Cut } from './cut-values.ts';

type Value = NonNullable<PatternComparison['figures'][number]['first']>;

/** What is compared. */
export interface ComparedPattern {
  name: string;
  /** null: not known. */
  figures: Record<ComparedFigure, Value | null>;
  cuts: { azimuth: Cut; elevation: Cut };
}

/** Angles that both patterns have, for a comparison of a cut. */
const MIN_COMMON = 3;

/** A measured pattern. An upper bound of the directivity is none. */
export function measuredPattern(name: string, pattern: AntennaPattern): ComparedPattern {
  const { front_to_back_db, directivity_dbi, hpbw_deg, cuts } = pattern;
  const { value, sigma, is_upper_bound } = directivity_dbi;
  return {
    name,
    figures: {
      hpbw_azimuth: hpbw_deg.azimuth,
      hpbw_elevation: hpbw_deg.elevation,
      front_to_back_opposite: front_to_back_db.opposite,
      front_to_back_worst: front_to_back_db.worst,
      ...sidesOf(pattern),
      directivity: is_upper_bound ? null : { value, sigma },
    },
    cuts,
  };
}

/** The pattern of a file. */
export function filePattern(file: FilePattern, format: string): ComparedPattern {
  const { hpbw_deg, frontToBackDb, worstFrontToBackDb, gainDbi, cuts } = file;
  const figures: Record<ComparedFigure, { value: number } | null> = {
    hpbw_azimuth: hpbw_deg.azimuth,
    hpbw_elevation: hpbw_deg.elevation,
    front_to_back_opposite: known(frontToBackDb),
    front_to_back_worst: known(worstFrontToBackDb),
    ...sidesOf(file),
    directivity: known(gainDbi),
  };
  return {
    name: file.name === '' ? `file (${format})` : file.name,
    figures: mapped(figures, (figure) => figure && { value: figure.value, sigma: null }),
    cuts,
  };
}

/**
 * The figures and cuts of two patterns side by side; a file adds no error to a difference. Throws
 * `invalid` without common angles.
 */
export function comparePatterns(first: ComparedPattern, second: ComparedPattern): PatternComparison {
  const cuts = mapped({ azimuth: null, elevation: null }, (_, plane) =>
    comparedCut(first.cuts[plane], second.cuts[plane]),
  );
  const common = mapped(cuts, (cut) => cut.filter(({ difference_db }) => difference_db !== null).length);
  if (Math.max(common.azimuth, common.elevation) < MIN_COMMON)
    throw new SkyScanError(
      'invalid',
      `the patterns have ${common.azimuth} angles in common in azimuth and ${common.elevation} in elevation, at least ${MIN_COMMON} in one of them are needed`,
    );
  return {
    first: { name: first.name },
    second: { name: second.name },
    figures: COMPARED_FIGURES.map(([name, unit]) => {
      const [one, other] = [first.figures[name], second.figures[name]];
      return { name, unit, first: one, second: other, difference: one && other && difference(one, other) };
    }),
    cuts,
    warnings: [],
  };
}

function difference(one: Value, other: Value): Value {
  const sigmas = [one, other].flatMap(({ sigma }) => (sigma === null ? [] : [sigma]));
  return { value: one.value - other.value, sigma: sigmas.length === 0 ? null : Math.hypot(...sigmas) };
}

/** Figures of both sides of both planes. */
function sidesOf({ first_null_deg, side_lobe_db }: Pick<AntennaPattern, 'first_null_deg' | 'side_lobe_db'>) {
  const side = (plane: 'azimuth' | 'elevation', name: 'before' | 'after') => ({
    [`first_null_${plane}_${name}`]: first_null_deg[plane][name]?.angle_deg ?? null,
    [`side_lobe_${plane}_${name}`]: side_lobe_db[plane][name]?.level_db ?? null,
    [`side_lobe_angle_${plane}_${name}`]: side_lobe_db[plane][name]?.angle_deg ?? null,
  });
  return {
    ...side('azimuth', 'before'),
    ...side('azimuth', 'after'),
    ...side('elevation', 'before'),
    ...side('elevation', 'after'),
  } as Record<
    Extract<ComparedFigure, `first_null_${string}` | `side_lobe_${string}`>,
    (Value & { sigma: number }) | null
  >;
}

/** At the angles of both, each interpolated between its own. */
function comparedCut(first: Cut, second: Cut): PatternComparison['cuts']['azimuth'] {
  const angles = anglesOf(first, second);
  const [one, other] = [valuesAt(first, angles, 'gain_db'), valuesAt(second, angles, 'gain_db')];
  return angles.map((angle_deg, k) => {
    const [first_db, second_db] = [one[k] ?? null, other[k] ?? null];
    const difference_db = first_db === null || second_db === null ? null : first_db - second_db;
    return { angle_deg, first_db, second_db, difference_db };
  });
}

function known(value: number | undefined): { value: number } | null {
  return value === undefined ? null : { value };
}

function mapped<Key extends string, From, To>(
  record: Record<Key, From>,
  to: (value: From, key: Key) => To,
): Record<Key, To> {
  const entries = Object.entries(record) as [Key, From][];
  return Object.fromEntries(entries.map(([key, value]) => [key, to(value, key)])) as Record<Key, To>;
}
