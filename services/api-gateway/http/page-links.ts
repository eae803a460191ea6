import type { RequestHandler } from 'express';
import { findPage } from '#contract/page-addresses';

/**
 * The path of the dashboard that a path of the server stands for: `sessions/3` for `/sessions/3`;
 * undefined: none.
 */
export function pagePathOf(path: string): string | undefined {
  const inside = path.replace(/^\/+|\/+$/g, '');
  return inside !== '' && findPage(inside) ? inside : undefined;
}

/**
 * Addresses of the dashboard that are typed without `#`, as in `/sessions/3`: a browser is sent to
 * the page. The target is relative, so that it is right under every prefix that a proxy adds. API
 * clients get the usual 404.
 */
export const pageLinks: RequestHandler = (request, response, next) => {
  const { path, method } = request;
  const page = pagePathOf(path);
  if (method !== 'GET' || page === undefined || !/text\/html/.test(request.get('accept') ?? '')) {
    next();
    return;
  }
  const up = '../'.repeat(path.split('/').length - 2) || './';
  const query = request.url.slice(path.length);
  response.set({ Location: `${up}#/${page}${query}`, 'Cache-Control': 'no-store', Vary: 'Accept' });
  response.status(302).end();
};
