import type { ScanRequestBody } from '#contract/rest/sessions';
import { toNumber, toValues, type FormField, type FormValues } from '../rotors/form-fields.ts';

/**
 * The form as typed, by API field name. Numbers are strings, because the API validates them.
 * `reference` tells whether the scan has a reference pointing; its fields (`reference.azimuth`)
 * keep their values when it is switched off.
 */
export type ScanForm = FormValues;

const REFERENCE = 'reference';
const OF_REFERENCE = `${REFERENCE}.`;
// The API has no default for a pointing.
const SUGGESTED: FormValues = { 'reference.azimuth': '0', 'reference.elevation': '45' };

/** The form with the API's defaults. */
export function emptyForm(fields: readonly FormField[]): ScanForm {
  return { ...toValues(fields, {}), ...SUGGESTED, [REFERENCE]: false };
}

/**
 * The request body of start and preview. Its values are not checked: invalid numbers are null,
 * which the API rejects with a message.
 */
export function toBody(fields: readonly FormField[], form: ScanForm): ScanRequestBody {
  const values = fields
    .filter(({ name, nullable }) => !(nullable && form[name] === ''))
    .map(({ name, kind }): [string, unknown] => {
      const value = form[name];
      return [name, kind === 'number' ? toNumber(String(value)) : value];
    });
  const ofReference = values.filter(([name]) => name.startsWith(OF_REFERENCE));
  const body = {
    ...Object.fromEntries(values.filter(([name]) => !name.startsWith(OF_REFERENCE))),
    ...(form[REFERENCE] === true && {
      reference: Object.fromEntries(
        ofReference.map(([name, value]) => [name.slice(OF_REFERENCE.length), value]),
      ),
    }),
  };
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
