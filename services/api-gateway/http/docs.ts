import type { Router } from 'express';
import { resource } from './resource.ts';

/** Placeholder until the pages are made from the document. */
export function docsRoutes(router: Router): void {
  resource(router, '/', { get: (_request, response) => void response.send('Sky Scan') });
}
