import { loadConfig } from '#shared/env';
import { runService } from '#shared/lifecycle';
import { createLogger } from '#shared/logger';
import { configSchema } from './config.ts';
import { start } from './service.ts';

const logger = createLogger('scan-orchestrator');
await runService(logger, (lifecycle) => start(loadConfig(configSchema, process.env), logger, lifecycle));
