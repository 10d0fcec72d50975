// Loaded before a program (--require): at SIGUSR2 it collects garbage and writes what is left to stderr, `memory` and JSON in a line.
const v8 = require('node:v8');
const vm = require('node:vm');

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');

process.on('SIGUSR2', () => {
  gc();
  gc();
  process.stderr.write(`memory ${JSON.stringify(process.memoryUsage())}\n`);
});
