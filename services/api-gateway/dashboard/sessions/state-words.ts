import type { Session } from '../lib/api-types.ts';

/** The state of a session in a sentence, and what it means for who looks at it. */
export function stateWords({ status, notes, completed_points, total_points }: Session): string {
  switch (status) {
    case 'pending':
      return 'Waits for its rotor; begins by itself.';
    case 'running':
      return 'The rotor moves and the receiver measures.';
    case 'paused':
      return notes?.trimEnd().endsWith('goes on by itself once that is over')
        ? 'Paused by something that passes; goes on by itself.'
        : 'Paused: the rotor holds. Resume goes on with the first point that is missing.';
    case 'completed':
      return 'Every point of the grid is measured.';
    case 'cancelled':
      return completed_points === 0
        ? 'Cancelled before the first point.'
        : `Cancelled; the ${completed_points} of ${total_points} points that were measured are kept.`;
  }
}
