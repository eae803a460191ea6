import type { ScanRequest } from '#contract/rest/sessions';

/** The form as it is typed. Numbers are text: only the API says which of them are good. */
export interface ScanForm {
  rotor_id: string;
  az_start: string;
  az_end: string;
  el_start: string;
  el_end: string;
  step_deg: string;
  rssi_iterations: string;
  scan_mode: 'step' | 'on_the_fly';
  grid: 'rectangular' | 'equal_area';
  /** Whether there is a reference pointing; its fields stay when it is taken away. */
  reference: boolean;
  reference_azimuth: string;
  reference_elevation: string;
  reference_every_min: string;
  notes: string;
}

/** What start takes. A number that is none is null, and the API says so in its own words. */
export type ScanBody = Partial<Record<keyof ScanRequest | 'grid', unknown>>;

/** The published defaults. */
export const EMPTY_FORM: ScanForm = {
  rotor_id: '',
  az_start: '0',
  az_end: '360',
  el_start: '18',
  el_end: '65',
  step_deg: '2',
  rssi_iterations: '10',
  scan_mode: 'step',
  grid: 'rectangular',
  reference: false,
  reference_azimuth: '0',
  reference_elevation: '45',
  reference_every_min: '10',
  notes: '',
};

/** Fields of the API that stand in the form: what is wrong with them stands beside them. */
export const FIELDS: ReadonlySet<string> = new Set([
  ...Object.keys(EMPTY_FORM).filter((name) => !name.startsWith('reference')),
  'reference.azimuth',
  'reference.elevation',
  'reference.every_min',
]);

/** The body of start and preview. */
export function toBody(form: ScanForm): ScanBody {
  return {
    rotor_id: toNumber(form.rotor_id),
    az_start: toNumber(form.az_start),
    az_end: toNumber(form.az_end),
    el_start: toNumber(form.el_start),
    el_end: toNumber(form.el_end),
    step_deg: toNumber(form.step_deg),
    rssi_iterations: toNumber(form.rssi_iterations),
    scan_mode: form.scan_mode,
    ...(form.grid !== EMPTY_FORM.grid && { grid: form.grid }),
    ...(form.reference && {
      reference: {
        azimuth: toNumber(form.reference_azimuth),
        elevation: toNumber(form.reference_elevation),
        every_min: toNumber(form.reference_every_min),
      },
    }),
    ...(form.notes !== '' && { notes: form.notes }),
  };
}

/** A form with what is kept of an older one, or was given in an address; what is of another kind is left out. */
export function filledForm(...sources: (Record<string, unknown> | undefined)[]): ScanForm {
  const kept: Record<string, unknown> = {};
  const kinds = new Map(Object.entries(EMPTY_FORM).map(([name, value]) => [name, typeof value]));
  for (const source of sources)
    for (const [name, value] of Object.entries(source ?? {}))
      if (typeof value === kinds.get(name) && isChoice(name, value)) kept[name] = value;
  return Object.assign({ ...EMPTY_FORM }, kept);
}

/** Null for what is no number. */
export function toNumber(text: string): number | null {
  const number = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}

function isChoice(name: string, value: unknown): boolean {
  if (name === 'scan_mode') return value === 'step' || value === 'on_the_fly';
  if (name === 'grid') return value === 'rectangular' || value === 'equal_area';
  return true;
}
