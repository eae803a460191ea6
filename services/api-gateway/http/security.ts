import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { sameSecret } from '#shared/grpc-credentials';
import { isLoopbackHost } from '#shared/loopback';
import { sendError } from './errors.ts';

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
}

// A name or an address, and perhaps a port; nothing that a URL might have besides.
const HOST = /^(\[[0-9a-f:.]+\]|[^\s/@?#:[\]]+)(?::\d{1,5})?$/i;

/**
 * Host and Origin: a page of a foreign site can neither send a command (Origin) nor read an answer through a name of its own that
 * resolves to us (DNS rebinding, Host). Clients without an Origin, such as curl, are not concerned.
 */
export function refuseForeign(settings: SecuritySettings): (request: IncomingMessage) => Refusal | undefined {
  const hosts = new Set([settings.bindHost, ...settings.allowedHosts].map((host) => host.toLowerCase()));
  const origins = new Set(settings.allowedOrigins.map((origin) => origin.toLowerCase()));
  return ({ headers }) => {
    const name = HOST.exec(headers.host ?? '')?.[1]
      ?.toLowerCase()
      .replace(/^\[|\]$/g, '');
    if (!headers.host || name === undefined || !(isLoopbackHost(name) || hosts.has(name)))
      return { status: 403, detail: 'Host is not allowed; see ALLOWED_HOSTS' };
    const { origin } = headers;
    if (origin === undefined || origins.has(origin.toLowerCase())) return undefined;
    const from = parseUrl(origin);
    // Hosts are compared as URLs, so that a default port may be written or not.
    if (from && /^https?:$/.test(from.protocol) && from.host === withDefaultPort(headers.host, from.protocol))
      return undefined;
    return { status: 403, detail: 'Origin is not allowed; see ALLOWED_ORIGINS' };
  };
}

/** Bearer key, when keys are configured: in `Authorization`, or for browsers' WebSockets as the subprotocol `bearer.<key>`. */
export function refuseStrangers(
  settings: SecuritySettings,
): (request: IncomingMessage) => Refusal | undefined {
  return ({ headers }) => {
    if (settings.apiKeys.length === 0) return undefined;
    const given = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? protocolKey(headers);
    // Every key is compared: how long it takes says nothing about which one it was.
    const matches = settings.apiKeys.filter((key) => sameSecret(key, given ?? ''));
    return matches.length > 0 ? undefined : { status: 401, detail: 'Missing or wrong API key' };
  };
}

/** As middleware. */
export function guard(refuse: (request: IncomingMessage) => Refusal | undefined): RequestHandler {
  return (request, response, next) => {
    const refused = refuse(request);
    if (refused) sendError(response, refused.status, refused.detail);
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
