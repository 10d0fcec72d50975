'use strict';
// Preloaded into a command under test: leaves what the process used, as JSON, in the file that USAGE_FILE names: its largest resident size in KiB and
// the CPU time of all its threads in seconds.
const { writeFileSync } = require('node:fs');
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(process.env.USAGE_FILE, JSON.stringify({ maxRss: maxRSS, cpu: (userCPUTime + systemCPUTime) / 1e6 }));
});
