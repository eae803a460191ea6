import { createColumnarReader } from '../lib/columnar.ts';
import type { SessionSource } from '../lib/session-source.ts';
import { lastSeqOf, referencesIn, type ReferenceLevel } from './drift.ts';

/** The reference measurements of a session after a point, and the last point that was looked at. */
export async function loadReferences(
  source: Pick<SessionSource, 'measurements'>,
  sessionId: number,
  afterSeq: number,
  signal: AbortSignal,
): Promise<{ references: ReferenceLevel[]; lastSeq: number }> {
  const read = createColumnarReader();
  const references: ReferenceLevel[] = [];
  let lastSeq = afterSeq;
  for await (const bytes of source.measurements(sessionId, afterSeq, signal))
    for (const block of read(bytes)) {
      references.push(...referencesIn(block));
      lastSeq = Math.max(lastSeq, lastSeqOf(block));
    }
  return { references, lastSeq };
}
