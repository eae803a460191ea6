import type { ScanRequestBody } from '#contract/rest/sessions';
import { bandRows, bandsOf } from './band-rows.ts';
import { FRAME_SUGGESTED, frameOf } from './frame-form.ts';
import { toNumber, toValues, type FormField, type FormValues } from '../rotors/form-fields.ts';

/**
 * The form as typed, by API field name. Numbers are strings, because the API validates them.
 * `reference`, `spectrum` and `refine` tell whether the scan has them; their fields
 * (`reference.azimuth`) keep their values when they are switched off. `bands` has the form of
 * `bandsText`.
 */
export type ScanForm = FormValues;

/** The parts of a request that are absent unless they are switched on. */
const PARTS = ['reference', 'spectrum', 'refine'] as const;

// The API has no default for a pointing.
const SUGGESTED: FormValues = { 'reference.azimuth': '0', 'reference.elevation': '45' };

/** The form with the API's defaults. */
export function emptyForm(fields: readonly FormField[]): ScanForm {
  return {
    ...toValues(fields, {}),
    ...SUGGESTED,
    ...FRAME_SUGGESTED,
    reference: false,
    spectrum: false,
    refine: false,
    bands: '',
  };
}

/**
 * The request body of start and preview. Its values are not checked: invalid numbers are null,
 * which the API rejects with a message.
 */
export function toBody(fields: readonly FormField[], form: ScanForm): ScanRequestBody {
  const values = fields
    .filter(({ name, kind, nullable }) => kind !== 'table' && !(nullable && form[name] === ''))
    .map(({ name, kind }): [string, unknown] => {
      const value = form[name];
      return [name, kind === 'number' ? toNumber(String(value)) : value];
    });
  if (form['frame'] === true) values.push(['frame', frameOf(form)]);
  const isIn = (part: string) => (name: string) => name.startsWith(`${part}.`);
  const body: Record<string, unknown> = Object.fromEntries(
    values.filter(([name]) => ![...PARTS, 'frame'].some((part) => isIn(part)(name))),
  );
  for (const part of PARTS) {
    const own = values.filter(([name]) => isIn(part)(name));
    if (form[part] !== true || own.length === 0) continue;
    body[part] = Object.fromEntries(own.map(([name, value]) => [name.slice(part.length + 1), value]));
  }
  const bands = bandRows(String(form['bands']));
  if (bands.length > 0 && fields.some(({ name }) => name === 'bands')) body['bands'] = bandsOf(bands);
  return body as unknown as ScanRequestBody;
}

/** A form with values from drafts or an address, later sources first; ignores invalid values. */
export function filledForm(
  fields: readonly FormField[],
  ...sources: (Record<string, unknown> | undefined)[]
): ScanForm {
  const form = emptyForm(fields);
  const choices = new Map(fields.map(({ name, choices: ofField }) => [name, ofField]));
  for (const source of sources)
    for (const [name, value] of Object.entries(source ?? {})) {
      const allowed = choices.get(name) ?? [];
      if (typeof value !== typeof form[name] || (allowed.length > 0 && !allowed.includes(String(value))))
        continue;
      form[name] = value as string | boolean;
    }
  return form;
}
