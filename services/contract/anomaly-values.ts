/**
 * Values of a cell in a comparison with a baseline. Levels are in dBm, or in dBFS if not
 * calibrated.
 */
export const COMPARISON_VALUES = ['azimuth', 'elevation', 'level', 'usual', 'change_db', 'z'] as const;

/** Values of a cell of a baseline. */
export const BASELINE_VALUES = ['azimuth', 'elevation', 'count', 'centre', 'spread_db'] as const;

/** What a change is: of a source that the baseline does not have, or of one that it has. */
export const ANOMALY_KINDS = ['new', 'gone', 'brighter', 'fainter', 'moved'] as const;
export type AnomalyKind = (typeof ANOMALY_KINDS)[number];

/** States of a session in a baseline. */
export const MEMBER_STATUSES = ['waiting', 'included', 'excluded'] as const;
export type MemberStatus = (typeof MEMBER_STATUSES)[number];

/** Values of a baseline that a picture can show. */
export const BASELINE_MAP_VALUES = ['centre', 'spread_db'] as const;

/** Values of a comparison that a picture can show. */
export const COMPARISON_MAP_VALUES = ['z', 'change_db', 'level', 'usual'] as const;
export type ComparisonMapValue = (typeof COMPARISON_MAP_VALUES)[number];

/**
 * Within this distance of the Sun, in beam widths, its main lobe or what a model of it leaves
 * changes the level by more than the noise: a Gaussian beam is 48 dB lower there.
 */
export const SUN_REACH = 2;

/** Sessions that a comparison needs. */
export const MIN_COMPARED_SESSIONS = 3;
