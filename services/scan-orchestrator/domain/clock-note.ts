import { describeJump, type ClockJump } from '#shared/base/clock-jump';

/**
 * The note of an open session after the clock was set: observation, likely causes, effect and
 * action.
 */
export function clockNote(jump: ClockJump): string {
  const when = new Date(jump.atUnixMs).toISOString().slice(0, 19);
  const cause =
    jump.byMs > 0
      ? 'time synchronisation after a start without a hardware clock, a computer that was suspended, or a manual change'
      : 'time synchronisation, or a manual change';
  const effect =
    jump.byMs > 0
      ? 'earlier times of this scan are too early by the same amount'
      : 'times of this scan are ahead of the clock until it has caught up, so that they stay in order';
  return `${when}Z: ${describeJump(jump)} (${cause}): ${effect}; durations are not affected. Check that this computer synchronises its time before a scan starts`;
}
