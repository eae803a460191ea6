import type { ApiKeySource } from './api.ts';
import { writeStored, API_KEY_NAME, readStored } from './storage.ts';

/** The user's API key: held in memory, and in the browser's storage only on request. */
export class ApiKey implements ApiKeySource {
  value = $state<string | undefined>(readStored(API_KEY_NAME));
  /** The API requires a key, or another one. */
  required = $state(false);
  /** Whether the user is being asked for a key. */
  asking = $state(false);
  /** The API rejected the given key. */
  rejected = $state(false);

  onUnauthorized(sent: string | undefined): void {
    // The user has entered another key since.
    if (sent !== this.value) return;
    this.rejected = sent !== undefined;
    // Asks once per key, not after every request.
    if (!this.required) this.asking = true;
    this.required = true;
  }

  use(key: string, remember: boolean): void {
    this.value = key;
    this.required = this.asking = false;
    writeStored(API_KEY_NAME, remember ? key : undefined);
  }

  forget(): void {
    this.value = undefined;
    this.rejected = false;
    this.required = this.asking = true;
    writeStored(API_KEY_NAME, undefined);
  }
}
