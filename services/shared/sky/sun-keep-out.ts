import { z } from 'zod';
import { separationDeg, type Pointing } from './pointing.ts';
import { siteFrom, siteVariables, type Site, type SiteSettings } from './site.ts';
import { describeNearness } from './sky-disc.ts';
import { createSunAndMoon } from './sun-and-moon.ts';

/** The same for scan-orchestrator, whose scans wait for the Sun to move on, and rotor-driver, which keeps every move away from it. */
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

/** Where the rotator stands and how far from the Sun it keeps. */
export interface SunKeepOut extends Site {
  keepOutDeg: number;
}

/** Undefined: no distance is kept. */
export function sunKeepOut(settings: SunSettings): SunKeepOut | undefined {
  const { SUN_KEEP_OUT_DEG: keepOutDeg } = settings;
  const site = siteFrom(settings);
  return keepOutDeg === undefined || !site ? undefined : { keepOutDeg, ...site };
}

/** The name of the disc around it, in messages. */
export const SUN = 'the Sun';

// Refraction and the size of the disc: below this the Earth is in between.
const RISES_DEG = -1;

/** Where the Sun is at a Unix time; undefined while it is below the horizon. */
export function createSunAbove(site: Site): (unixMs: number) => Pointing | undefined {
  const { sun } = createSunAndMoon(site);
  return (unixMs) => {
    const at = sun(unixMs);
    return at.elevationDeg < RISES_DEG ? undefined : at;
  };
}

/** Says whether a pointing is too near to the Sun at a Unix time. */
export function createSunCondition({ keepOutDeg, ...site }: SunKeepOut) {
  const sunAbove = createSunAbove(site);
  return (pointing: Pointing, unixMs: number): string | undefined => {
    const centre = sunAbove(unixMs);
    if (!centre || separationDeg(pointing, centre) >= keepOutDeg) return undefined;
    return describeNearness({ name: SUN, centre, radiusDeg: keepOutDeg }, pointing);
  };
}
