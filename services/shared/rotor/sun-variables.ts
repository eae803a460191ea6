import { z } from 'zod';
import type { SunKeepOut } from '../sky/sun-keep-out.ts';
import { siteFrom, siteVariables, type SiteSettings } from './site-variables.ts';

/**
 * The same for scan-orchestrator, whose scans wait for the Sun to move on, and rotor-driver, which
 * keeps every move away from it.
 */
export const sunVariables = {
  SUN_KEEP_OUT_DEG: z.coerce
    .number()
    .gt(0)
    .max(90)
    .optional()
    .describe(
      'scans wait, and moves go round, where the antenna would come nearer to the Sun than this; `avoid_sun` `false` of a rotor opts out. Set it for scan-orchestrator and rotor-driver',
    ),
  ...siteVariables,
};

interface SunSettings extends SiteSettings {
  SUN_KEEP_OUT_DEG?: number | undefined;
}

/** For `superRefine`. */
export function requireSiteForSun(settings: SunSettings, context: z.RefinementCtx): void {
  if (settings.SUN_KEEP_OUT_DEG === undefined || siteFrom(settings)) return;
  const message = 'needs SITE_LATITUDE_DEG and SITE_LONGITUDE_DEG';
  context.addIssue({ code: 'custom', path: ['SUN_KEEP_OUT_DEG'], message });
}

/** Undefined: no distance is kept. */
export function sunKeepOut(settings: SunSettings): SunKeepOut | undefined {
  const { SUN_KEEP_OUT_DEG: keepOutDeg } = settings;
  const site = siteFrom(settings);
  return keepOutDeg === undefined || !site ? undefined : { keepOutDeg, ...site };
}
