import type { Router } from 'express';
import { parseId } from '#contract/ids';
import { newSiteSchema, siteChangeSchema, type Site } from '#contract/rest/sites';
import { SkyScanError } from '#shared/base/errors';
import { LOCAL_SITE } from '#shared/base/site-name';
import { isUniqueViolation } from '../store/database.ts';
import type { Database } from '../store/queryable.ts';
import {
  deleteSite,
  findSite,
  firstUseOf,
  insertSite,
  listSites,
  lockSite,
  updateSite,
  type SiteFields,
  type SiteRow,
} from '../store/sites.ts';
import { recomputeNextRuns } from '../store/schedules/schedules.ts';
import { hasSessionsAt } from '../store/sessions.ts';
import { jsonBody } from './body.ts';
import { HttpError, parseOr422, type Problem } from './errors.ts';
import { siteNotFound } from '../sites/site-place.ts';
import { resource } from './resource.ts';

/** `/api/sites*`. */
export function siteRoutes(
  router: Router,
  { db, sitesChanged }: { db: Database; sitesChanged: () => Promise<void> },
): void {
  resource(router, '/api/sites', {
    get: async (_request, response) => {
      response.json((await listSites(db)).map(toPublished));
    },
    post: [
      jsonBody,
      async (request, response) => {
        const site = parseOr422(newSiteSchema, request.body, 'body');
        requireBothAddresses(site);
        const row = await insertSite(db, site).catch(rethrowNameTaken);
        await sitesChanged();
        response.status(201).location(`/api/sites/${row.id}`).json(toPublished(row));
      },
    ],
  });

  resource(router, '/api/sites/:site_id', {
    get: async (request, response) => {
      const id = parseId(request.params['site_id']);
      const site = id === undefined ? undefined : await findSite(db, id);
      if (!site) throw siteNotFound();
      response.json(toPublished(site));
    },
    put: [
      jsonBody,
      async (request, response) => {
        const change = parseOr422(siteChangeSchema, request.body, 'body');
        const row = await withSite(db, request.params['site_id'], async (tx, site) => {
          const { id, created_at: _createdAt, ...fields } = site;
          const whole = parseOr422(newSiteSchema, { ...fields, ...change }, 'body');
          if (id !== LOCAL_SITE.id) requireBothAddresses(whole);
          if (!sameServices(fields, whole) && (await hasSessionsAt(tx, id)))
            throw new SkyScanError(
              'busy',
              'Cannot change name or addresses of a site while a scan is active',
            );
          if (!samePlace(fields, whole)) await recomputeNextRuns(tx, id);
          return updateSite(tx, id, whole);
        }).catch(rethrowNameTaken);
        await sitesChanged();
        response.json(toPublished(row));
      },
    ],
    delete: async (request, response) => {
      await withSite(db, request.params['site_id'], async (tx, { id }) => {
        if (id === LOCAL_SITE.id) throw new HttpError(409, 'Cannot delete site 1, which is the local one');
        const use = await firstUseOf(tx, id);
        if (use !== undefined) throw new HttpError(409, `Cannot delete site while it has ${use}`);
        await deleteSite(tx, id);
      });
      await sitesChanged();
      response.status(204).end();
    },
  });
}

/** Locks the site of a path for a change. Throws `not_found`. */
async function withSite<T>(
  db: Database,
  text: unknown,
  change: (tx: Parameters<typeof lockSite>[0], site: SiteRow) => Promise<T>,
): Promise<T> {
  const id = parseId(text);
  if (id === undefined) throw siteNotFound();
  return db.transaction(async (tx) => {
    const site = await lockSite(tx, id);
    if (!site) throw siteNotFound();
    return change(tx, site);
  });
}

/** Without both addresses the site dials in. */
function requireBothAddresses(site: SiteFields): void {
  const missing = (['orchestrator_address', 'rotor_driver_address'] as const).filter(
    (field) => site[field] === null,
  );
  if (missing.length !== 1) return;
  const problems = missing.map((field): Problem => ({
    loc: ['body', field],
    msg: 'Must be host:port; without both addresses the site dials in',
    type: 'missing',
  }));
  throw new HttpError(422, problems);
}

function sameServices(a: SiteFields, b: SiteFields): boolean {
  return (['name', 'orchestrator_address', 'rotor_driver_address'] as const).every(
    (field) => a[field] === b[field],
  );
}

function samePlace(a: SiteFields, b: SiteFields): boolean {
  return a.latitude_deg === b.latitude_deg && a.longitude_deg === b.longitude_deg;
}

function rethrowNameTaken(error: unknown): never {
  if (isUniqueViolation(error)) throw new HttpError(409, 'Site with that name already exists');
  throw error;
}

function toPublished({ created_at, ...site }: SiteRow): Site {
  return { ...site, created_at: created_at.toISOString() };
}
