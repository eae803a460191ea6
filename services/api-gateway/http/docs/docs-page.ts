import type { Html } from './html.ts';
import { header, html, page } from './html.ts';
import type { OpenApiDocument } from './openapi.ts';
import { renderFields, typeOf, type Schema } from './schema-html.ts';

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

/** Renders the document as a page without scripts. */
export function renderDocs(document: OpenApiDocument, basePath: string): string {
  const paths = Object.entries(document.paths ?? {}) as [string, Record<string, Operation>][];
  const operations = paths.flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags ?? []))];
  const schemas = Object.entries(document.components?.schemas ?? {}) as [string, Schema][];
  return page(
    document.info.title,
    basePath,
    html`${header(
        document.info,
        html`<a href="${basePath}/api/openapi.json">OpenAPI 3.1 document</a> -
          <a href="${basePath}/docs/events">WebSocket and MQTT messages</a>`,
      )}
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
        <th>Response</th>
        <th>Description</th>
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

function schemaOf(content: Content | undefined): Schema | undefined {
  return Object.values(content?.content ?? {})[0]?.schema;
}

function anchor(method: string, path: string): string {
  return `${method}${path}`.replace(/[^a-z]+/gi, '-').toLowerCase();
}
