import { describeDongleFaults } from '../support/dongle-faults.ts';

describeDongleFaults({
  kind: 'rtl_tcp_child',
  settings: {
    centerFrequencyHz: 4e8,
    bandwidthHz: 2.048e6,
    gainDb: 29.7,
    readMs: 10,
    frequencyCorrectionPpm: -3,
  },
  reads: 10,
  many: 100,
});
