import type { AntennaPattern } from '#contract/rest/patterns';
import { decimalsOf, type PatternRow } from '#contract/pattern-rows';
import { degrees, signed } from '../lib/format.ts';

type Figure = NonNullable<PatternRow['figure']>;

/** `6.02 ± 0.03`, with two digits of the deviation. */
function figureText(figure: { value: number; sigma?: number | null }): string {
  const known: Figure = { value: figure.value, ...(figure.sigma && { sigma: figure.sigma }) };
  const decimals = decimalsOf(known);
  const value = withMinus(known.value.toFixed(decimals));
  return known.sigma === undefined ? value : `${value} ± ${known.sigma.toFixed(decimals)}`;
}

/** With its unit; degrees directly at the number. */
export function unitText(figure: { value: number; sigma?: number | null }, unit: string): string {
  const text = figureText(figure);
  return unit === '' || unit === '°' ? `${text}${unit}` : `${text} ${unit}`;
}

/** The beam in one sentence. */
export function beamText({ hpbw_deg, side_lobe_db, squint_deg }: AntennaPattern): string {
  const width = ({ value }: Figure) => degrees(value, value < 10 ? 2 : 1);
  const { azimuth, elevation } = hpbw_deg;
  const beam =
    azimuth && elevation
      ? `Beam ${width(azimuth)} × ${width(elevation)}`
      : `Beam ${azimuth ? `${width(azimuth)} in azimuth` : elevation ? `${width(elevation)} in elevation` : 'of unknown width'}`;
  const highest = [side_lobe_db.azimuth, side_lobe_db.elevation]
    .flatMap(({ before, after }) => [before, after])
    .filter((each) => each !== null)
    .reduce<{ level: number; deg: number } | undefined>((best, { level_db, angle_deg }) => {
      if (best && best.level >= level_db.value) return best;
      return { level: level_db.value, deg: Math.abs(angle_deg.value) };
    }, undefined);
  const lobe = highest
    ? `highest first side lobe ${signed(highest.level, 1)} dB at ${degrees(highest.deg)}`
    : 'no side lobe found';
  const { azimuth: right, elevation: up } = squint_deg;
  return (
    `${beam}, ${lobe}, points ${degrees(Math.abs(right.value), 2)} ${right.value < 0 ? 'left' : 'right'}, ` +
    `${degrees(Math.abs(up.value), 2)} ${up.value < 0 ? 'low' : 'high'}.`
  );
}

/** Text of the API with a typographic minus. */
function withMinus(text: string): string {
  return (Number(text) === 0 ? text.replace('-', '') : text).replace('-', '\u2212');
}
