import { loadConfig } from '#shared/env';
import { runService } from '#shared/lifecycle';
import { createLogger } from '#shared/logger';
import { configSchema } from './config.ts';
import { start } from './service.ts';

const logger = createLogger('api-gateway');
await runService(logger, async (lifecycle) => ({
  ...(await start(loadConfig(configSchema, process.env), logger, lifecycle)),
}));
