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
 * The permits of the owners, stored for restarts: without the gateway the driver enforces the last
 * ones that it received.
 */
export interface PermitStore {
  readonly permits: Permits | undefined;
  /** Takes effect at once; resolves when it is on disk. Throws if it cannot be written. */
  set: (rotors: readonly RotorConfig[]) => Promise<void>;
}

export function openPermitStore(path: string, logger: Logger): PermitStore {
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
      const next = JSON.stringify(rotors.map(rotorConfigToMessage));
      text = next;
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

/** A damaged file counts as missing: the gateway sends the list again within seconds. */
function parse(text: string, logger: Logger): Permits | undefined {
  try {
    const list = JSON.parse(text) as Partial<RotorConfigMessage>[];
    const rotors = list.map((rotor) => rotorConfigFromMessage(RotorConfigMessage.fromPartial(rotor)));
    return new Map(rotors.map((rotor) => [rotor.id, rotor]));
  } catch (error) {
    logger.warn({ reason: errorMessage(error) }, 'cannot read the stored permits of the rotors');
    return undefined;
  }
}
