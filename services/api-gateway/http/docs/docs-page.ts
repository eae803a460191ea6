import type { Html } from './html.ts';
import { html, page } from './html.ts';
import type { OpenApiDocument } from './openapi.ts';

/** The part of JSON Schema that our schemas use. */
interface Schema {
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
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  maxLength?: number;
}

interface Content {
  content?: Record<string, { schema?: Schema }>;
}

interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema; description?: string }[];
  requestBody?: Content;
  responses: Record<string, Content & { description: string }>;
}

/** The document as a page that needs no script. */
export function renderDocs(document: OpenApiDocument, basePath: string): string {
  const paths = Object.entries(document.paths ?? {}) as [string, Record<string, Operation>][];
  const operations = paths.flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags ?? []))];
  const schemas = Object.entries(document.components?.schemas ?? {}) as [string, Schema][];
  const { title, version, description = '' } = document.info;
  return page(
    title,
    basePath,
    html`<header>
        <h1>${title} <small>${version}</small></h1>
        <p>${description}</p>
        <p><a href="${basePath}/api/openapi.json">OpenAPI 3.1 document</a></p>
      </header>
      <nav>
        ${operations.map(
          ({ method, path }) => html`<a href="#${anchor(method, path)}"><b>${method}</b> ${path}</a> `,
        )}
      </nav>
      ${tags.map(
        (tag) =>
          html`<h2>${tag}</h2>
            ${operations.filter(({ operation }) => operation.tags?.includes(tag)).map(renderOperation)}`,
      )}
      <h2>Objects</h2>
      ${schemas.map(
        ([name, schema]) =>
          html`<section id="schema-${name}">
            <h3>${name}</h3>
            ${schema.description === undefined ? undefined : html`<p>${schema.description}</p>`}
            ${renderFields(schema)}
          </section>`,
      )}`,
  );
}

function renderOperation({
  method,
  path,
  operation,
}: {
  method: string;
  path: string;
  operation: Operation;
}): Html {
  const body = schemaOf(operation.requestBody);
  return html`<section id="${anchor(method, path)}">
    <h3><b>${method}</b> <code>${path}</code></h3>
    <p>${operation.summary}. ${operation.description}</p>
    ${
      (operation.parameters ?? []).length === 0
        ? undefined
        : html`<table>
            <tr>
              <th>Parameter</th>
              <th>In</th>
              <th>Type</th>
              <th>Description</th>
            </tr>
            ${(operation.parameters ?? []).map(
              (parameter) =>
                html`<tr>
                  <td><code>${parameter.name}</code></td>
                  <td>${parameter.in}</td>
                  <td>${typeOf(parameter.schema)}</td>
                  <td>${parameter.description ?? parameter.schema?.description}</td>
                </tr>`,
            )}
          </table>`
    }
    ${body && html`<p>Body: ${typeOf(body)}</p>`}
    <table>
      <tr>
        <th>Answer</th>
        <th>What</th>
        <th>Body</th>
      </tr>
      ${Object.entries(operation.responses).map(
        ([status, response]) =>
          html`<tr>
            <td>${status}</td>
            <td>${response.description}</td>
            <td>${typeOf(schemaOf(response))}</td>
          </tr>`,
      )}
    </table>
  </section>`;
}

function renderFields(schema: Schema): Html | undefined {
  if (!schema.properties) return undefined;
  return html`<table>
    <tr>
      <th>Field</th>
      <th>Type</th>
      <th>Default</th>
      <th>Description</th>
    </tr>
    ${Object.entries(schema.properties).map(
      ([name, field]) =>
        html`<tr>
          <td><code>${name}</code></td>
          <td>${typeOf(field)}</td>
          <td>
            ${field.default === undefined ? (schema.required?.includes(name) ? 'required' : '') : JSON.stringify(field.default)}
          </td>
          <td>${field.description}</td>
        </tr>`,
    )}
  </table>`;
}

function typeOf(schema: Schema | undefined): Html | undefined {
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
  return html`${type}${range(schema)}`;
}

function range({ minimum, maximum, exclusiveMinimum, maxLength }: Schema): string {
  if (maxLength !== undefined) return `, at most ${maxLength} characters`;
  if (exclusiveMinimum !== undefined)
    return `, above ${exclusiveMinimum}${maximum === undefined ? '' : `, at most ${maximum}`}`;
  if (minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER)
    return `, ${minimum}..${maximum}`;
  return minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? '' : `, at least ${minimum}`;
}

function schemaOf(content: Content | undefined): Schema | undefined {
  return Object.values(content?.content ?? {})[0]?.schema;
}

function anchor(method: string, path: string): string {
  return `${method}${path}`.replace(/[^a-z]+/gi, '-').toLowerCase();
}
