import { SkyScanError } from '#shared/base/errors';
import {
  decodeHeader,
  EXTENDED_HEADER,
  EXTENDED_MODE,
  HEADER_BYTES,
  type Expected,
} from './rtl-tcp-codec.ts';
import type { Tuner } from './tuners.ts';

/** What some bytes of a server contain. */
export interface Decoded {
  /** With the last byte of the header. */
  tuner?: Tuner;
  /** Blocks of complete samples. */
  samples: Uint8Array[];
}

/** Decodes what an rtl_tcp server sends: a header, then samples. */
export class RtlTcpDecoder {
  readonly #expected: Expected;
  #header: Buffer | undefined = Buffer.alloc(0);
  /** The first bytes after the header, until they are known to be samples. */
  #first: Buffer | undefined = Buffer.alloc(0);
  /** The first half of an incomplete sample. */
  #half: number | undefined;

  constructor(expected: Expected) {
    this.#expected = expected;
  }

  get hasHeader(): boolean {
    return this.#header === undefined;
  }

  /**
   * Throws `unavailable` when the server is not rtl_tcp, has an unknown tuner or sends the samples
   * of another format.
   */
  push(bytes: Uint8Array): Decoded {
    if (!this.#header) return { samples: this.#samplesOf(bytes) };
    const header = Buffer.concat([this.#header, bytes]);
    this.#header = header;
    if (header.length < HEADER_BYTES) return { samples: [] };
    const tuner = decodeHeader(header, this.#expected);
    this.#header = undefined;
    return { tuner, samples: this.#samplesOf(header.subarray(HEADER_BYTES)) };
  }

  /** The samples, unless they start with the second header of rsp_tcp. */
  #samplesOf(bytes: Uint8Array): Uint8Array[] {
    if (!this.#first) return this.#completeSamples(bytes);
    const first = Buffer.concat([this.#first, bytes]);
    this.#first = first;
    if (first.length < EXTENDED_HEADER.length) return [];
    this.#first = undefined;
    if (first.toString('latin1', 0, EXTENDED_HEADER.length) === EXTENDED_HEADER)
      throw new SkyScanError('unavailable', EXTENDED_MODE);
    return this.#completeSamples(first);
  }

  #completeSamples(bytes: Uint8Array): Uint8Array[] {
    const samples: Uint8Array[] = [];
    let whole = bytes;
    if (this.#half !== undefined && whole.length > 0) {
      samples.push(Uint8Array.of(this.#half, whole[0] as number));
      whole = whole.subarray(1);
      this.#half = undefined;
    }
    if (whole.length % 2 === 1) {
      this.#half = whole[whole.length - 1];
      whole = whole.subarray(0, -1);
    }
    if (whole.length > 0) samples.push(whole);
    return samples;
  }
}
