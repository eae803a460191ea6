import type { Rotor } from '#contract/rest/rotors';
import { changesOf, toBody, toValues, type FormField, type FormValues } from './form-fields.ts';
import { horizonOf, horizonRows, keepOutOf, keepOutRows, type Rows } from './obstacle-rows.ts';

/** The form of a rotor as it is typed. */
export interface RotorForm {
  values: FormValues;
  horizon: Rows;
  keep_out: Rows;
}

/** The form of a rotor, or of a new one: with the defaults. */
export function formOf(fields: readonly FormField[], rotor: Rotor | undefined): RotorForm {
  return {
    values: toValues(fields, { ...rotor }),
    horizon: horizonRows(rotor?.horizon ?? []),
    keep_out: keepOutRows(rotor?.keep_out ?? []),
  };
}

/** What the API takes. */
export function bodyOf(fields: readonly FormField[], form: RotorForm): Record<string, unknown> {
  return {
    ...toBody(fields, form.values),
    horizon: horizonOf(form.horizon),
    keep_out: keepOutOf(form.keep_out),
  };
}

/** Of a rotor only what was changed is sent: the rest may have been measured meanwhile. */
export function changedOnly(body: Record<string, unknown>, before: Rotor): Record<string, unknown> {
  return changesOf(body, before);
}

/** What was typed and is not as it was; undefined: nothing. */
export function draftOf(form: RotorForm, fresh: RotorForm): object | undefined {
  const values = changesOf(form.values, fresh.values);
  const { values: _values, ...rows } = form;
  const tables = changesOf(rows, fresh);
  if (Object.keys(values).length + Object.keys(tables).length === 0) return undefined;
  return { values, ...tables };
}

/** The form with what had been typed before; what is of another kind is left out. */
export function filledForm(fresh: RotorForm, draft: Record<string, unknown> | undefined): RotorForm {
  const typed = draft?.['values'];
  const values = typeof typed === 'object' && typed !== null ? Object.entries(typed) : [];
  return {
    values: {
      ...fresh.values,
      ...Object.fromEntries(values.filter(([name, value]) => typeof value === typeof fresh.values[name])),
    },
    horizon: rowsOf(draft?.['horizon'], 2) ?? structuredClone(fresh.horizon),
    keep_out: rowsOf(draft?.['keep_out'], 4) ?? structuredClone(fresh.keep_out),
  };
}

function rowsOf(rows: unknown, columns: number): Rows | undefined {
  const good =
    Array.isArray(rows) &&
    rows.every(
      (cells) =>
        Array.isArray(cells) && cells.length === columns && cells.every((cell) => typeof cell === 'string'),
    );
  return good ? (rows as Rows) : undefined;
}
