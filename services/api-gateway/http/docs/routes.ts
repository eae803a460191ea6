import { readFileSync } from 'node:fs';
import type { Router } from 'express';
import { resource } from '../resource.ts';
import { renderDocs } from './docs-page.ts';
import { createOpenApiDocument } from './openapi.ts';

const STYLE = readFileSync(new URL('style.css', import.meta.url), 'utf8');
const ICON = readFileSync(new URL('icon.svg', import.meta.url), 'utf8');

/** `/docs`, `/api/openapi.json`; rendered once. */
export function docsRoutes(router: Router, basePath: string): void {
  const document = createOpenApiDocument(basePath);
  const docs = renderDocs(document, basePath);
  resource(router, '/docs', { get: (_request, response) => void response.type('html').send(docs) });
  resource(router, '/docs/style.css', { get: (_request, response) => void response.type('css').send(STYLE) });
  resource(router, '/docs/icon.svg', { get: (_request, response) => void response.type('svg').send(ICON) });
  resource(router, '/api/openapi.json', { get: (_request, response) => void response.json(document) });
}
