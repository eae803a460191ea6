import type { Response } from 'express';
import { html } from './docs/html.ts';
import { sendError } from './errors.ts';

/**
 * Like `sendError`, but a browser that requests a page gets a page with the reason and the
 * remedies.
 */
export function sendRefusal(response: Response, status: number, detail: string): void {
  const { req: request } = response;
  const wantsPage =
    request.method === 'GET' &&
    !request.path.startsWith('/api/') &&
    /text\/html/.test(request.get('accept') ?? '');
  if (!wantsPage) {
    sendError(response, status, detail);
    return;
  }
  const host = request.get('x-forwarded-host') ?? request.get('host') ?? '';
  const name = host.replace(/:\d+$/, '');
  const origin = request.get('origin');
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Sky Scan: request refused</title>
      </head>
      <body>
        <h1>Sky Scan refused this request</h1>
        <p>${detail}.</p>
        <dl>
          <dt>Host of the request</dt>
          <dd><code>${host || 'none'}</code></dd>
          <dt>Origin of the request</dt>
          <dd><code>${origin ?? 'none'}</code></dd>
        </dl>
        <p>To use Sky Scan under this address, start it with one of these variables:</p>
        <ul>
          <li><code>ALLOWED_HOSTS=${name || 'NAME'}</code>: the name under which this server is reached</li>
          <li>
            <code>TRUST_PROXY=loopback</code> (or the address of the proxy): the proxy sends the name in
            <code>X-Forwarded-Host</code>
          </li>
          <li><code>ALLOWED_ORIGINS=https://NAME</code>: pages of another server may call this one</li>
        </ul>
        <p>docs/deploy.md has settings for nginx, Caddy and Traefik.</p>
      </body>
    </html> `;
  response.set('Connection', 'close').set('Cache-Control', 'no-store');
  response.status(status).type('html').send(page.text);
}
