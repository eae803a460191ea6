import { errorMessage } from '#shared/base/errors';
import { loadConfig } from '#shared/runtime/env';
import { createLogger } from '#shared/runtime/logger';
import { databaseSchema } from './config.ts';
import { migrateWhenReachable } from './store/migrate.ts';

// Migrates the database and exits, for a job that runs before the gateways are replaced. Waits for
// a database that is still starting. Exit code 1: the database cannot be used; the log names the
// reason.
const logger = createLogger('api-gateway-migrate');
const ending = new AbortController();
process.once('SIGTERM', () => ending.abort(new Error('stopped before the database was migrated')));
try {
  const config = loadConfig(databaseSchema, process.env);
  const urls = config.DATABASE_DIRECT_URL ?? config.DATABASE_URL;
  await migrateWhenReachable(urls, logger, ending.signal, {
    onWaiting: () => undefined,
    mayRefuse: () => true,
  });
  logger.info('the database is migrated');
} catch (error) {
  logger.fatal(errorMessage(error));
  process.exitCode = 1;
}
