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
export class PermitStore {
  readonly #path: string;
  readonly #writes = new Mutex();
  /** The text of the file. */
  #written: string | undefined;
  /** The text of the current permits. */
  #text: string | undefined;
  #permits: Permits | undefined;

  constructor(path: string, logger: Logger) {
    this.#path = path;
    this.#written = read(path);
    this.#text = this.#written;
    this.#permits = this.#text === undefined ? undefined : parse(this.#text, logger);
  }

  get permits(): Permits | undefined {
    return this.#permits;
  }

  /** Takes effect at once; resolves when it is on disk. Throws if it cannot be written. */
  set(rotors: readonly RotorConfig[]): Promise<void> {
    this.#permits = new Map(rotors.map((rotor) => [rotor.id, rotor]));
    this.#text = JSON.stringify(rotors.map(rotorConfigToMessage));
    return this.#writes.runExclusive(() => this.#write());
  }

  /** Writes the current permits, unless the file has them already. */
  async #write(): Promise<void> {
    const text = this.#text;
    if (text === undefined || text === this.#written) return;
    makeFolderSync(dirname(this.#path));
    await replaceFile(this.#path, text);
    this.#written = text;
  }
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
