import type { Socket } from 'node:net';
import type { Clock } from '#shared/runtime/clock';
import type { Dongle } from '../engine/dongle.ts';
import type { Faults } from '../engine/faults.ts';
import { encodeHeader } from './rtl-tcp-codec.ts';
import type { LossCounter } from './loss-counter.ts';

export interface BlockStreamOptions {
  blockBytes: number;
  dongle: Dongle;
  faults: Readonly<Faults>;
  losses: LossCounter;
  clock: Clock;
}

// A client that does not read loses blocks beyond this limit.
const MAX_UNSENT_BYTES = 1 << 20;
// After a longer pause of this process, older samples are dropped.
const MAX_LATE_MS = 1_000;

/** Sends the header and then each block to a client, when its last sample is due. */
export class BlockStream {
  readonly #socket: Socket;
  readonly #options: BlockStreamOptions;
  readonly #freeBlocks: Buffer[] = [];
  /** Sampled blocks that are not sent yet. */
  readonly #pendingBlocks: { block: Buffer; sampledMs: number }[];
  /** When the first sample of the next block is due. */
  #nextMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, options: BlockStreamOptions) {
    this.#socket = socket;
    this.#options = options;
    const nowMs = options.clock.monotonicMs();
    this.#pendingBlocks = [{ block: encodeHeader(), sampledMs: nowMs }];
    this.#nextMs = nowMs;
    this.#tick();
  }

  /** Samples all blocks that are due. */
  sampleDue(): void {
    const { blockBytes, losses, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const blockMs = this.#blockMs();
    const late = Math.floor((nowMs - this.#nextMs - MAX_LATE_MS) / blockMs);
    if (late > 0) {
      losses.dropped(late);
      this.#nextMs += late * blockMs;
    }
    for (; this.#nextMs + blockMs <= nowMs; this.#nextMs += blockMs) {
      if (this.#options.faults.dongleSilent) continue;
      const isFull = this.#socket.writableLength > MAX_UNSENT_BYTES;
      if (losses.losesBlock(blockBytes / 2, isFull)) continue;
      this.#sample(this.#nextMs);
    }
    this.#send(nowMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #blockMs(): number {
    const { blockBytes, dongle, faults } = this.#options;
    return (blockBytes / 2 / (faults.dongleRateHz || dongle.state.sampleRateHz)) * 1000;
  }

  #tick(): void {
    this.sampleDue();
    const delayMs = this.#nextMs + this.#blockMs() - this.#options.clock.monotonicMs();
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, delayMs));
  }

  #sample(firstMs: number): void {
    const block = this.#freeBlocks.pop() ?? Buffer.allocUnsafeSlow(this.#options.blockBytes);
    this.#options.dongle.sample(block, firstMs);
    this.#pendingBlocks.push({ block, sampledMs: firstMs });
  }

  #send(nowMs: number): void {
    const { blockBytes, faults } = this.#options;
    const kept = this.#pendingBlocks.findIndex(({ sampledMs }) => sampledMs + faults.dongleLateMs > nowMs);
    for (const { block } of this.#pendingBlocks.splice(0, kept < 0 ? this.#pendingBlocks.length : kept))
      this.#socket.write(block, () => block.length === blockBytes && this.#freeBlocks.push(block));
  }
}
