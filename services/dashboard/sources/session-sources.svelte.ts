import type { Source, SourceSearch, SourceSettings } from '#contract/rest/sources';
import { errorText, type Api } from '../lib/api.ts';
import { Repetition } from '../lib/repetition.ts';
import { sourceText } from './source-text.ts';
import { SourceMarks } from './source-marks.ts';

const EVERY_MS = 3_000;
/** After the end of a session, its search begins within this many requests. */
const MAX_WAITS = 10;

/** The search for the sources of a session and its result, as reactive state. */
export class SessionSources {
  /** Undefined while it is loaded, null: there is none. */
  search = $state.raw<SourceSearch | null | undefined>();
  /** The strongest first; undefined: not known. */
  list = $state.raw<readonly Source[] | undefined>();
  /** Why the state cannot be loaded. */
  problem = $state<string | undefined>();
  readonly #api: Api;
  readonly #path;
  #repetition: Repetition | undefined;
  #isActive = false;
  #waits = 0;
  /** Identifies the result in `list`. */
  #loaded = '';

  constructor(api: Api, sessionId: number) {
    this.#api = api;
    this.#path = `/api/skyscan/${sessionId}/sources` as const;
  }

  /** Whether a search is requested or running. */
  get isSearching(): boolean {
    return isOpen(this.search);
  }

  /** Loads the state, and again while it may change. `isActive`: the session has not ended. */
  follow(isActive: boolean): void {
    this.close();
    this.#isActive = isActive;
    this.#waits = 0;
    const repetition = new Repetition(
      async (signal) => {
        await this.#load(signal);
        if (!this.#mayChange()) repetition.stop();
      },
      EVERY_MS,
      (error) => (this.problem = errorText(error)),
    );
    this.#repetition = repetition;
  }

  /** Throws `ApiError`. */
  async request(settings: SourceSettings): Promise<void> {
    const [search] = await this.#api.post(this.#path, settings);
    this.search = search ?? null;
    this.follow(this.#isActive);
  }

  /** Throws `ApiError`. */
  async cancel(): Promise<void> {
    await this.#api.delete(`${this.#path}/searches`);
    this.follow(this.#isActive);
  }

  close(): void {
    this.#repetition?.stop();
  }

  /** The source before or after another one; the first or the last if there is no other. */
  next(number: number | undefined, step: 1 | -1): number | undefined {
    const list = this.list ?? [];
    const index = list.findIndex((source) => source.number === number);
    const from = index >= 0 ? index : step === 1 ? -1 : 0;
    return list.at((from + step) % list.length)?.number;
  }

  /** A source in a few words; undefined if it does not exist. */
  describe(number: number): string | undefined {
    const source = this.list?.find((each) => each.number === number);
    return source && `Source ${number}: ${sourceText(source)}`;
  }

  /** The sources on the map; undefined: none. */
  marks(selected: number | undefined, onpick: (number: number) => void): SourceMarks | undefined {
    return this.list && this.list.length > 0 ? new SourceMarks(this.list, selected, onpick) : undefined;
  }

  async #load(signal: AbortSignal): Promise<void> {
    const [search = null] = await this.#api.get(`${this.#path}/searches`, signal);
    const hasResult = search !== null && search.version !== null && search.status !== 'failed';
    const result = hasResult ? `${search.version} ${search.points} ${search.finished_at}` : '';
    if (!hasResult) this.list = undefined;
    // The earlier result stays while another search runs.
    else if (this.list === undefined || (search.finished_at !== null && result !== this.#loaded))
      this.list = await this.#api.get(this.#path, signal);
    this.#loaded = result;
    this.search = search;
    this.problem = undefined;
  }

  #mayChange(): boolean {
    if (this.#isActive || this.isSearching) return true;
    return this.search === null && this.#waits++ < MAX_WAITS;
  }
}

function isOpen(search: SourceSearch | null | undefined): boolean {
  return search?.status === 'requested' || search?.status === 'running';
}
