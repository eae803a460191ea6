import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../runtime/env.ts';
import { requireWholeSite, siteFrom, siteVariables } from './site-variables.ts';

describe('the site', () => {
  const load = (env: Record<string, string>) =>
    siteFrom(loadConfig(z.object(siteVariables).superRefine(requireWholeSite), env));

  test.each([
    [{}, undefined],
    [
      { SITE_LATITUDE_DEG: '-33.9', SITE_LONGITUDE_DEG: '18.4' },
      { latitudeDeg: -33.9, longitudeDeg: 18.4, heightM: 0 },
    ],
    [
      { SITE_LATITUDE_DEG: '0', SITE_LONGITUDE_DEG: '0', SITE_HEIGHT_M: '520.5' },
      { latitudeDeg: 0, longitudeDeg: 0, heightM: 520.5 },
    ],
  ])('%j', (env, site) => expect(load(env)).toEqual(site));

  test.each([
    [{ SITE_LATITUDE_DEG: '52' }, 'SITE_LATITUDE_DEG: needs SITE_LONGITUDE_DEG'],
    [{ SITE_LONGITUDE_DEG: '13' }, 'SITE_LONGITUDE_DEG: needs SITE_LATITUDE_DEG'],
    [{ SITE_LATITUDE_DEG: '91', SITE_LONGITUDE_DEG: '0' }, '90'],
    [{ SITE_LATITUDE_DEG: '0', SITE_LONGITUDE_DEG: 'east' }, 'SITE_LONGITUDE_DEG'],
    [{ SITE_HEIGHT_M: '9001' }, 'SITE_HEIGHT_M'],
  ])('%j is refused', (env, message) => expect(() => load(env)).toThrow(message));
});
