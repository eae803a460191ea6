import type { RequestHandler } from 'express';
import { findPage } from '#contract/page-addresses';

/** The dashboard page for a server path: `sessions/3` for `/sessions/3`; undefined: none. */
export function pagePathOf(path: string): string | undefined {
  const page = path.replace(/^\/+|\/+$/g, '');
  return page !== '' && findPage(page) ? page : undefined;
}

/**
 * Redirects browsers from dashboard addresses without `#`, such as `/sessions/3`, to the page. The
 * target is relative, so it works under any path prefix of a proxy. API clients get the usual 404.
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
