import { setPriority } from 'node:os';
import { loadConfig } from '#shared/runtime/env';
import { runService } from '#shared/runtime/lifecycle';
import { createLogger } from '#shared/runtime/logger';
import { configSchema } from './config.ts';
import { start } from './service.ts';

// Measuring and recording come first. Threads inherit it.
setPriority(10);
const logger = createLogger('sky-analyst');
await runService(logger, (lifecycle) => start(loadConfig(configSchema, process.env), logger, lifecycle));
