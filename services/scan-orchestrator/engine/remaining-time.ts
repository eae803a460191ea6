import type { Tour } from '../domain/remaining-tour.ts';
import type { Plan } from '../domain/plan-inputs.ts';

/** Expected time for `left` of `total` points, seconds. */
export function remainingSeconds(
  { expectedSeconds, travelSeconds }: Pick<Plan, 'expectedSeconds' | 'travelSeconds'>,
  tour: Tour | undefined,
  left: number,
  total: number,
): number {
  const share = left / total;
  if (!tour) return expectedSeconds * share;
  const { order, travelFrom } = tour;
  const travel = travelFrom[Math.max(0, order.length - left)] ?? 0;
  return (expectedSeconds - travelSeconds) * share + travel;
}
