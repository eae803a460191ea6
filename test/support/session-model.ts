// What the public API may answer about one session, whoever asks and however many at once.

/** The word of the session's state: a status, or the request that is under way. */
export type Word =
  'pending' | 'running' | 'pausing' | 'paused' | 'resuming' | 'cancelling' | 'completed' | 'cancelled';
export type Action = 'pause' | 'resume' | 'cancel';

const ACTIONS: Action[] = ['pause', 'resume', 'cancel'];

/**
 * What a request got: `done` 200; a word: 400, refused in that state; `unknown`: the answer was
 * lost; `not_done`: never arrived.
 */
export type Outcome = 'done' | 'unknown' | 'not_done' | { refusedIn: Word };

/** Something that happened, in the order in which it was seen. */
export type HistoryEvent =
  | { type: 'asked'; request: number; action: Action }
  | { type: 'answered'; request: number; outcome: Outcome }
  /** Somebody stops the rotor from now on: once a session may pause by itself. */
  | { type: 'rotor_stopped' }
  /** Nothing whose answer was lost can take effect any more. */
  | { type: 'settled' };

const DONE: Record<Action, Partial<Record<Word, Word>>> = {
  pause: { running: 'pausing' },
  resume: { paused: 'resuming' },
  cancel: {
    pending: 'cancelled',
    running: 'cancelling',
    pausing: 'cancelling',
    paused: 'cancelling',
    resuming: 'cancelling',
  },
};

/** What happens without a request. A pause in the very last point has nothing left to pause. */
const BY_ITSELF: Partial<Record<Word, Word[]>> = {
  pending: ['running'],
  running: ['completed'],
  pausing: ['paused', 'completed'],
  resuming: ['running', 'completed'],
  cancelling: ['cancelled'],
};

/** What a stopped rotor does to a session that has it. */
const BY_STOP: Partial<Record<Word, Word>> = { pending: 'paused', running: 'paused', resuming: 'pausing' };

/** One way in which everything so far may have come about. */
interface World {
  word: Word;
  stops: number;
  /** Requests under way that have not taken effect yet. */
  open: ReadonlySet<number>;
  /** Requests whose answer was lost: they may take effect, or not. */
  lost: Readonly<Record<Action, number>>;
}

interface Request {
  action: Action;
  outcome: Outcome;
  /** Index of the answer. */
  until: number;
}

const NONE_LOST = { pause: 0, resume: 0, cancel: 0 };

/**
 * The first event that no order of the requests explains (each takes effect at one instant between
 * question and answer), or undefined; and the states in which the session may be at the end. After
 * J. Wing and C. Gong, "Testing and verifying concurrent objects", 1993: all worlds at once, joined
 * when they are alike. Few are: a refusal changes nothing, so it is taken at the first occasion,
 * and of requests that do the same the one that is answered first goes first.
 */
export function explain(events: HistoryEvent[]): { impossible: HistoryEvent | undefined; ends: Set<Word> } {
  const requests = requestsOf(events);
  let worlds: World[] = [{ word: 'pending', stops: 0, open: new Set(), lost: NONE_LOST }];
  for (const event of events) {
    if (event.type === 'answered') {
      worlds = futures(worlds, requests).filter(({ open }) => !open.has(event.request));
      if (worlds.length === 0) return { impossible: event, ends: new Set() };
    } else worlds = worlds.map((world) => after(world, event, requests));
  }
  return { impossible: undefined, ends: new Set(futures(worlds, requests).map(({ word }) => word)) };
}

function requestsOf(events: HistoryEvent[]): Map<number, Request> {
  const requests = new Map<number, Request>();
  for (const event of events)
    if (event.type === 'asked')
      requests.set(event.request, { action: event.action, outcome: 'unknown', until: Infinity });
  events.forEach((event, index) => {
    const request = event.type === 'answered' && requests.get(event.request);
    if (request) Object.assign(request, { outcome: event.outcome, until: index });
  });
  return requests;
}

function after(
  world: World,
  event: Exclude<HistoryEvent, { type: 'answered' }>,
  requests: Map<number, Request>,
): World {
  if (event.type === 'rotor_stopped') return { ...world, stops: world.stops + 1 };
  if (event.type === 'settled') return { ...world, lost: NONE_LOST };
  const outcome = requests.get(event.request)?.outcome;
  if (outcome === 'not_done') return world;
  if (outcome === 'unknown')
    return { ...world, lost: { ...world.lost, [event.action]: world.lost[event.action] + 1 } };
  return { ...world, open: new Set(world.open).add(event.request) };
}

/** Every world that these can have become by now. */
function futures(worlds: World[], requests: Map<number, Request>): World[] {
  const found = new Map<string, World>();
  const visit = (before: World) => {
    const world = withRefusals(before, requests);
    const { word, stops, open, lost } = world;
    const key = `${word}/${stops}/${Object.values(lost).join()}/${[...open].join()}`;
    if (found.has(key)) return;
    found.set(key, world);
    for (const next of BY_ITSELF[word] ?? []) visit({ ...world, word: next });
    const stopped = BY_STOP[word];
    if (stopped && stops > 0) visit({ ...world, word: stopped, stops: stops - 1 });
    for (const action of ACTIONS) {
      const next = DONE[action][word];
      if (!next) continue;
      const first = [...open]
        .filter((id) => requests.get(id)?.action === action && requests.get(id)?.outcome === 'done')
        .toSorted((a, b) => (requests.get(a)?.until ?? 0) - (requests.get(b)?.until ?? 0))[0];
      if (first !== undefined)
        visit({ ...world, word: next, open: new Set([...open].filter((id) => id !== first)) });
      if (lost[action] > 0) visit({ ...world, word: next, lost: { ...lost, [action]: lost[action] - 1 } });
    }
  };
  worlds.forEach(visit);
  return [...found.values()];
}

/** Whoever is refused in this state has been. */
function withRefusals(world: World, requests: Map<number, Request>): World {
  const refused = [...world.open].filter((id) => {
    const request = requests.get(id);
    if (typeof request?.outcome !== 'object' || request.outcome.refusedIn !== world.word) return false;
    return DONE[request.action][world.word] === undefined;
  });
  if (refused.length === 0) return world;
  return { ...world, open: new Set([...world.open].filter((id) => !refused.includes(id))) };
}
