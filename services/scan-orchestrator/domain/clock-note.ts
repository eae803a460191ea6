import { describeJump, type ClockJump } from '#shared/base/clock-jump';

/**
 * The note of an open session after the clock was set: observation, likely causes, effect and
 * action.
 */
export function clockNote(jump: ClockJump): string {
  const when = new Date(jump.atUnixMs).toISOString().slice(0, 19);
  const cause =
    jump.byMs > 0
      ? 'time synchronisation after a start without a hardware clock, a computer that slept, or a change by hand'
      : 'time synchronisation, or a change by hand';
  const effect =
    jump.byMs > 0
      ? 'times of this scan before that are too early by as much'
      : 'times of this scan stay ahead of the clock until it has caught up, so that they keep their order';
  return `${when}Z: ${describeJump(jump)} (${cause}): ${effect}; durations are right. Check that this computer synchronises its time before a scan starts`;
}
