import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Request, RequestHandler, Response } from 'express';
import { sendError } from './errors.ts';

/** The build output of the dashboard; tests use the last build. */
export const DASHBOARD_FOLDER = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../../dist/services/dashboard/' : '../../dashboard/',
    import.meta.url,
  ),
);

/** No external and no inline content; `blob:` is for pictures that the page creates. */
const CONTENT_SECURITY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // Only the compiler's templates create markup from text.
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
].join('; ');

/** File names contain a hash of the content. */
const ASSETS = '/assets/';

interface File {
  body: Buffer;
  compressed: Buffer | undefined;
  type: string;
  etag: string;
}

/**
 * Serves the dashboard at `/`. Its files are read once: no path can leave the folder, and a new
 * build does not affect a running gateway. Other paths pass to the next handler.
 */
export function dashboard(folder: string): RequestHandler {
  const files = readFiles(folder);
  return (request, response, next) => {
    const { path } = request;
    if (path !== '/' && !path.startsWith(ASSETS)) {
      next();
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.set('Allow', 'GET, HEAD');
      sendError(response, 405, 'Method Not Allowed');
      return;
    }
    const [requested = ''] = request.originalUrl.split('?');
    if (path === '/' && requested.startsWith('/') && !requested.endsWith('/')) {
      // The page loads its files relative to its address, which needs a trailing slash under a
      // BASE_PATH.
      response
        .set('Location', `${requested.slice(requested.lastIndexOf('/') + 1)}/`)
        .status(302)
        .end();
      return;
    }
    const file = files.get(path === '/' ? '/index.html' : path);
    if (file) answer(request, response, file);
    else if (path === '/' && !files.has('/index.html'))
      sendError(response, 503, 'The dashboard is not built; run `npm run build` and restart Sky Scan');
    else sendError(response, 404, 'Not Found');
  };
}

function answer(request: Request, response: Response, file: File): void {
  const page = request.path === '/';
  response.set({
    'Content-Security-Policy': CONTENT_SECURITY,
    'Content-Type': file.type,
    // The page is revalidated on every load; its scripts are immutable.
    'Cache-Control': page ? 'no-cache' : 'public, max-age=31536000, immutable',
    ETag: file.etag,
    Vary: 'Accept-Encoding',
  });
  const compressed = request.acceptsEncodings('gzip') ? file.compressed : undefined;
  if (compressed) response.set('Content-Encoding', 'gzip');
  response.send(compressed ?? file.body);
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** By path; empty if the dashboard is not built. */
function readFiles(folder: string): Map<string, File> {
  const files = new Map<string, File>();
  for (const path of pathsIn(folder)) {
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    const body = readFileSync(folder + path);
    const compressed = /^(text|image\/svg)/.test(type) ? gzipSync(body, { level: 9 }) : undefined;
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
    files.set(`/${path}`, { body, compressed, type, etag });
  }
  return files;
}

function pathsIn(folder: string): string[] {
  try {
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return paths.map((path) => path.replaceAll('\\', '/')).filter((path) => extname(path) !== '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
