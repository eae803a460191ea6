/** Tasks in progress, of which there should be at most a number. */
export interface Backlog {
  /** Counts the task until it settles; it must not reject. */
  add(task: Promise<unknown>): void;
  /** Resolves when there is room for another task. One caller at a time. */
  hasRoom(): Promise<void>;
}

export function createBacklog(capacity: number): Backlog {
  let tasks = 0;
  let onRoom: (() => void) | undefined;
  return {
    add(task) {
      tasks++;
      void task.then(() => {
        tasks--;
        if (tasks < capacity) onRoom?.();
      });
    },
    async hasRoom() {
      if (tasks < capacity) return;
      await new Promise<void>((resolve) => (onRoom = resolve));
    },
  };
}
