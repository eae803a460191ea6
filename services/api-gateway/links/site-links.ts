import type { LinkService } from '#shared/link/protocol';
import type { Logger } from '#shared/runtime/logger';
import { createServiceSockets, type OpenService } from './service-sockets.ts';

/** The connection of a site that has dialled this gateway. */
export interface Link {
  /** Network address of its other end. */
  from: string;
  /** Whether the other end answers now. */
  isAlive(): Promise<boolean>;
  openService: OpenService;
  /** Tells the other end why, and closes. */
  refuse(reason: string): void;
  /** Resolves when it ends, for whatever reason. */
  ended: Promise<void>;
}

/** The links of all sites, by their names. A site has one link at a time. */
export interface SiteLinks {
  /** gRPC address of a service of the site. It exists while the site is linked. */
  addressOf(site: string, service: LinkService): string;
  /**
   * Uses the link for the site until it ends. Returns the reason if the site has another link whose
   * other end answers; one that does not answer any more is replaced.
   */
  add(site: string, link: Link): Promise<string | undefined>;
  /** Ends the link of the site, if it has one. */
  end(site: string, reason: string): void;
  /** Removes all traces; the links must have ended. */
  close(): void;
}

export function createSiteLinks(logger: Logger): SiteLinks {
  const links = new Map<string, Link>();
  const sockets = createServiceSockets();

  function forget(site: string, link: Link): void {
    if (links.get(site) !== link) return;
    links.delete(site);
    sockets.close(site);
    logger.warn({ site, from: link.from }, 'link ended');
  }

  return {
    addressOf: (site, service) => `unix://${sockets.pathOf(site, service)}`,
    async add(site, link) {
      const before = links.get(site);
      if (before && (await before.isAlive())) return `it is linked already, from ${before.from}`;
      const current = links.get(site);
      if (current !== undefined && current !== before) return `it is linked already, from ${current.from}`;
      if (current) {
        forget(site, current);
        current.refuse('a newer link replaces it');
      }
      links.set(site, link);
      void link.ended.then(() => forget(site, link));
      await sockets.listen(site, link.openService);
      logger.info({ site, from: link.from }, 'linked');
      return undefined;
    },
    end(site, reason) {
      const link = links.get(site);
      if (!link) return;
      forget(site, link);
      link.refuse(reason);
    },
    close: () => sockets.remove(),
  };
}
