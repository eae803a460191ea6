import { readFileSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { errorMessage } from '#shared/base/errors';
import { endWhenSilent } from '#shared/link/ping';
import { LINK_PROTOCOL } from '#shared/link/protocol';
import type { LinkCertificates } from '#shared/link/variables';
import type { Logger } from '#shared/runtime/logger';
import { askWho, linkOver, tellVerdict } from './link-session.ts';
import type { SiteLinks } from './site-links.ts';

const HANDSHAKE_MS = 10_000;
// More than sites; a connection needs a certificate to stay.
const MAX_CONNECTIONS = 4_096;
const MAX_REPORTED = 1_000;

export interface LinkServerParts extends LinkCertificates {
  /** Id of this gateway. */
  gateway: string;
  /** Why a site of this name must not be linked; undefined: it may. */
  refusalOf: (site: string) => string | undefined;
  links: Pick<SiteLinks, 'add'>;
  logger: Logger;
}

/**
 * A server for sites that dial this gateway; it is not listening yet. The authority must have
 * signed their certificate, whose common name is the name of the site.
 */
export function createLinkServer({
  certPath,
  keyPath,
  caPath,
  gateway,
  refusalOf,
  links,
  logger,
}: LinkServerParts): { server: Server; close(): Promise<void> } {
  const sessions = new Set<ClientHttp2Session>();
  const report = createRefusalLog(logger);
  const server = createServer({
    cert: readFileSync(certPath),
    key: readFileSync(keyPath),
    ca: readFileSync(caPath),
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: HANDSHAKE_MS,
    ALPNProtocols: [LINK_PROTOCOL],
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('tlsClientError', (error, socket) => {
    report(socket.remoteAddress, errorMessage(error));
  });
  server.on('secureConnection', (socket) => {
    accept(socket).catch((error: unknown) => {
      report(socket.remoteAddress, errorMessage(error));
      socket.destroy();
    });
  });

  async function accept(socket: TLSSocket): Promise<void> {
    const from = socket.remoteAddress ?? 'unknown';
    const names = [socket.getPeerCertificate().subject.CN].flat();
    socket.setNoDelay(true);
    const session = connect('http://site', { createConnection: () => socket });
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', () => undefined); // it closes, too
    endWhenSilent(session);

    const { site } = await askWho(session);
    const refusal = names.includes(site)
      ? (refusalOf(site) ?? (await links.add(site, linkOver(session, from, gateway))))
      : `its certificate is that of ${names.join(', ')}, not of site ${site}`;
    if (refusal === undefined) {
      await tellVerdict(session, { gateway });
      report.forget(from);
    } else {
      report(from, refusal, site);
      await tellVerdict(session, { gateway, refusal }).catch(() => undefined);
      session.close();
    }
  }

  return {
    server,
    async close() {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Logs a reason once, until it changes: a refused site dials again every few seconds. */
function createRefusalLog(logger: Logger) {
  const last = new Map<string, string>();
  const report = (from = 'unknown', reason: string, site?: string) => {
    if (last.get(from) === reason) return;
    if (last.size >= MAX_REPORTED) last.clear();
    last.set(from, reason);
    logger.warn({ from, ...(site !== undefined && { site }), reason }, 'link of a site refused');
  };
  return Object.assign(report, { forget: (from: string) => void last.delete(from) });
}
