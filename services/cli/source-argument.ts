import { InvalidArgumentError } from 'commander';
import { FRAME_BODIES, type FrameRequest } from '#contract/rest/frames';
import { parseNumber } from './arguments.ts';

const parseAzimuth = parseNumber('azimuth', -360, 360, 'deg');
const parseElevation = parseNumber('elevation', -10, 90, 'deg');

/** `sun`, `moon`, `180:30`, `satellite=NOAA 19` or `emitter=pager`. */
export function parseSource(text: string): FrameRequest['source'] {
  const body = FRAME_BODIES.find((name) => name === text);
  if (body) return body;
  const [, kind, name = ''] = /^(satellite|emitter)=(.+)$/.exec(text) ?? [];
  if (kind === 'satellite') return { satellite: /^[1-9]\d{0,8}$/.test(name) ? Number(name) : name };
  if (kind === 'emitter') return { emitter: name };
  const [azimuth = '', elevation = '', ...more] = text.split(':');
  if (elevation === '' || more.length > 0)
    throw new InvalidArgumentError('It must be sun, moon, AZ:EL, satellite=NAME or emitter=NAME: 180.5:30.');
  return { azimuth: parseAzimuth(azimuth), elevation: parseElevation(elevation) };
}
