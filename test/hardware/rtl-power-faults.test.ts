import { describeDongleFaults } from '../support/dongle-faults.ts';

describeDongleFaults({
  kind: 'rtl_power',
  settings: {
    centerFrequencyHz: 4e8,
    bandwidthHz: 2.4e6,
    gainDb: 29.7,
    readMs: 1_000,
    frequencyCorrectionPpm: -3,
  },
  reads: 1,
  many: 2,
});
