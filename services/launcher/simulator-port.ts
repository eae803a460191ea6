import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFileSync } from '#shared/runtime/durable-file';
import { freePort } from '#shared/runtime/free-port';
import { isPortFree, requireFree } from './ports.ts';

const DEFAULT_PORT = 4533;

/**
 * The port of the simulated rotctld: `SIM_ROTCTLD_PORT`, else the port of the last launch, else
 * 4533, else (all in use) any free port. It stays the same across launches, because rotors in the
 * database and interrupted scans refer to it.
 */
export async function simulatorPort(dataDir: string, wanted: number | undefined): Promise<number> {
  if (wanted !== undefined && wanted !== 0) {
    await requireFree('SIM_ROTCTLD_PORT', wanted);
    return wanted;
  }
  const file = join(dataDir, 'simulator-port');
  const candidates = wanted === 0 ? [storedPort(file)] : [storedPort(file), DEFAULT_PORT];
  for (const port of candidates)
    if (port !== undefined && (await isPortFree(port))) return storePort(file, port);
  return storePort(file, await freePort());
}

function storedPort(path: string): number | undefined {
  try {
    const port = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  } catch {
    return undefined;
  }
}

function storePort(path: string, port: number): number {
  replaceFileSync(path, `${port}\n`);
  return port;
}
