import { LABELS, type Group } from './labels.ts';

/** A field of a form, as the API describes it. */
export interface FormField {
  name: string;
  label: string;
  unit: string | undefined;
  group: Group;
  kind: 'number' | 'text' | 'yesNo' | 'choice' | 'table';
  /** Nothing is a value, too. */
  nullable: boolean;
  choices: string[];
  default: unknown;
  /** What a number may be; undefined: anything. */
  min: number | undefined;
  max: number | undefined;
  hint: string | undefined;
}

/** By the name of a field; numbers as they are typed. */
export type FormValues = Record<string, string | boolean>;

interface Property {
  type?: string | string[];
  enum?: string[];
  default?: unknown;
  description?: string;
  minimum?: number;
  maximum?: number;
  $ref?: string;
  anyOf?: Property[];
  allOf?: Property[];
}

type Properties = Record<string, Property>;

/** The part of `/api/openapi.json` that is read. */
export interface ApiDescription {
  components: { schemas: Record<string, { properties?: Properties } | undefined> };
}

/**
 * Fields of a body that the API takes, those of objects in it too (`reference.azimuth`), in the
 * order of the labels.
 */
export function fieldsOf(description: ApiDescription, schema: string): FormField[] {
  const order = new Map(Object.keys(LABELS).map((name, place) => [name, place]));
  const place = (name: string) => order.get(name) ?? order.size;
  const entries = propertiesOf(description, schema, '').sort(([a], [b]) => place(a) - place(b));
  return entries.map(([name, property]) => {
    const types = [property.type ?? []].flat();
    const known = LABELS[name];
    return {
      name,
      label: known?.label ?? name,
      unit: known?.unit,
      group: known?.group ?? 'More',
      kind: kindOf(types, property),
      nullable: types.includes('null'),
      choices: property.enum ?? [],
      default: property.default ?? null,
      min: property.minimum,
      max: property.maximum,
      hint: hintOf(property, known?.unit),
    };
  });
}

function propertiesOf(description: ApiDescription, schema: string, prefix: string): [string, Property][] {
  const properties = Object.entries(description.components.schemas[schema]?.properties ?? {});
  return properties.flatMap(([name, property]) => {
    const object = [property, ...(property.anyOf ?? []), ...(property.allOf ?? [])].find(({ $ref }) => $ref);
    const of = object?.$ref?.split('/').at(-1);
    if (of === undefined) return [[`${prefix}${name}`, property] satisfies [string, Property]];
    return propertiesOf(description, of, `${prefix}${name}.`);
  });
}

/** What stands in the fields: a value, else the default. Tables are not among them. */
export function toValues(fields: readonly FormField[], values: Record<string, unknown>): FormValues {
  return Object.fromEntries(
    fields
      .filter(({ kind }) => kind !== 'table')
      .map((field): [string, string | boolean] => {
        const value = field.name in values ? values[field.name] : field.default;
        return [field.name, field.kind === 'yesNo' ? value === true : textOf(value)];
      }),
  );
}

/**
 * The body. A number that is none is null, and the API says so; one that may be nothing is null
 * when its field is empty.
 */
export function toBody(fields: readonly FormField[], values: FormValues): Record<string, unknown> {
  return Object.fromEntries(
    fields
      .filter(({ name }) => name in values)
      .map(({ name, kind, nullable }): [string, unknown] => {
        const value = values[name];
        if (kind !== 'number' || typeof value !== 'string') return [name, value];
        // Null is a good value here, and this is none.
        if (nullable && value.trim() !== '' && toNumber(value) === null) return [name, value];
        return [name, toNumber(value)];
      }),
  );
}

/** What differs from how it was. */
export function changesOf(body: Record<string, unknown>, before: object): Record<string, unknown> {
  const known = new Map<string, unknown>(Object.entries(before));
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(known.get(name))),
  );
}

function kindOf(types: string[], property: Property): FormField['kind'] {
  if (property.enum) return 'choice';
  if (types.includes('array')) return 'table';
  if (types.includes('boolean')) return 'yesNo';
  return types.includes('number') || types.includes('integer') ? 'number' : 'text';
}

function hintOf({ description, default: value }: Property, unit: string | undefined): string | undefined {
  // A form has no null, only fields that are left empty.
  const words =
    description === undefined ? [] : [description.replaceAll('`', '').replace(/\bnull: /g, 'empty: ')];
  // A name that is "default" already stands in the field, and says so.
  if (value === 'default') return words[0];
  if (typeof value === 'number' || (typeof value === 'string' && value !== ''))
    words.push(`Default ${value}${unit === undefined ? '' : ` ${unit}`}`);
  return words.length === 0 ? undefined : words.join('. ');
}

/** Null for what is no number. */
export function toNumber(text: string): number | null {
  const number = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}

function textOf(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}
