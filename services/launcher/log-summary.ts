/** A warning or an error from a log, for the terminal. */
export interface LogNotice {
  level: 'warning' | 'error';
  text: string;
}

const WARN = 40;
const ERROR = 50;
const FATAL = 60;

/** The warning or error in a log line of a service (pino's JSON); undefined for any other line. */
export function serviceNotice(line: string): LogNotice | undefined {
  const entry = parseEntry(line);
  if (!entry || entry.level < WARN) return undefined;
  return { level: entry.level >= ERROR ? 'error' : 'warning', text: textOf(entry) };
}

/**
 * The error that ended a service at its start, from the service or from Node; undefined for any
 * other line.
 */
export function fatalMessage(line: string): string | undefined {
  if (/^(\w*Error)\b.*: /.test(line)) return line;
  const entry = parseEntry(line);
  return entry && entry.level >= FATAL ? textOf(entry) : undefined;
}

/** Errors of statements reach the clients; only FATAL and PANIC are known to the server alone. */
export function postgresNotice(line: string): LogNotice | undefined {
  const match = /^(FATAL|PANIC):\s+(.*)/.exec(line);
  return match?.[2] ? { level: 'error', text: match[2] } : undefined;
}

/** Lets each notice pass once in `quietMs`; remembers the last 100. */
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
  /** The error or reason. */
  reason: string | undefined;
  /** The subject: `rotor 1`, `session 7`. */
  subject: string | undefined;
}

/** `rotor 1: stop failed: no connection`; parts that the message already contains are left out. */
function textOf({ msg, reason, subject }: Entry): string {
  const isNew = (part: string | undefined) => part !== undefined && !msg.includes(part);
  return [isNew(subject) && subject, msg, isNew(reason) && reason].filter(Boolean).join(': ');
}

function parseEntry(line: string): Entry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    const { level, msg, session, rotor } = entry;
    if (typeof level !== 'number') return undefined;
    const subject = [
      typeof session === 'number' && `session ${session}`,
      typeof rotor === 'number' && `rotor ${rotor}`,
    ].find(Boolean);
    return {
      level,
      msg: typeof msg === 'string' ? msg : '',
      reason: errorText(entry['err']) ?? errorText(entry['reason']),
      subject: subject || undefined,
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
