import { errorText } from './api.ts';

/** A change that can be undone. */
export interface UndoableChange {
  id: number;
  /** What was done: `Renamed to "Mast"`. */
  text: string;
  /** Why it could not be undone. */
  problem?: string;
}

/** The oldest ones are forgotten. */
const MAX_CHANGES = 3;

/** The latest changes that can be undone. */
export abstract class UndoList {
  /** The newest last. */
  abstract list: readonly UndoableChange[];
  readonly #reverts = new Map<number, () => Promise<void>>();
  #lastId = 0;

  /** `revert` undoes the change; it may be called after its page was left. */
  add(text: string, revert: () => Promise<void>): void {
    const id = ++this.#lastId;
    this.#reverts.set(id, revert);
    this.list = [...this.list, { id, text }];
    for (const { id: old } of this.list.slice(0, -MAX_CHANGES)) this.forget(old);
  }

  /**
   * Undoes a change; by default the last one. A change that cannot be undone stays with the reason.
   */
  async undo(id = this.list.at(-1)?.id): Promise<void> {
    const revert = id === undefined ? undefined : this.#reverts.get(id);
    if (id === undefined || !revert) return;
    // Once only, even if the button is pressed twice.
    this.#reverts.delete(id);
    try {
      await revert();
      this.forget(id);
    } catch (error) {
      this.#reverts.set(id, revert);
      const problem = errorText(error);
      this.list = this.list.map((change) => (change.id === id ? { ...change, problem } : change));
    }
  }

  forget(id: number): void {
    this.#reverts.delete(id);
    this.list = this.list.filter((change) => change.id !== id);
  }
}
