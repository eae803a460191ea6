import type { BlockList } from 'node:net';
import { SkyScanError } from '#shared/base/errors';
import { isLoopbackHost } from '#shared/runtime/loopback';
import { parseNetworks } from '#shared/runtime/network-addresses';

/** A port at which a rotor answers like Hamlib's rotctld. */
export interface FrontSetting {
  rotorId: number;
  host: string;
  port: number;
  /** The networks of its clients; undefined: loopback only. */
  networks: BlockList | undefined;
}

const KEYS = ['rotor', 'port', 'host', 'allow'];
const MAX_ROTOR_ID = 2 ** 31 - 1;
const MAX_PORT = 65_535;

/**
 * Parses `rotor=1,port=4633`; several are separated by `;`. Optional: `host=0.0.0.0` (default:
 * 127.0.0.1), which needs `allow=192.168.1.0/24`, once for each network. Throws `invalid`.
 */
export function parseFronts(text: string): FrontSetting[] {
  const fronts = text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseFront);
  for (const [index, front] of fronts.entries())
    for (const earlier of fronts.slice(0, index)) {
      if (earlier.rotorId === front.rotorId) throw invalid(`rotor ${front.rotorId} is given twice`);
      if (earlier.port === front.port) throw invalid(`port ${front.port} is given twice`);
    }
  return fronts;
}

function parseFront(text: string): FrontSetting {
  const given = new Map<string, string[]>();
  for (const part of text.split(',')) {
    const [key = '', value = ''] = part.split('=').map((side) => side.trim());
    if (!KEYS.includes(key) || value === '')
      throw invalid(`"${part.trim()}" must be one of ${KEYS.map((known) => `${known}=...`).join(', ')}`);
    if (given.has(key) && key !== 'allow') throw invalid(`${key} is given twice in "${text}"`);
    given.set(key, [...(given.get(key) ?? []), value]);
  }
  const host = given.get('host')?.[0] ?? '127.0.0.1';
  const allow = given.get('allow');
  if (!isLoopbackHost(host) && !allow)
    throw invalid(
      `host=${host} can be reached from other machines, and rotctld knows no keys: add the networks of its clients, such as allow=192.168.1.0/24`,
    );
  return {
    rotorId: wholeNumber(given, 'rotor', MAX_ROTOR_ID, text),
    port: wholeNumber(given, 'port', MAX_PORT, text),
    host,
    networks: allow && parseNetworks(allow.join(',')),
  };
}

function wholeNumber(given: Map<string, string[]>, key: string, max: number, text: string): number {
  const [value] = given.get(key) ?? [];
  if (value === undefined) throw invalid(`"${text}" needs ${key}=...`);
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  if (!(number >= 1 && number <= max)) throw invalid(`${key}=${value} must be a whole number in 1..${max}`);
  return number;
}

function invalid(message: string): SkyScanError {
  return new SkyScanError('invalid', message);
}
