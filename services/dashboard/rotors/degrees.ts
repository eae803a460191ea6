import type { ApiPointing } from '#contract/measurement';

/**
 * `azimuth 123.4 deg, elevation 5.0 deg`: with one decimal, so that figures that change keep their
 * width.
 */
export function pointingWords({ azimuth, elevation }: ApiPointing): string {
  return `azimuth ${degrees(azimuth)} deg, elevation ${degrees(elevation)} deg`;
}

export function degrees(deg: number): string {
  // Not -0.0.
  return (Math.round(deg * 10) / 10 + 0).toFixed(1);
}
