import { SkyScanError } from '#shared/base/errors';
import { LOCAL_SITE } from '#shared/base/site-name';
import { HEALTHY, healthyUnless, type Finding, type HealthCheck } from '../clients/health-check.ts';
import type { Orchestrator } from '../clients/orchestrator.ts';
import type { RotorDriver } from '../clients/rotor-driver.ts';
import type { SiteRow } from '../store/sites.ts';

/** How the services of a site are reached. */
export interface SiteConnection {
  id: number;
  /** The services refuse calls that name another site. */
  name: string;
  /** Null: the site dials this gateway. */
  addresses: SiteAddresses | null;
}

/** gRPC addresses, `host:port`. */
export interface SiteAddresses {
  orchestrator: string;
  rotorDriver: string;
}

/** Clients of the services of a site. */
export interface SiteServices {
  orchestrator: Orchestrator;
  driver: RotorDriver;
  health: { orchestrator: HealthCheck; driver: HealthCheck };
}

/** The sites and the clients of their services. */
export interface SiteDirectory {
  /**
   * Throws `unavailable` for a site that this gateway does not know (yet), and `wrong_site` while
   * its services must not be used.
   */
  of(siteId: number): SiteServices;
  /** The same whether they may be used or not. */
  servicesOf(siteId: number): SiteServices;
  /** Blocks the services of a site with a reason; undefined: they may be used. */
  block(siteId: number, reason: string | undefined): void;
  blockOf(siteId: number): string | undefined;
  /** Undefined for a site that this gateway does not know (yet). */
  nameOf: (siteId: number) => string | undefined;
  /** Why a site of this name must not dial this gateway; undefined: it may. */
  linkRefusal: (name: string) => string | undefined;
  ids: () => number[];
  /** The other sites, as the last calls found them: `site hill`. */
  remoteFindings: () => [string, Finding][];
  /** Connects to new sites and to those with other addresses; disconnects from removed ones. */
  update(sites: Pick<SiteRow, 'id' | 'name' | 'orchestrator_address' | 'rotor_driver_address'>[]): void;
  close(): void;
}

/**
 * `local`: the addresses of site 1 as long as it has none of its own. It is known from the start,
 * so that its rotors can be stopped while the database is not available.
 */
export function createSiteDirectory(
  local: SiteAddresses,
  connect: (site: SiteConnection) => SiteServices & { close(): void },
): SiteDirectory {
  const connected = new Map<number, { site: SiteConnection; services: ReturnType<typeof connect> }>();
  const blocks = new Map<number, string>();

  function set(site: SiteConnection): void {
    const before = connected.get(site.id);
    if (before && JSON.stringify(before.site) === JSON.stringify(site)) return;
    connected.set(site.id, { site, services: connect(site) });
    before?.services.close();
  }

  function servicesOf(siteId: number): SiteServices {
    const found = connected.get(siteId);
    if (!found) throw new SkyScanError('unavailable', `Site ${siteId} is not known to this gateway yet`);
    return found.services;
  }

  set({ ...LOCAL_SITE, addresses: local });
  return {
    of(siteId) {
      const reason = blocks.get(siteId);
      if (reason !== undefined) throw new SkyScanError('wrong_site', reason);
      return servicesOf(siteId);
    },
    servicesOf,
    block(siteId, reason) {
      if (reason === undefined) blocks.delete(siteId);
      else blocks.set(siteId, reason);
    },
    blockOf: (siteId) => blocks.get(siteId),
    nameOf: (siteId) => connected.get(siteId)?.site.name,
    linkRefusal(name) {
      const found = [...connected.values()].find(({ site }) => site.name === name);
      if (!found) return `there is no site ${name} here (yet): add it to /api/sites`;
      return found.site.addresses === null
        ? undefined
        : `site ${name} is reached at its addresses: remove them in /api/sites, so that it can dial in`;
    },
    ids: () => [...connected.keys()],
    remoteFindings: () =>
      [...connected.values()]
        .filter(({ site }) => site.id !== LOCAL_SITE.id)
        .map(({ site, services }) => [`site ${site.name}`, findingOf(blocks.get(site.id), services)]),
    update(sites) {
      const ids = new Set(sites.map(({ id }) => id));
      for (const [id, { services }] of connected) {
        if (ids.has(id)) continue;
        connected.delete(id);
        services.close();
      }
      for (const { id, name, orchestrator_address, rotor_driver_address } of sites)
        set({
          id,
          name,
          addresses:
            id !== LOCAL_SITE.id && orchestrator_address === null && rotor_driver_address === null
              ? null
              : {
                  orchestrator: orchestrator_address ?? local.orchestrator,
                  rotorDriver: rotor_driver_address ?? local.rotorDriver,
                },
        });
    },
    close() {
      for (const { services } of connected.values()) services.close();
    },
  };
}

function findingOf(block: string | undefined, { orchestrator, driver }: SiteServices): Finding {
  if (block !== undefined) return healthyUnless(block);
  return [orchestrator.finding(), driver.finding()].find(({ state }) => state !== 'ok') ?? HEALTHY;
}
