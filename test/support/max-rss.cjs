'use strict';
// Preloaded into a command under test: leaves the process's largest resident size (in KiB) in the file that MAX_RSS_FILE names.
const { writeFileSync } = require('node:fs');
process.on('exit', () => writeFileSync(process.env.MAX_RSS_FILE, String(process.resourceUsage().maxRSS)));
