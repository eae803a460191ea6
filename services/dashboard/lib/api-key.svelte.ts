import type { ApiKeySource } from './api.ts';
import { writeStored, API_KEY_NAME, readStored } from './storage.ts';

/** The user's API key: held in memory, and in the browser's storage only on request. */
export class ApiKey implements ApiKeySource {
  value = $state<string | undefined>(readStored(API_KEY_NAME));
  /** The API requires a key. */
  required = $state(false);
  /** The API rejected the given key. */
  rejected = $state(false);

  onUnauthorized(): void {
    this.rejected = this.value !== undefined;
    this.required = true;
  }

  use(key: string, remember: boolean): void {
    this.value = key;
    this.required = false;
    writeStored(API_KEY_NAME, remember ? key : undefined);
  }

  forget(): void {
    this.value = undefined;
    this.rejected = false;
    this.required = true;
    writeStored(API_KEY_NAME, undefined);
  }
}
