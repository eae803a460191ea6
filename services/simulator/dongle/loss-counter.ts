/** Decides which blocks are lost and counts them, for all clients. */
export interface LossCounter {
  readonly droppedBlocks: number;
  /** Loses this many samples, as a full USB queue does. */
  loseSamples(samples: number): void;
  /** Returns whether the next block is lost. */
  losesBlock(samples: number, isFull: boolean): boolean;
  dropped(blocks: number): void;
}

export function createLossCounter(): LossCounter {
  let samplesToLose = 0;
  let droppedBlocks = 0;
  return {
    get droppedBlocks() {
      return droppedBlocks;
    },
    loseSamples(samples) {
      samplesToLose += samples;
    },
    losesBlock(samples, isFull) {
      if (!isFull && samplesToLose <= 0) return false;
      samplesToLose = Math.max(0, samplesToLose - samples);
      droppedBlocks++;
      return true;
    },
    dropped(blocks) {
      droppedBlocks += blocks;
    },
  };
}
