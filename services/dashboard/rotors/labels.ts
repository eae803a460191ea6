/** Label and group of an API field in a form. */
interface FieldLabel {
  label: string;
  unit?: string;
  group: Group;
}

export const GROUPS = [
  'Rotor',
  'Connection',
  'Travel',
  'Motion',
  'Park',
  'Measuring',
  'Receiver',
  'Calibration',
  'Grid',
  'Mode',
  'Reference',
  'Notes',
  'More',
] as const;
export type Group = (typeof GROUPS)[number];

/** Other fields appear under More with their API name. */
export const LABELS: Record<string, FieldLabel | undefined> = {
  name: { label: 'Name', group: 'Rotor' },
  rotor_type: { label: 'Type', group: 'Rotor' },
  site: { label: 'Site', group: 'Connection' },
  host: { label: 'Host of rotctld', group: 'Connection' },
  port: { label: 'Port of rotctld', group: 'Connection' },
  az_min: { label: 'Lowest azimuth', unit: 'deg', group: 'Travel' },
  az_max: { label: 'Highest azimuth', unit: 'deg', group: 'Travel' },
  min_elevation: { label: 'Lowest elevation', unit: 'deg', group: 'Travel' },
  max_elevation: { label: 'Highest elevation', unit: 'deg', group: 'Travel' },
  az_speed_deg_s: { label: 'Azimuth speed', unit: 'deg/s', group: 'Motion' },
  az_acceleration_deg_s2: { label: 'Azimuth acceleration', unit: 'deg/s²', group: 'Motion' },
  el_speed_deg_s: { label: 'Elevation speed', unit: 'deg/s', group: 'Motion' },
  el_acceleration_deg_s2: { label: 'Elevation acceleration', unit: 'deg/s²', group: 'Motion' },
  tolerance_deg: { label: 'Tolerance', unit: 'deg', group: 'Motion' },
  settle_ms: { label: 'Settle time', unit: 'ms', group: 'Motion' },
  park_az: { label: 'Park azimuth', unit: 'deg', group: 'Park' },
  park_el: { label: 'Park elevation', unit: 'deg', group: 'Park' },
  park_after_scan: { label: 'Park after each scan', group: 'Park' },
  trust_limits: { label: 'Trust the limits that rotctld reports', group: 'Travel' },
  avoid_sun: { label: 'Keep away from the Sun', group: 'Travel' },
  beam_width_deg: { label: 'Beam width (HPBW)', unit: 'deg', group: 'Measuring' },
  rssi_source: { label: 'RSSI source', group: 'Measuring' },
  read_ms: { label: 'Read time', unit: 'ms', group: 'Measuring' },
  receiver: { label: 'Receiver', group: 'Receiver' },
  center_frequency_hz: { label: 'Center frequency', unit: 'Hz', group: 'Receiver' },
  bandwidth_hz: { label: 'Bandwidth', unit: 'Hz', group: 'Receiver' },
  gain_db: { label: 'Gain', unit: 'dB', group: 'Receiver' },
  frequency_correction_ppm: { label: 'Frequency correction', unit: 'ppm', group: 'Receiver' },
  bias_tee: { label: 'Bias tee', group: 'Receiver' },
  dbm_offset_db: { label: 'dBm offset', unit: 'dB', group: 'Receiver' },
  level_dbm: { label: 'Input level', unit: 'dBm', group: 'Calibration' },
  reads: { label: 'Reads', unit: 'reads', group: 'Calibration' },
  rotor_id: { label: 'Rotor', group: 'Rotor' },
  az_start: { label: 'Azimuth from', unit: 'deg', group: 'Grid' },
  az_end: { label: 'Azimuth to', unit: 'deg', group: 'Grid' },
  el_start: { label: 'Elevation from', unit: 'deg', group: 'Grid' },
  el_end: { label: 'Elevation to', unit: 'deg', group: 'Grid' },
  step_deg: { label: 'Step', unit: 'deg', group: 'Grid' },
  rssi_iterations: { label: 'Reads per point', unit: 'reads', group: 'Grid' },
  grid: { label: 'Grid type', group: 'Mode' },
  scan_mode: { label: 'Scan mode', group: 'Mode' },
  'reference.azimuth': { label: 'Reference azimuth', unit: 'deg', group: 'Reference' },
  'reference.elevation': { label: 'Reference elevation', unit: 'deg', group: 'Reference' },
  'reference.every_min': { label: 'Interval', unit: 'min', group: 'Reference' },
  notes: { label: 'Notes', group: 'Notes' },
};

/** Labels of enum values; others appear with their API name. */
export const CHOICE_LABELS: Record<string, string | undefined> = {
  rectangular: 'Rectangular',
  equal_area: 'Equal area',
  step: 'Step and measure',
  on_the_fly: 'On the fly',
};
