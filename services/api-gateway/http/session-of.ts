import type { SessionRow } from '../store/sessions.ts';

/** The session with an id from a path. Throws 404. */
export type SessionOf = (id: unknown) => Promise<SessionRow>;
