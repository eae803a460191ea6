/** Asks for the newest of what changes quickly, and for nothing else. */
export interface Latest<Question> {
  /** Asks soon; whatever was asked before does not count any more. */
  ask(question: Question): void;
  stop(): void;
}

interface Answers<Question, Answer> {
  /** Throws when there is no answer. */
  fetch(question: Question, signal: AbortSignal): Promise<Answer>;
  onAnswer(answer: Answer, question: Question): void;
  onFailure(error: unknown, question: Question): void;
}

// People who type rest longer than this when they are done with a number.
const REST_MS = 150;

/**
 * Waits until nothing has changed for a moment and the last request has ended, which is aborted by
 * the change: there is never more than one under way, and the answer that is shown is never older
 * than one that was.
 */
export function createLatest<Question, Answer>(
  answers: Answers<Question, Answer>,
  restMs = REST_MS,
): Latest<Question> {
  let waiting: { question: Question } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let request: AbortController | undefined;

  const resting = () => timer !== undefined;

  async function go(): Promise<void> {
    if (request || !waiting) return;
    const { question } = waiting;
    waiting = undefined;
    const { signal } = (request = new AbortController());
    try {
      const answer = await answers.fetch(question, signal);
      if (!signal.aborted) answers.onAnswer(answer, question);
    } catch (error) {
      if (!signal.aborted) answers.onFailure(error, question);
    }
    request = undefined;
    // A change that still rests comes by itself.
    if (!resting()) void go();
  }

  function drop(): void {
    clearTimeout(timer);
    timer = undefined;
    waiting = undefined;
    request?.abort();
  }

  return {
    ask(question) {
      drop();
      waiting = { question };
      timer = setTimeout(() => {
        timer = undefined;
        void go();
      }, restMs);
    },
    stop: drop,
  };
}
