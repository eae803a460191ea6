/** `3.2 points/s`; below one per second, points per minute. */
export function formatRate(perSecond: number): string {
  return perSecond >= 1 || perSecond === 0
    ? `${perSecond.toFixed(1)} points/s`
    : `${(perSecond * 60).toFixed(1)} points/min`;
}
