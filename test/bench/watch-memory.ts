const POLL_MS = 10;

/** By how much the memory grows beyond its size now, bytes. */
export function watchMemory(rssBytes: () => number): { end: () => number } {
  const start = rssBytes();
  let most = start;
  const timer = setInterval(() => (most = Math.max(most, rssBytes())), POLL_MS);
  return {
    end() {
      clearInterval(timer);
      return Math.max(most, rssBytes()) - start;
    },
  };
}
