import { Mutex } from 'async-mutex';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { RotorConfig as RotorConfigMessage } from '#proto/common';
import { makeFolderSync, replaceFile } from '#shared/runtime/durable-file';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { rotorConfigFromMessage, rotorConfigToMessage } from '#shared/rotor/rotor-messages';
import type { Permits } from '../domain/permit.ts';

/**
 * What the owners allow, across restarts: a driver that starts while the gateway is away enforces
 * what it was told last.
 */
export interface PermitBook {
  readonly permits: Permits | undefined;
  /** In force at once; resolves when it is on disk. Throws when it cannot be written. */
  set: (rotors: readonly RotorConfig[]) => Promise<void>;
}

export function openPermitBook(path: string, logger: Logger): PermitBook {
  const writes = new Mutex();
  let text = read(path);
  let written = text;
  let permits = text === undefined ? undefined : parse(text, logger);
  return {
    get permits() {
      return permits;
    },
    set(rotors) {
      permits = new Map(rotors.map((rotor) => [rotor.id, rotor]));
      const now = JSON.stringify(rotors.map(rotorConfigToMessage));
      text = now;
      return writes.runExclusive(async () => {
        if (text === written) return;
        const latest = text;
        makeFolderSync(dirname(path));
        await replaceFile(path, latest ?? '');
        written = latest;
      });
    },
  };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** A damaged file counts as none: the gateway sends its list again within seconds. */
function parse(text: string, logger: Logger): Permits | undefined {
  try {
    const list = JSON.parse(text) as Partial<RotorConfigMessage>[];
    const rotors = list.map((rotor) => rotorConfigFromMessage(RotorConfigMessage.fromPartial(rotor)));
    return new Map(rotors.map((rotor) => [rotor.id, rotor]));
  } catch (error) {
    logger.warn({ reason: errorMessage(error) }, 'cannot read what the owners of rotors allow');
    return undefined;
  }
}
