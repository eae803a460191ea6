/** Something that happened to a session, as a part of its published notes. */
export interface NotePart {
  text: string;
  /** What failed, without when and where. */
  reason?: string;
  /** It passes: the session resumes automatically once it is over. */
  resumesItself?: boolean;
}

const RESUMES = '; goes on by itself once that is over';

/** The parts as people read them; null: nothing happened. */
export function noteText(parts: readonly NotePart[]): string | null {
  if (parts.length === 0) return null;
  return parts.map(({ text, resumesItself }) => (resumesItself ? text + RESUMES : text)).join('; ');
}

/** The note of a session that no longer resumes automatically. */
export function untilResumed(parts: readonly NotePart[]): NotePart[] {
  return parts.map((part) => (part.resumesItself ? { ...part, resumesItself: false } : part));
}

/**
 * The note of a session that has resumed automatically: what had happened, and when it was over.
 */
export function withResumption(parts: readonly NotePart[], atMs: number): NotePart[] {
  return [...untilResumed(parts), { text: `went on at ${new Date(atMs).toISOString().slice(0, 19)}Z` }];
}

/** Whether one of them already names this reason. */
export function namesReason(parts: readonly NotePart[], reason: string): boolean {
  return parts.some((part) => part.reason === reason);
}

/** The parts of a state that an older version may have written: it has a single text, `note`. */
export function withNoteParts<State extends { noteParts?: readonly NotePart[]; note?: string | null }>(
  state: State,
): Omit<State, 'note'> & { noteParts: readonly NotePart[] } {
  const { note, ...rest } = state;
  return { ...rest, noteParts: state.noteParts ?? (note ? [{ text: note }] : []) };
}
