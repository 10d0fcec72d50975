#!/usr/bin/env node
'use strict';
// Bundles the commands anew, then runs the one that was asked for: for working on the code.
const { execFileSync } = require('node:child_process');
const { join } = require('node:path');
execFileSync(process.execPath, [join(__dirname, '../scripts/build.mjs')], { stdio: ['ignore', 'inherit', 'inherit'] });
require('../dist/bundle/launch.cjs');
