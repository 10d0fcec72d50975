// Runs command lines one after the other in this process, each with its own folder and input; answers as JSON on
// descriptor 3. What a command does with descriptors 0, 1 and 2 is led to buffers; all else is as in a process of its own.
const fs = require('node:fs');
const { join } = require('node:path');

const bundles = join(__dirname, '../../dist/bundle');
const jobs = JSON.parse(fs.readFileSync(0, 'utf8'));
const real = { writeSync: fs.writeSync, readSync: fs.readSync };
let output = [];
let errors = [];
let input = Buffer.alloc(0);

fs.writeSync = (fd, data, ...rest) => {
  if (fd !== 1 && fd !== 2) return real.writeSync(fd, data, ...rest);
  const bytes = typeof data === 'string' ? Buffer.from(data) : Buffer.from(data).subarray(rest[0] ?? 0);
  (fd === 1 ? output : errors).push(bytes);
  return bytes.length;
};
fs.readSync = (fd, buffer, ...rest) => {
  if (fd !== 0) return real.readSync(fd, buffer, ...rest);
  const n = input.copy(buffer, rest[0] ?? 0);
  input = input.subarray(n);
  return n;
};
process.stderr.write = (data) => errors.push(Buffer.from(data)) > 0;
process.stdout.write = (data) => output.push(Buffer.from(data)) > 0;

async function one({ cwd, args, input: text = '', alone = false }) {
  output = [];
  errors = [];
  input = Buffer.from(text);
  process.chdir(cwd);
  const [first, second = '', ...rest] = args;
  const two = join(bundles, `${first}_${second}.cjs`);
  const [file, words] = fs.existsSync(two) ? [two, rest] : [join(bundles, `${first}.cjs`), args.slice(1)];
  const status = await require(file).run(words);
  if (alone) delete require.cache[file];
  return { status, stdout: Buffer.concat(output).toString('latin1'), stderr: Buffer.concat(errors).toString('latin1') };
}

void (async () => {
  const results = [];
  for (const job of jobs) results.push(await one(job));
  real.writeSync(3, JSON.stringify(results));
})();
