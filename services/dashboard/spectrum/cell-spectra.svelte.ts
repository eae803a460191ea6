import type { Spectrum } from '#contract/rest/spectra';
import { ApiError } from '#contract/client/api-error';
import { errorText } from '../lib/api.ts';
import { LatestRequest } from '../lib/latest-request.ts';
import type { SpectraSource } from './spectra-source.ts';

/** A spectrum, or why there is none. */
export type CellSpectrum = { spectrum: Spectrum } | { problem: string };

const MAX_CACHED = 100;
// Long enough to skip the cells that the pointer only crosses.
const HOVER_MS = 60;

/** Loads spectra of cells, at most one at a time, and keeps the last ones. */
export class CellSpectra {
  readonly #known = new Map<string, CellSpectrum>();
  /** Incremented when another spectrum is known. */
  #version = $state(0);
  readonly #source: Pick<SpectraSource, 'ofCell'>;
  readonly #hover: LatestRequest<{ cell: number; bandIndex: number }, CellSpectrum>;
  readonly #ending = new AbortController();

  constructor(source: Pick<SpectraSource, 'ofCell'>) {
    this.#source = source;
    this.#hover = new LatestRequest(
      {
        fetch: ({ cell, bandIndex }, signal) => this.#load(cell, bandIndex, signal),
        onResponse: (result, { cell, bandIndex }) => this.#keep(cell, bandIndex, result),
        onFailure: () => undefined,
      },
      HOVER_MS,
    );
  }

  /** The spectrum of a cell by index; undefined: not loaded. */
  of(cell: number, bandIndex: number): CellSpectrum | undefined {
    return this.#version >= 0 ? this.#known.get(keyOf(cell, bandIndex)) : undefined;
  }

  /** Loads the spectrum of the cell under the pointer, soon. */
  hover(cell: number, bandIndex: number): void {
    if (this.#known.has(keyOf(cell, bandIndex))) this.#hover.stop();
    else this.#hover.send({ cell, bandIndex });
  }

  /** Loads the spectrum of a selected cell at once. */
  async select(cell: number, bandIndex: number): Promise<void> {
    if (this.#known.has(keyOf(cell, bandIndex))) return;
    const result = await this.#load(cell, bandIndex, this.#ending.signal).catch(() => undefined);
    if (result) this.#keep(cell, bandIndex, result);
  }

  close(): void {
    this.#hover.stop();
    this.#ending.abort();
  }

  async #load(cell: number, bandIndex: number, signal: AbortSignal): Promise<CellSpectrum> {
    try {
      return { spectrum: await this.#source.ofCell(cell, bandIndex, signal) };
    } catch (error) {
      // A lost connection is reported by the page, and another attempt may succeed.
      if (!(error instanceof ApiError) || error.status === 0) throw error;
      return { problem: errorText(error) };
    }
  }

  #keep(cell: number, bandIndex: number, result: CellSpectrum): void {
    const key = keyOf(cell, bandIndex);
    this.#known.delete(key);
    this.#known.set(key, result);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_CACHED && oldest !== undefined) this.#known.delete(oldest);
    this.#version++;
  }
}

function keyOf(cell: number, bandIndex: number): string {
  return `${bandIndex} ${cell}`;
}
