/** What a line in a log says to somebody at the terminal. */
export interface Remark {
  level: 'warning' | 'error';
  text: string;
}

const WARN = 40;
const ERROR = 50;
const FATAL = 60;

/** A warning or an error in a line of a service (pino's JSON); undefined for everything else. */
export function remarkOfService(line: string): Remark | undefined {
  const entry = parseEntry(line);
  if (!entry || entry.level < WARN) return undefined;
  const detail = entry.err && !entry.msg.includes(entry.err) ? `: ${entry.err}` : '';
  return { level: entry.level >= ERROR ? 'error' : 'warning', text: `${entry.msg}${detail}` };
}

/** The last words of a service that could not start, its own or Node's; undefined when the line is none. */
export function fatalMessage(line: string): string | undefined {
  if (/^(\w*Error)\b.*: /.test(line)) return line;
  const entry = parseEntry(line);
  return entry && entry.level >= FATAL ? [entry.msg, entry.err].filter(Boolean).join(': ') : undefined;
}

/** PostgreSQL says a lot that its clients hear anyway; what only the server knows is fatal or a panic. */
export function remarkOfPostgres(line: string): Remark | undefined {
  const match = /^(FATAL|PANIC):\s+(.*)/.exec(line);
  return match?.[2] ? { level: 'error', text: match[2] } : undefined;
}

/** Lets a remark through once in `quietMs` and forgets old ones. */
export function createRepeatFilter(quietMs: number, now: () => number): (text: string) => boolean {
  const shownAt = new Map<string, number>();
  return (text) => {
    const last = shownAt.get(text);
    if (last !== undefined && now() - last < quietMs) return false;
    shownAt.delete(text);
    shownAt.set(text, now());
    const oldest = shownAt.keys().next();
    if (shownAt.size > 100 && !oldest.done) shownAt.delete(oldest.value);
    return true;
  };
}

function parseEntry(line: string): { level: number; msg: string; err?: string } | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as { level?: unknown; msg?: unknown; err?: unknown };
    if (typeof entry.level !== 'number') return undefined;
    const err = errorText(entry.err);
    return { level: entry.level, msg: typeof entry.msg === 'string' ? entry.msg : '', ...(err && { err }) };
  } catch {
    return undefined;
  }
}

function errorText(err: unknown): string | undefined {
  if (typeof err === 'string') return err;
  const message = (err as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : undefined;
}
