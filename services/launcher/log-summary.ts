/** What a line in a log says to somebody at the terminal. */
export interface LogNotice {
  level: 'warning' | 'error';
  text: string;
}

const WARN = 40;
const ERROR = 50;
const FATAL = 60;

/** A warning or an error in a line of a service (pino's JSON); undefined for everything else. */
export function serviceNotice(line: string): LogNotice | undefined {
  const entry = parseEntry(line);
  if (!entry || entry.level < WARN) return undefined;
  return { level: entry.level >= ERROR ? 'error' : 'warning', text: textOf(entry) };
}

/**
 * The last words of a service that could not start, its own or Node's; undefined when the line is
 * none.
 */
export function fatalMessage(line: string): string | undefined {
  if (/^(\w*Error)\b.*: /.test(line)) return line;
  const entry = parseEntry(line);
  return entry && entry.level >= FATAL ? textOf(entry) : undefined;
}

/**
 * PostgreSQL says a lot that its clients hear anyway; what only the server knows is fatal or a
 * panic.
 */
export function postgresNotice(line: string): LogNotice | undefined {
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

interface Entry {
  level: number;
  msg: string;
  /** Why, as text. */
  why: string | undefined;
  /** `rotor 1`, `session 7`: what it is about. */
  about: string | undefined;
}

/** `rotor 1: stop failed: no connection`; what the message says already is not repeated. */
function textOf({ msg, why, about }: Entry): string {
  const isNew = (part: string | undefined) => part !== undefined && !msg.includes(part);
  return [isNew(about) && about, msg, isNew(why) && why].filter(Boolean).join(': ');
}

function parseEntry(line: string): Entry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    const { level, msg, session, rotor } = entry;
    if (typeof level !== 'number') return undefined;
    const about = [
      typeof session === 'number' && `session ${session}`,
      typeof rotor === 'number' && `rotor ${rotor}`,
    ].find(Boolean);
    return {
      level,
      msg: typeof msg === 'string' ? msg : '',
      why: errorText(entry['err']) ?? errorText(entry['reason']),
      about: about || undefined,
    };
  } catch {
    return undefined;
  }
}

function errorText(err: unknown): string | undefined {
  if (typeof err === 'string') return err;
  const message = (err as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : undefined;
}
