import { pino } from 'pino';
import { loadConfig } from '#shared/runtime/env';
import { createLifecycle } from '#shared/runtime/lifecycle';
import { configSchema } from '../../services/sky-analyst/config.ts';
import { start } from '../../services/sky-analyst/service.ts';
import { PATIENT_ENV } from './patience.ts';

/** A sky-analyst in this process; `port` 0: any. */
export async function startAnalyst(port = 0): Promise<{ port: number; close(): Promise<void> }> {
  const logger = pino({ level: 'silent' });
  const lifecycle = createLifecycle(logger);
  const config = loadConfig(configSchema, { SKY_ANALYST_PORT: String(port), ...PATIENT_ENV });
  const started = await start(config, logger, lifecycle);
  return { port: started.port, close: () => lifecycle.close() };
}
