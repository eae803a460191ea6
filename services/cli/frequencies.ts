import { InvalidArgumentError } from 'commander';
import type { ApiBand } from '#contract/rest/bands';

const UNITS: Record<string, number> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };

/** A frequency in Hz from `1090M`, `1.42G`, `868.3MHz` or `100000`. */
export function parseFrequency(name: string, text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d*)?|\.\d+)([kMG]?)(?:Hz)?$/i.exec(text) ?? [];
  const hertz = Number(digits) * (UNITS[unit.toLowerCase()] ?? NaN);
  if (!(hertz > 0))
    throw new InvalidArgumentError(
      `${name} "${text}" must be a frequency above 0 Hz, such as 1090M, 1.42G or 868300k.`,
    );
  // 868.3 times a million is not a whole number of hertz.
  return Number(hertz.toPrecision(12));
}

/** A band `centre/bandwidth`, after those of earlier options. */
export function parseBand(text: string, previous: ApiBand[] = []): ApiBand[] {
  const [center = '', bandwidth = '', ...more] = text.split('/');
  if (bandwidth === '' || more.length > 0)
    throw new InvalidArgumentError('It must look like CENTRE/BANDWIDTH: 1090M/2M.');
  return [
    ...previous,
    {
      center_frequency_hz: parseFrequency('centre', center),
      bandwidth_hz: parseFrequency('bandwidth', bandwidth),
    },
  ];
}
