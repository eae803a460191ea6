import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { LINK_SERVICES, type LinkService } from '#shared/link/protocol';
import { joinStreams } from '#shared/link/streams';

/** Opens a byte stream to a service of a site. Throws when the link has ended. */
export type OpenService = (service: LinkService) => Duplex;

/**
 * Local sockets that lead to the services of linked sites, because a gRPC client opens its
 * connection itself. They are in a folder that only this user can open.
 */
export interface ServiceSockets {
  pathOf(site: string, service: LinkService): string;
  listen(site: string, open: OpenService): Promise<void>;
  /** Removes the sockets of the site. Their connections end with the link. */
  close(site: string): void;
  /** Removes the folder. */
  remove(): void;
}

export function createServiceSockets(): ServiceSockets {
  const folder = join(tmpdir(), `sky-scan-links-${randomUUID().slice(0, 8)}`);
  const servers = new Map<string, Server[]>();
  const pathOf = (site: string, service: LinkService) => join(folder, `${site}.${service}.link`);
  return {
    pathOf,
    async listen(site, open) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const listening = LINK_SERVICES.map((service) => {
        const server = createServer((local) => {
          try {
            joinStreams(local, open(service));
          } catch {
            local.destroy();
          }
        });
        server.listen(pathOf(site, service));
        return server;
      });
      servers.set(site, listening);
      await Promise.all(listening.map((server) => once(server, 'listening')));
    },
    close(site) {
      for (const server of servers.get(site) ?? []) server.close();
      servers.delete(site);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
