import type { Identity } from './api.ts';
import { keep, KEY, recall } from './storage.ts';

/** The API key of whoever sits here: in memory, and beyond this visit only when they want that. */
export class KeyHolder implements Identity {
  key = $state<string | undefined>(recall(KEY));
  /** The API has asked for a key. */
  wanted = $state(false);
  /** A key was given, and the API did not take it. */
  wrong = $state(false);

  onRefused(): void {
    this.wrong = this.key !== undefined;
    this.wanted = true;
  }

  use(key: string, beyondThisVisit: boolean): void {
    this.key = key;
    this.wanted = false;
    keep(KEY, beyondThisVisit ? key : undefined);
  }

  forget(): void {
    this.key = undefined;
    this.wrong = false;
    this.wanted = true;
    keep(KEY, undefined);
  }
}
