import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Request, RequestHandler, Response } from 'express';
import { sendError } from './errors.ts';

/** Where the build puts the dashboard; sources (tests) use what was built last. */
export const DASHBOARD_FOLDER = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../../dist/services/dashboard/' : '../../dashboard/',
    import.meta.url,
  ),
);

/**
 * Nothing from elsewhere, nothing inline; `blob:` is for pictures that the page itself has made.
 */
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
  // Text becomes markup in one place only: the templates of the compiler.
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
].join('; ');

/** Names under it have a fingerprint of what they hold. */
const ASSETS = '/assets/';

interface File {
  body: Buffer;
  zipped: Buffer | undefined;
  type: string;
  etag: string;
}

/**
 * The dashboard at `/`. Its files are read once, so that no path leads anywhere else and a build
 * that replaces the folder of a running gateway takes nothing from it. Whatever is not the
 * dashboard's goes on to the next handler.
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
    const [asked = ''] = request.originalUrl.split('?');
    if (path === '/' && asked.startsWith('/') && !asked.endsWith('/')) {
      // Under a BASE_PATH: what the page loads is relative to its address.
      response
        .set('Location', `${asked.slice(asked.lastIndexOf('/') + 1)}/`)
        .status(302)
        .end();
      return;
    }
    const file = files.get(path === '/' ? '/index.html' : path);
    if (file) answer(request, response, file);
    else if (path === '/' && !files.has('/index.html'))
      sendError(response, 503, 'The dashboard is not built; run `npm run build`, then start Sky Scan again');
    else sendError(response, 404, 'Not Found');
  };
}

function answer(request: Request, response: Response, file: File): void {
  const page = request.path === '/';
  response.set({
    'Content-Security-Policy': CONTENT_SECURITY,
    'Content-Type': file.type,
    // The page names its scripts: asked for every time. The scripts never change under their names.
    'Cache-Control': page ? 'no-cache' : 'public, max-age=31536000, immutable',
    ETag: file.etag,
    Vary: 'Accept-Encoding',
  });
  const zipped = request.acceptsEncodings('gzip') ? file.zipped : undefined;
  if (zipped) response.set('Content-Encoding', 'gzip');
  response.send(zipped ?? file.body);
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** By path. Empty when nothing is built. */
function readFiles(folder: string): Map<string, File> {
  const files = new Map<string, File>();
  for (const path of pathsIn(folder)) {
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    const body = readFileSync(folder + path);
    const zipped = /^(text|image\/svg)/.test(type) ? gzipSync(body, { level: 9 }) : undefined;
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
    files.set(`/${path}`, { body, zipped, type, etag });
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
