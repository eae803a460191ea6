import type { IncomingMessage } from 'node:http';
import type { RequestHandler, Response } from 'express';
import { sameSecret } from '#shared/runtime/grpc-credentials';
import { isLoopbackHost } from '#shared/runtime/loopback';
import { canonicalHost, createOwnAddresses, isWildcard } from './addresses.ts';
import { callerOf } from './caller.ts';
import { sendError } from './errors.ts';
import { pagePathOf } from './page-links.ts';

/** An answer instead of the one that was asked for. */
export interface Refusal {
  status: number;
  detail: string;
}

export interface SecuritySettings {
  /** The address that the server is bound to. */
  bindHost: string;
  allowedHosts: string[];
  /** `https://host:port` of pages that may call us. */
  allowedOrigins: string[];
  /** Empty: no login (loopback only). */
  apiKeys: string[];
  /** Whether an address is that of a proxy whose `X-Forwarded-*` headers are true. */
  isProxy: (address: string) => boolean;
}

// A name or an address, and perhaps a port; nothing that a URL might have besides.
const HOST = /^(\[[0-9a-f:.]+\]|[^\s/@?#:[\]]+)(?::\d{1,5})?$/i;
const MAX_SHOWN = 100;
/** Pages that another site may link to, besides those of the dashboard. */
const LINKABLE_PAGES = /^\/(docs(\/events)?\/?)?$/;

/**
 * Host and Origin: a page of a foreign site can neither send a command (Origin, Sec-Fetch-Site) nor
 * read an answer through a name of its own that resolves to us (DNS rebinding, Host). Clients that
 * send none of these, such as curl, are not concerned. A server on every address of the machine
 * answers under each of them.
 */
export function checkOrigin(settings: SecuritySettings): (request: IncomingMessage) => Refusal | undefined {
  const { bindHost, isProxy } = settings;
  const hosts = new Set([bindHost, ...settings.allowedHosts].map(canonicalHost));
  const origins = new Set(settings.allowedOrigins.map((origin) => origin.toLowerCase()));
  const isOwn = isWildcard(bindHost) ? createOwnAddresses() : () => false;
  return (request) => {
    const { headers } = request;
    const { host } = callerOf(request, isProxy);
    const written = HOST.exec(host ?? '')?.[1];
    const name = written === undefined ? undefined : canonicalHost(written);
    if (host === undefined || name === undefined || !(isLoopbackHost(name) || hosts.has(name) || isOwn(name)))
      return { status: 403, detail: 'Host is not allowed; see ALLOWED_HOSTS' };
    const { origin } = headers;
    if (origin === undefined) return isCrossSiteFetch(request) ? CROSS_SITE_FETCH : undefined;
    if (origins.has(origin.toLowerCase())) return undefined;
    const from = parseUrl(origin);
    // Hosts are compared as URLs, so that a default port may be written or not.
    if (from && /^https?:$/.test(from.protocol) && from.host === withDefaultPort(host, from.protocol))
      return undefined;
    return { status: 403, detail: originDetail(origin, host) };
  };
}

/** The usual cause is a proxy that sends its own `Host`. */
function originDetail(origin: string, host: string): string {
  // Headers are input: nothing is quoted that is no address.
  const shown = parseUrl(origin)?.origin;
  if (shown === undefined || shown === 'null') return 'Origin is not allowed; see ALLOWED_ORIGINS';
  const sides = [shown, host].map((side) => side.slice(0, MAX_SHOWN)).join(' is not ');
  return `Origin is not allowed; see ALLOWED_ORIGINS (${sides}: a proxy has to pass on Host)`;
}

const CROSS_SITE_FETCH: Refusal = {
  status: 403,
  detail: 'Requests from pages of other sites are not allowed; see ALLOWED_ORIGINS',
};

/**
 * What a browser sends for a foreign page without an Origin: pictures, scripts, frames. A link to a
 * page of ours is none of these.
 */
function isCrossSiteFetch({ method, url = '', headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== 'cross-site' && site !== 'same-site') return false;
  const isLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  const [path = ''] = url.split('?');
  return !(isLink && method === 'GET' && (LINKABLE_PAGES.test(path) || pagePathOf(path) !== undefined));
}

/**
 * A key, when keys are configured: in `X-API-Key`, in `Authorization` (which a proxy may want for a
 * login of its own), or for browsers' WebSockets as the subprotocol `bearer.<key>`.
 */
export function checkApiKey(
  settings: SecuritySettings,
): (request: IncomingMessage) => Refusal | undefined {
  return ({ headers }) => {
    if (settings.apiKeys.length === 0) return undefined;
    const given = [
      headers['x-api-key'],
      /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1],
      protocolKey(headers),
    ];
    // Every key is compared: how long it takes says nothing about which one it was.
    const matches = settings.apiKeys.filter((key) =>
      given.filter((one) => sameSecret(key, typeof one === 'string' ? one : '')).some(Boolean),
    );
    return matches.length > 0 ? undefined : { status: 401, detail: 'Missing or wrong API key' };
  };
}

/** As middleware. */
export function guard(
  refuse: (request: IncomingMessage) => Refusal | undefined,
  send: (response: Response, status: number, detail: string) => void = sendError,
): RequestHandler {
  return (request, response, next) => {
    const refused = refuse(request);
    if (refused) send(response, refused.status, refused.detail);
    else next();
  };
}

function protocolKey(headers: IncomingMessage['headers']): string | undefined {
  if (headers.upgrade === undefined) return undefined;
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return protocols.find((name) => name.startsWith('bearer.'))?.slice('bearer.'.length);
}

function withDefaultPort(host: string, protocol: string): string | undefined {
  return parseUrl(`${protocol}//${host}`)?.host;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
