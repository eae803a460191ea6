import type { OrbitalElements } from '#shared/sky/look';

export type { OrbitalElements };

/** A record of OMM: numbers may be texts. */
export type ElementFields = Record<string, unknown>;

/** Required numbers and their limits. */
const LIMITS: Record<string, [low: number, high: number]> = {
  NORAD_CAT_ID: [0, 999_999_999],
  MEAN_MOTION: [0.01, 20],
  ECCENTRICITY: [0, 0.999_999],
  INCLINATION: [0, 180],
  RA_OF_ASC_NODE: [-360, 360],
  ARG_OF_PERICENTER: [-360, 360],
  MEAN_ANOMALY: [-360, 360],
};

/** Checked elements; throws an error that says what is missing or out of range. */
export function elementsOf(fields: ElementFields): OrbitalElements {
  const number = (name: string) => {
    const value = fields[name];
    const isGiven = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
    return isGiven ? Number(value) : NaN;
  };
  for (const [name, [low, high]] of Object.entries(LIMITS)) {
    const value = number(name);
    if (!(value >= low && value <= high))
      throw new Error(`${name} ${String(fields[name]).slice(0, 40)} is outside ${low}..${high}`);
  }
  const epoch = String(fields['EPOCH']);
  const epochMs = Date.parse(epoch.endsWith('Z') ? epoch : `${epoch}Z`);
  if (!Number.isFinite(epochMs)) throw new Error(`EPOCH ${epoch.slice(0, 40)} is not a time`);
  const optional = (name: string) => number(name) || 0;
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name].trim().slice(0, 200) : '');
  return {
    OBJECT_NAME: text('OBJECT_NAME') || `object ${number('NORAD_CAT_ID')}`,
    OBJECT_ID: text('OBJECT_ID'),
    EPOCH: new Date(epochMs).toISOString(),
    NORAD_CAT_ID: number('NORAD_CAT_ID'),
    MEAN_MOTION: number('MEAN_MOTION'),
    ECCENTRICITY: number('ECCENTRICITY'),
    INCLINATION: number('INCLINATION'),
    RA_OF_ASC_NODE: number('RA_OF_ASC_NODE'),
    ARG_OF_PERICENTER: number('ARG_OF_PERICENTER'),
    MEAN_ANOMALY: number('MEAN_ANOMALY'),
    ELEMENT_SET_NO: optional('ELEMENT_SET_NO'),
    BSTAR: optional('BSTAR'),
    MEAN_MOTION_DOT: optional('MEAN_MOTION_DOT'),
    MEAN_MOTION_DDOT: optional('MEAN_MOTION_DDOT'),
  };
}
