import { loadConfig } from '#shared/runtime/env';
import { runService } from '#shared/runtime/lifecycle';
import { createLogger } from '#shared/runtime/logger';
import { configSchema } from './config.ts';
import { start } from './service.ts';

const logger = createLogger('sky-analyst');
await runService(logger, (lifecycle) => start(loadConfig(configSchema, process.env), logger, lifecycle));
