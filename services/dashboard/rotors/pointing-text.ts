import type { ApiPointing } from '#contract/measurement';

/** `azimuth 123.4 deg, elevation 5.0 deg`. */
export function pointingText({ azimuth, elevation }: ApiPointing): string {
  return `azimuth ${fixedDegrees(azimuth)} deg, elevation ${fixedDegrees(elevation)} deg`;
}

/** Always one decimal, so that changing values keep their width. */
export function fixedDegrees(deg: number): string {
  // Adding 0 turns -0 into 0.
  return (Math.round(deg * 10) / 10 + 0).toFixed(1);
}
