import type { Rotor } from '#contract/rest/rotors';
import { changedFields, toBody, toValues, type FormField, type FormValues } from './form-fields.ts';
import { horizonOf, horizonRows, toKeepOut, keepOutRows, type Rows } from './obstacle-rows.ts';

/** The rotor form as typed. */
export interface RotorFormState {
  values: FormValues;
  horizon: Rows;
  keep_out: Rows;
}

/** The form of a rotor, or the defaults for a new one. */
export function initialForm(fields: readonly FormField[], rotor: Rotor | undefined): RotorFormState {
  return {
    values: toValues(fields, { ...rotor }),
    horizon: horizonRows(rotor?.horizon ?? []),
    keep_out: keepOutRows(rotor?.keep_out ?? []),
  };
}

/** The request body. */
export function bodyOf(fields: readonly FormField[], form: RotorFormState): Record<string, unknown> {
  return {
    ...toBody(fields, form.values),
    horizon: horizonOf(form.horizon),
    keep_out: toKeepOut(form.keep_out),
  };
}

/** Only the changed values are sent, because a characterisation may have changed the others. */
export function changedOnly(body: Record<string, unknown>, before: Rotor): Record<string, unknown> {
  return changedFields(body, before);
}

/** The typed values that differ from the initial form; undefined if there are none. */
export function draftOf(form: RotorFormState, initial: RotorFormState): object | undefined {
  const values = changedFields(form.values, initial.values);
  const { values: _values, ...rows } = form;
  const tables = changedFields(rows, initial);
  if (Object.keys(values).length + Object.keys(tables).length === 0) return undefined;
  return { values, ...tables };
}

/** The form with the values of a draft; ignores values of the wrong type. */
export function filledForm(
  initial: RotorFormState,
  draft: Record<string, unknown> | undefined,
): RotorFormState {
  const typed = draft?.['values'];
  const values = typeof typed === 'object' && typed !== null ? Object.entries(typed) : [];
  return {
    values: {
      ...initial.values,
      ...Object.fromEntries(values.filter(([name, value]) => typeof value === typeof initial.values[name])),
    },
    horizon: rowsOf(draft?.['horizon'], 2) ?? structuredClone(initial.horizon),
    keep_out: rowsOf(draft?.['keep_out'], 4) ?? structuredClone(initial.keep_out),
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
