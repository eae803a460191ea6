import { readFileSync } from 'node:fs';
import type { Router } from 'express';
import { resource } from '../resource.ts';
import { createAsyncApiDocument } from './asyncapi.ts';
import { renderDocs } from './docs-page.ts';
import { renderEvents } from './events-page.ts';
import { createOpenApiDocument } from './openapi.ts';

const STYLE = readFileSync(new URL('style.css', import.meta.url), 'utf8');
const ICON = readFileSync(new URL('icon.svg', import.meta.url), 'utf8');

/** `/docs`, `/docs/events`, `/api/openapi.json`, `/api/asyncapi.json`; rendered once. */
export function docsRoutes(router: Router, parts: { basePath: string; mqttBaseTopic: string }): void {
  const { basePath, mqttBaseTopic } = parts;
  const api = createOpenApiDocument(basePath);
  const messages = createAsyncApiDocument(basePath, mqttBaseTopic);
  const text = (path: string, type: string, body: string) =>
    resource(router, path, { get: (_request, response) => void response.type(type).send(body) });
  text('/docs', 'html', renderDocs(api, basePath));
  text('/docs/events', 'html', renderEvents(messages, basePath));
  text('/docs/style.css', 'css', STYLE);
  text('/docs/icon.svg', 'svg', ICON);
  resource(router, '/api/openapi.json', { get: (_request, response) => void response.json(api) });
  resource(router, '/api/asyncapi.json', { get: (_request, response) => void response.json(messages) });
}
