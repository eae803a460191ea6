import { writeSync } from 'node:fs';
import { pino, type Logger } from 'pino';

export type { Logger };

const STDOUT = 1;

/**
 * Writes one JSON line per event to standard output. `LOG_LEVEL`: fatal, error, warn, info, debug
 * or silent.
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

// pino's own destination retries indefinitely at exit when the reader of the pipe is gone (kill -9
// of the launcher), so the process would not end. Here, a line that cannot be written is lost.
function writeLine(line: string): void {
  try {
    writeSync(STDOUT, line);
  } catch {
    // EPIPE: the reader is gone; EAGAIN: it is too slow.
  }
}
