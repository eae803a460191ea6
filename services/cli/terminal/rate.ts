/** `3.2 points/s`, or per minute where that says more. */
export function formatRate(perSecond: number): string {
  return perSecond >= 1 || perSecond === 0
    ? `${perSecond.toFixed(1)} points/s`
    : `${(perSecond * 60).toFixed(1)} points/min`;
}
