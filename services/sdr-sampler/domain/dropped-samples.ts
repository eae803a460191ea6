/** Counts the `dropped samples` messages of rtl_power. */
export interface DropCounter {
  /** Counts a message; returns true when they come so fast that the dongle is gone. */
  dropped(): boolean;
  /** Call at every tick. */
  tick(): void;
  /** Returns the number of messages since the last line of levels. */
  takeLine(): number;
}

/** Samples of one read of rtl_power; each message stands for about one read. */
export const SAMPLES_PER_DROP = 8_192;
/** With more, the levels of a line are useless. */
export const MAX_DROPS_PER_LINE = 40;
// A lost dongle causes thousands per second; rtl_power then averages the last block repeatedly.
const MAX_DROPS_PER_TICK = 20;

export function createDropCounter(): DropCounter {
  let inTick = 0;
  let inLine = 0;
  return {
    dropped() {
      inLine++;
      return ++inTick > MAX_DROPS_PER_TICK;
    },
    tick() {
      inTick = 0;
    },
    takeLine() {
      const drops = inLine;
      inLine = 0;
      return drops;
    },
  };
}
