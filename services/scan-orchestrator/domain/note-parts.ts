/** An event of a session, as part of its published notes. */
export interface NotePart {
  text: string;
  /** The cause, without time and place. */
  reason?: string;
  /** The session resumes automatically when the cause has cleared. */
  resumesItself?: boolean;
}

const RESUMES = '; resumes automatically';

/** The text of the parts; null: no parts. */
export function noteText(parts: readonly NotePart[]): string | null {
  if (parts.length === 0) return null;
  return parts.map(({ text, resumesItself }) => (resumesItself ? text + RESUMES : text)).join('; ');
}

/** The parts of a session that no longer resumes automatically. */
export function untilResumed(parts: readonly NotePart[]): NotePart[] {
  return parts.map((part) => (part.resumesItself ? { ...part, resumesItself: false } : part));
}

/** The parts of a session that has resumed automatically: adds when it resumed. */
export function withResumption(parts: readonly NotePart[], atMs: number): NotePart[] {
  return [...untilResumed(parts), { text: `resumed at ${new Date(atMs).toISOString().slice(0, 19)}Z` }];
}

/** Whether a part already has this reason. */
export function namesReason(parts: readonly NotePart[], reason: string): boolean {
  return parts.some((part) => part.reason === reason);
}

/** Converts a state written by an older version, which has a single text, `note`. */
export function withNoteParts<State extends { noteParts?: readonly NotePart[]; note?: string | null }>(
  state: State,
): Omit<State, 'note'> & { noteParts: readonly NotePart[] } {
  const { note, ...rest } = state;
  return { ...rest, noteParts: state.noteParts ?? (note ? [{ text: note }] : []) };
}
