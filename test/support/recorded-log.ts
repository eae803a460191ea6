import { pino } from 'pino';
import type { Logger } from '#shared/runtime/logger';

/** A line of the log. */
export interface LogLine {
  msg: string;
  reason?: string;
}

/** A logger that keeps its lines for the test, from this level on. */
export function recordLog(level: 'info' | 'error'): { logger: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const logger = pino({ level }, { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) });
  return { logger, lines };
}
