import type { IncomingMessage } from 'node:http';
import type { RequestHandler, Response } from 'express';
import { sameSecret } from '#shared/runtime/grpc-credentials';
import { isLoopbackHost } from '#shared/runtime/loopback';
import { canonicalHost, createOwnAddresses, isWildcard } from './addresses.ts';
import { callerOf } from './caller.ts';
import { sendError } from './errors.ts';
import { pagePathOf } from './page-links.ts';

/** The error response to a refused request. */
export interface Refusal {
  status: number;
  detail: string;
}

export interface SecuritySettings {
  /** The address that the server is bound to. */
  bindHost: string;
  allowedHosts: string[];
  /** `https://host:port` of pages that may call the API. */
  allowedOrigins: string[];
  /** Empty: no authentication (loopback only). */
  apiKeys: string[];
  /** Whether an address is a trusted proxy, whose `X-Forwarded-*` headers are used. */
  isProxy: (address: string) => boolean;
}

// A name or an address with an optional port, and no other part of a URL.
const HOST = /^(\[[0-9a-f:.]+\]|[^\s/@?#:[\]]+)(?::\d{1,5})?$/i;
const MAX_SHOWN = 100;
/** Pages that other sites may link to, in addition to those of the dashboard. */
const LINKABLE_PAGES = /^\/(docs(\/events)?\/?)?$/;

/**
 * Checks Host and Origin. A page of another site can neither send a command (Origin,
 * Sec-Fetch-Site) nor read a response through its own name that resolves to us (DNS rebinding,
 * Host). Clients such as curl, which send none of these, are not affected. A server bound to all
 * addresses accepts each of them as Host.
 */
export function checkOrigin(settings: SecuritySettings): (request: IncomingMessage) => Refusal | undefined {
  const { bindHost, isProxy } = settings;
  const hosts = new Set([bindHost, ...settings.allowedHosts].map(canonicalHost));
  const origins = new Set(settings.allowedOrigins.map((origin) => origin.toLowerCase()));
  const isOwn = isWildcard(bindHost) ? createOwnAddresses() : () => false;
  return (request) => {
    const { headers } = request;
    const { host } = callerOf(request, isProxy);
    const hostPart = HOST.exec(host ?? '')?.[1];
    const name = hostPart === undefined ? undefined : canonicalHost(hostPart);
    if (host === undefined || name === undefined || !(isLoopbackHost(name) || hosts.has(name) || isOwn(name)))
      return { status: 403, detail: 'Host is not allowed; see ALLOWED_HOSTS' };
    const { origin } = headers;
    if (origin === undefined) return isCrossSiteFetch(request) ? CROSS_SITE_FETCH : undefined;
    if (origins.has(origin.toLowerCase())) return undefined;
    const from = parseUrl(origin);
    // Compared as URLs, so that the default port is optional.
    if (from && /^https?:$/.test(from.protocol) && from.host === withDefaultPort(host, from.protocol))
      return undefined;
    return { status: 403, detail: originDetail(origin, host) };
  };
}

/** The usual cause is a proxy that sends its own `Host`. */
function originDetail(origin: string, host: string): string {
  // Headers are untrusted: quote only valid origins.
  const shown = parseUrl(origin)?.origin;
  if (shown === undefined || shown === 'null') return 'Origin is not allowed; see ALLOWED_ORIGINS';
  const names = [shown, host].map((name) => name.slice(0, MAX_SHOWN)).join(' is not ');
  return `Origin is not allowed; see ALLOWED_ORIGINS (${names}: a proxy must forward Host)`;
}

const CROSS_SITE_FETCH: Refusal = {
  status: 403,
  detail: 'Requests from pages of other sites are not allowed; see ALLOWED_ORIGINS',
};

/**
 * Requests that a browser sends for another site without an Origin: pictures, scripts, frames. A
 * link to one of our pages is not one of them.
 */
function isCrossSiteFetch({ method, url = '', headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== 'cross-site' && site !== 'same-site') return false;
  const isLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  const [path = ''] = url.split('?');
  return !(isLink && method === 'GET' && (LINKABLE_PAGES.test(path) || pagePathOf(path) !== undefined));
}

/**
 * Checks the API key, if keys are configured: in `X-API-Key`, in `Authorization` (which a proxy may
 * use for its own login), or for WebSockets of browsers as the subprotocol `bearer.<key>`.
 */
export function checkApiKey(settings: SecuritySettings): (request: IncomingMessage) => Refusal | undefined {
  return ({ headers }) => {
    if (settings.apiKeys.length === 0) return undefined;
    const given = [
      headers['x-api-key'],
      /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1],
      protocolKey(headers),
    ];
    // Compare every key: the time must not reveal which one matched.
    const matches = settings.apiKeys.filter((key) =>
      given.filter((one) => sameSecret(key, typeof one === 'string' ? one : '')).some(Boolean),
    );
    return matches.length > 0 ? undefined : { status: 401, detail: 'Missing or wrong API key' };
  };
}

/** Turns a check into middleware. */
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
