import type { Level } from './level-store.ts';

// Keys: version; s!ID -> session; c!ID -> confirmed cells; p!ID!SEQ -> point. Numbers have ten
// digits, so that keys sort numerically.
const LAST = 9_999_999_999;
const digits = (n: number) => String(n).padStart(10, '0');

export const VERSION_KEY = 'version';
export const SESSIONS = { gt: 's!', lt: 's"' };
export const POINTS = { gt: 'p!', lt: 'p"' };

export const sessionKey = (id: number) => `s!${digits(id)}`;
export const cellsKey = (id: number) => `c!${digits(id)}`;
export const pointKey = (id: number, seq: number) => `p!${digits(id)}!${digits(seq)}`;

/** Key range of a session's points, both ends included. */
export function pointsOf(id: number, fromSeq = 0, toSeq = LAST): { gte: string; lte: string } {
  return { gte: pointKey(id, fromSeq), lte: pointKey(id, toSeq) };
}

/** The session id in a point's key; undefined for any other key. */
export function sessionOfPoint(key: string): number | undefined {
  const [, id] = /^p!(\d{10})!\d{10}$/.exec(key) ?? [];
  return id === undefined ? undefined : Number(id);
}

/** All keys of a session. */
export async function allKeys(level: Level, id: number): Promise<string[]> {
  return [sessionKey(id), cellsKey(id), ...(await level.keys(pointsOf(id)).all())];
}
