import { pino, type Logger } from 'pino';

export type { Logger };

/** One JSON line per event on standard output. `LOG_LEVEL`: fatal, error, warn, info, debug or silent. */
export function createLogger(service: string, level = process.env['LOG_LEVEL'] ?? 'info'): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['*.password', '*.token', '*.apiKey', 'headers.authorization'],
  });
}
