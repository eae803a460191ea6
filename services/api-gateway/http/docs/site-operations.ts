import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { operation, type Errors } from './operation.ts';

const NO_SITE: Errors = { 404: 'Site not found' };
const SCAN_ACTIVE = 'Cannot change name or addresses of a site while a scan is active';

/** `/api/sites*`. */
export const siteOperations: RouteConfig[] = [
  operation(
    'GET /api/sites',
    'List sites',
    'Oldest first. Site 1 always exists; the gateway reaches it at its own addresses unless it has others.',
  ),
  operation(
    'POST /api/sites',
    'Add a site',
    'A site has one scan-orchestrator and one rotor-driver, whose SITE_NAME is its name.',
    { status: 201, errors: { 409: 'Site with that name already exists' } },
  ),
  operation('GET /api/sites/{site_id}', 'Get a site', '', { errors: NO_SITE }),
  operation('PUT /api/sites/{site_id}', 'Change a site', 'Only the given fields change.', {
    errors: { ...NO_SITE, 409: `${SCAN_ACTIVE}; Site with that name already exists` },
  }),
  operation('DELETE /api/sites/{site_id}', 'Delete a site', '', {
    errors: {
      ...NO_SITE,
      409: 'Cannot delete site while it has rotors (or sessions, calibrations); Cannot delete site 1, which is the local one',
    },
  }),
];
