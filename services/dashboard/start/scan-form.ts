import type { ScanRequest } from '#contract/rest/sessions';
import { toNumber, toValues, type FormField, type FormValues } from '../rotors/form-fields.ts';

/**
 * The form as it is typed, by the API's name of a field. Numbers are text: only the API says which
 * of them are good. `reference`: whether there is a reference pointing; its fields
 * (`reference.azimuth`) stay when it is taken away.
 */
export type ScanForm = FormValues;

/** What start takes. A number that is none is null, and the API says so in its own words. */
export type ScanBody = Partial<Record<keyof ScanRequest, unknown>>;

const REFERENCE = 'reference';
const OF_REFERENCE = `${REFERENCE}.`;
// A pointing has no default: the middle of the sky, to begin with.
const SUGGESTED: FormValues = { 'reference.azimuth': '0', 'reference.elevation': '45' };

/** The form with the defaults of the API. */
export function emptyForm(fields: readonly FormField[]): ScanForm {
  return { ...toValues(fields, {}), ...SUGGESTED, [REFERENCE]: false };
}

/** The body of start and preview. */
export function toBody(fields: readonly FormField[], form: ScanForm): ScanBody {
  const values = fields
    .filter(({ name, nullable }) => !(nullable && form[name] === ''))
    .map(({ name, kind }): [string, unknown] => {
      const value = form[name];
      return [name, kind === 'number' ? toNumber(String(value)) : value];
    });
  const ofReference = values.filter(([name]) => name.startsWith(OF_REFERENCE));
  return {
    ...Object.fromEntries(values.filter(([name]) => !name.startsWith(OF_REFERENCE))),
    ...(form[REFERENCE] === true && {
      reference: Object.fromEntries(
        ofReference.map(([name, value]) => [name.slice(OF_REFERENCE.length), value]),
      ),
    }),
  };
}

/**
 * A form with what is kept of an older one, or was given in an address; what is of another kind is
 * left out.
 */
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
