import FFT from 'fft.js';
import type { Pffft } from '@echogarden/pffft-wasm/simd';
import type { Logger } from '#shared/runtime/logger';
import type { SpectrumFft } from '../domain/spectrum-meter.ts';

/** Returns an FFT of a size that is a power of two. It may be shared: it keeps no samples. */
export type CreateSpectrumFft = (size: number) => SpectrumFft;

// Of pffft.h.
const COMPLEX = 1;
const FORWARD = 0;
const FLOAT_BYTES = 4;

/**
 * Loads pffft, which needs WebAssembly with SIMD and computes in single precision. Where it does
 * not run: fft.js, which takes two to three times as long.
 */
export async function loadSpectrumFft(
  logger: Logger,
  load: () => Promise<Pffft> = loadPffft,
): Promise<CreateSpectrumFft> {
  try {
    const pffft = await load();
    return keptBySize((size) => createPffft(pffft, size));
  } catch (error) {
    logger.warn({ err: error }, 'pffft does not run here: spectra are computed with fft.js');
    return createFftJs;
  }
}

async function loadPffft(): Promise<Pffft> {
  const { default: start } = await import('@echogarden/pffft-wasm/simd');
  return await start({ printErr: () => undefined });
}

/** The fallback, in double precision. */
export function createFftJs(size: number): SpectrumFft {
  const fft = new FFT(size);
  const input = new Float64Array(2 * size);
  const output = fft.createComplexArray() as number[];
  return {
    size,
    input,
    transform() {
      fft.transform(output, input);
      return output;
    },
  };
}

/** Never freed, so there is one per size. All sizes fit into the initial memory. */
function createPffft(pffft: Pffft, size: number): SpectrumFft {
  const setup = pffft._pffft_new_setup(size, COMPLEX);
  const bytes = 2 * size * FLOAT_BYTES;
  const [input, output, work] = [1, 2, 3].map(() => pffft._pffft_aligned_malloc(bytes)) as [
    number,
    number,
    number,
  ];
  const floatsAt = (address: number) =>
    pffft.HEAPF32.subarray(address / FLOAT_BYTES, (address + bytes) / FLOAT_BYTES);
  const transformed = floatsAt(output);
  return {
    size,
    input: floatsAt(input),
    transform() {
      pffft._pffft_transform_ordered(setup, input, output, work, FORWARD);
      return transformed;
    },
  };
}

function keptBySize(create: CreateSpectrumFft): CreateSpectrumFft {
  const bySize = new Map<number, SpectrumFft>();
  return (size) => {
    const fft = bySize.get(size) ?? create(size);
    bySize.set(size, fft);
    return fft;
  };
}
