import type { ApiDescription, FieldDescription } from '#contract/rest/api-description';
import { GROUP_OF, type Group } from './labels.ts';

/** A form field, derived from the API's schema. */
export interface FormField {
  name: string;
  label: string;
  unit: string | undefined;
  group: Group;
  kind: 'number' | 'text' | 'checkbox' | 'choice' | 'site' | 'table';
  /** Whether an empty field means null. */
  nullable: boolean;
  choices: string[];
  default: unknown;
  /** Limits of a number; undefined if there are none. */
  min: number | undefined;
  max: number | undefined;
  hint: string | undefined;
}

/** Values by field name; numbers are strings as typed. */
export type FormValues = Record<string, string | boolean>;

/**
 * The fields of a request body in the order of their groups, including those of nested objects
 * (`reference.azimuth`).
 */
export function fieldsOf(description: ApiDescription, schema: string): FormField[] {
  const order = new Map(Object.keys(GROUP_OF).map((name, position) => [name, position]));
  const position = (name: string) => order.get(name) ?? order.size;
  const entries = propertiesOf(description, schema, '').sort(([a], [b]) => position(a) - position(b));
  return entries.map(([name, property]) => {
    const types = [property.type ?? []].flat();
    // The units of the API are ASCII.
    const unit = property['x-unit']?.replace('s2', 's²');
    return {
      name,
      label: property['x-label'] ?? name,
      unit,
      group: GROUP_OF[name] ?? 'More',
      kind: kindOf(types, property),
      nullable: types.includes('null'),
      choices: property.enum ?? [],
      default: property.default ?? null,
      min: property.minimum,
      max: property.maximum,
      hint: hintOf(property, unit),
    };
  });
}

/** The field `site_id` is a choice by name, and not shown while there is only one site. */
export function withSites(fields: readonly FormField[], sites: number): FormField[] {
  return fields.flatMap((field) =>
    field.name !== 'site_id'
      ? [field]
      : sites > 1
        ? [{ ...field, kind: 'site' as const, label: 'Belongs to site', hint: undefined }]
        : [],
  );
}

function propertiesOf(
  description: ApiDescription,
  schema: string,
  prefix: string,
): [string, FieldDescription][] {
  const properties = Object.entries(description.components.schemas[schema]?.properties ?? {});
  return properties.flatMap(([name, property]) => {
    const object = [property, ...(property.anyOf ?? []), ...(property.allOf ?? [])].find(({ $ref }) => $ref);
    const of = object?.$ref?.split('/').at(-1);
    if (of === undefined) return [[`${prefix}${name}`, property] satisfies [string, FieldDescription]];
    return propertiesOf(description, of, `${prefix}${name}.`);
  });
}

/** The initial field values: the given values or the defaults. Excludes tables. */
export function toValues(fields: readonly FormField[], values: Record<string, unknown>): FormValues {
  return Object.fromEntries(
    fields
      .filter(({ kind }) => kind !== 'table')
      .map((field): [string, string | boolean] => {
        const value = field.name in values ? values[field.name] : field.default;
        return [field.name, field.kind === 'checkbox' ? value === true : textOf(value)];
      }),
  );
}

/**
 * The request body. Invalid numbers become null, which the API rejects; a nullable number is null
 * when its field is empty.
 */
export function toBody(fields: readonly FormField[], values: FormValues): Record<string, unknown> {
  return Object.fromEntries(
    fields
      .filter(({ name }) => name in values)
      .map(({ name, kind, nullable }): [string, unknown] => {
        const value = values[name];
        if ((kind !== 'number' && kind !== 'site') || typeof value !== 'string') return [name, value];
        // Null would be valid here, so an invalid number is sent as text.
        if (nullable && value.trim() !== '' && toNumber(value) === null) return [name, value];
        return [name, toNumber(value)];
      }),
  );
}

/** The values that differ from `before`. */
export function changedFields(body: Record<string, unknown>, before: object): Record<string, unknown> {
  const known = new Map<string, unknown>(Object.entries(before));
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(known.get(name))),
  );
}

function kindOf(types: string[], property: FieldDescription): FormField['kind'] {
  if (property.enum) return 'choice';
  if (types.includes('array')) return 'table';
  if (types.includes('boolean')) return 'checkbox';
  return types.includes('number') || types.includes('integer') ? 'number' : 'text';
}

function hintOf(
  { description, default: value }: FieldDescription,
  unit: string | undefined,
): string | undefined {
  // In a form, null is an empty field.
  const parts =
    description === undefined ? [] : [description.replaceAll('`', '').replace(/\bnull: /g, 'empty: ')];
  // For a default named "default" the hint would repeat the field's content.
  if (value === 'default') return parts[0];
  if (typeof value === 'number' || (typeof value === 'string' && value !== ''))
    parts.push(`Default ${value}${unit === undefined ? '' : ` ${unit}`}`);
  return parts.length === 0 ? undefined : parts.join('. ');
}

/** Null for anything that is not a finite number. */
export function toNumber(text: string): number | null {
  const number = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}

function textOf(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}
