/** The machine's clock was set: by so much, positive when it was set ahead; Unix time afterwards. */
export interface ClockJump {
  byMs: number;
  atUnixMs: number;
}

/** `the clock of this computer was set 3 h 0 min ahead` */
export function describeJump({ byMs }: ClockJump): string {
  return `the clock of this computer was set ${durationText(Math.abs(byMs) / 1000)} ${byMs > 0 ? 'ahead' : 'back'}`;
}

/** `70 s`, `3 min 30 s`, `3 h 1 min`, `30 d 2 h` */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  if (whole < 7_200) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 2_880) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1_440)} d ${Math.floor((minutes % 1_440) / 60)} h`;
}
