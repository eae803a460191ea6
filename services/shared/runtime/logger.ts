import { writeSync } from 'node:fs';
import { pino, type Logger } from 'pino';

export type { Logger };

const STDOUT = 1;

/**
 * One JSON line per event on standard output. `LOG_LEVEL`: fatal, error, warn, info, debug or
 * silent.
 */
export function createLogger(service: string, level = process.env['LOG_LEVEL'] ?? 'info'): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['*.password', '*.token', '*.apiKey', 'headers.authorization'],
    },
    { write: writeLine },
  );
}

// pino's own destination flushes at exit, and tries for ever when whoever read the pipe is gone
// (kill -9 of the launcher): the process would never end. A line that cannot be written is lost
// instead.
function writeLine(line: string): void {
  try {
    writeSync(STDOUT, line);
  } catch {
    // EPIPE: nobody reads; EAGAIN: nobody reads fast enough.
  }
}
