/** The level of a session. */
export interface SessionLevel {
  sessionId: number;
  /** Unix milliseconds. */
  atMs: number;
  level: number;
}

/** Levels of the sessions of an interval. */
export interface LevelInterval {
  /** Of the first and of the last session. */
  fromMs: number;
  toMs: number;
  sessions: number;
  /** The session with the maximum. */
  sessionId: number;
  median: number;
  min: number;
  max: number;
}

/**
 * Summarises levels, in the order of time, in at most `maxPoints` equal intervals; few enough
 * levels stay single. Minimum and maximum are kept, because a source that was up once in a month
 * matters; intervals without sessions are left out.
 */
export function levelIntervals(levels: readonly SessionLevel[], maxPoints: number): LevelInterval[] {
  const [first, last] = [levels[0], levels.at(-1)];
  if (!first || !last) return [];
  if (levels.length <= maxPoints) return levels.map((level) => summaryOf([level], level, level));
  const spanMs = last.atMs - first.atMs;
  const groups = new Map<number, SessionLevel[]>();
  for (const level of levels) {
    const share = spanMs > 0 ? (level.atMs - first.atMs) / spanMs : 0;
    const index = Math.min(maxPoints - 1, Math.floor(share * maxPoints));
    const group = groups.get(index);
    if (group) group.push(level);
    else groups.set(index, [level]);
  }
  return [...groups.values()].map((group) => summaryOf(group, group[0] ?? first, group.at(-1) ?? last));
}

function summaryOf(group: readonly SessionLevel[], first: SessionLevel, last: SessionLevel): LevelInterval {
  const sorted = group.toSorted((a, b) => a.level - b.level);
  const [lowest, highest] = [sorted[0] ?? first, sorted.at(-1) ?? last];
  const middle = (sorted.length - 1) / 2;
  const [below, above] = [sorted[Math.floor(middle)] ?? first, sorted[Math.ceil(middle)] ?? last];
  return {
    fromMs: first.atMs,
    toMs: last.atMs,
    sessions: group.length,
    sessionId: highest.sessionId,
    median: (below.level + above.level) / 2,
    min: lowest.level,
    max: highest.level,
  };
}
