import { z } from 'zod';
import type { SunKeepOut } from '../sky/sun-keep-out.ts';
import { siteFrom, siteVariables, type SiteSettings } from './site-variables.ts';

/** Used by scan-orchestrator, whose scans wait for the Sun, and rotor-driver, which avoids it. */
export const sunVariables = {
  SUN_KEEP_OUT_DEG: z.coerce
    .number()
    .gt(0)
    .max(90)
    .optional()
    .describe(
      'minimum distance of the antenna from the Sun: scans wait, and moves take another route; a rotor opts out with `avoid_sun` `false`. Set it for scan-orchestrator and rotor-driver',
    ),
  ...siteVariables,
};

interface SunSettings extends SiteSettings {
  SUN_KEEP_OUT_DEG?: number | undefined;
}

/** For `superRefine`: the Sun needs a location. */
export function requireSiteForSun(settings: SunSettings, context: z.RefinementCtx): void {
  if (settings.SUN_KEEP_OUT_DEG === undefined || siteFrom(settings)) return;
  const message = 'needs SITE_LATITUDE_DEG and SITE_LONGITUDE_DEG';
  context.addIssue({ code: 'custom', path: ['SUN_KEEP_OUT_DEG'], message });
}

/** Undefined if no distance is configured. */
export function sunKeepOut(settings: SunSettings): SunKeepOut | undefined {
  const { SUN_KEEP_OUT_DEG: keepOutDeg } = settings;
  const site = siteFrom(settings);
  return keepOutDeg === undefined || !site ? undefined : { keepOutDeg, ...site };
}
