import type { Html } from './html.ts';
import { html } from './html.ts';

/** The part of JSON Schema in use. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  items?: Schema;
  prefixItems?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  default?: unknown;
  description?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  maxLength?: number;
}

/** The fields of an object, including those of nested objects (`point.azimuth`). */
export function renderFields(schema: Schema): Html | undefined {
  if (!schema.properties) return undefined;
  return html`<table>
    <tr>
      <th>Field</th>
      <th>Type</th>
      <th>Default</th>
      <th>Description</th>
    </tr>
    ${rowsOf(schema, '')}
  </table>`;
}

function rowsOf(schema: Schema, prefix: string): Html[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    html`<tr>
      <td><code>${prefix}${name}</code></td>
      <td>${typeOf(field)}</td>
      <td>
        ${field.default === undefined ? (schema.required?.includes(name) ? 'required' : '') : JSON.stringify(field.default)}
      </td>
      <td>${field.description}</td>
    </tr>`,
    ...rowsOf(field, `${prefix}${name}.`),
  ]);
}

/** The type of a value with its range, or a link to its object. */
export function typeOf(schema: Schema | undefined): Html | undefined {
  if (!schema) return undefined;
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices)
    return html`${choices.map((choice, index) => html`${index > 0 ? ' or ' : ''}${typeOf(choice)}`)}`;
  if (schema.enum) return html`${schema.enum.map(String).join(', ')}`;
  if (schema.const !== undefined) return html`${JSON.stringify(schema.const)}`;
  if (schema.items) return html`array of ${typeOf(schema.items)}`;
  const type = [schema.type ?? 'any'].flat().join(' or ');
  return html`${type}${schema.format === 'date-time' ? ', date and time (ISO 8601)' : ''}${range(schema)}`;
}

function range({ minimum, maximum, exclusiveMinimum, maxLength }: Schema): string {
  if (maxLength !== undefined) return `, at most ${maxLength} characters`;
  if (exclusiveMinimum !== undefined)
    return `, above ${exclusiveMinimum}${maximum === undefined ? '' : `, at most ${maximum}`}`;
  if (minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER)
    return `, ${minimum}..${maximum}`;
  return minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? '' : `, at least ${minimum}`;
}
