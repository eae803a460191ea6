import type { PointMessage } from '#contract/mqtt-messages';
import type { SessionRow } from '../store/sessions.ts';
import { checkPoint } from './check-point.ts';

/** The leading messages that continue the stored points of a running session and fit its plan. */
export function leadingRun(row: SessionRow, messages: PointMessage[]): PointMessage[] {
  if (row.status !== 'running' || row.spectrum) return [];
  const end = messages.findIndex(
    ({ session_id, seq, measurement }, index) =>
      session_id !== row.id ||
      seq !== measurement.seq ||
      seq !== row.completed_points + 1 + index ||
      checkPoint(measurement, row) !== undefined,
  );
  return end < 0 ? messages : messages.slice(0, end);
}
