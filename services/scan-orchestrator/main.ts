import { runService } from '#shared/lifecycle';
import { createLogger } from '#shared/logger';
import { readConfig } from './config.ts';
import { start } from './service.ts';

const logger = createLogger('scan-orchestrator');
await runService(logger, (lifecycle) => start(readConfig(process.env), logger, lifecycle));
