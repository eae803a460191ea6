/** The part of the Emscripten module that is used here. Addresses are bytes. */
declare module '@echogarden/pffft-wasm/simd' {
  export interface Pffft {
    HEAPF32: Float32Array;
    _pffft_new_setup(size: number, kind: number): number;
    _pffft_aligned_malloc(bytes: number): number;
    _pffft_transform_ordered(
      setup: number,
      input: number,
      output: number,
      work: number,
      direction: number,
    ): void;
  }
  export default function load(options: { printErr: (text: string) => void }): Promise<Pffft>;
}
