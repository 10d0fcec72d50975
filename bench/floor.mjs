// What protecting a record of 16 KB costs at least with node:crypto's interface, in CPU time: a cipher object a record, one update, the tag.
// bench/bulk.mjs shows what node:tls needs for a record altogether, socket included: the difference bounds what any TLS in JavaScript reaches.
//   node bench/floor.mjs [rounds [records a round]]
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { median } from './tls/pairs.mjs';

const [rounds = 7, records = 8000] = process.argv.slice(2).map(Number);
const key = randomBytes(32);
const nonce = randomBytes(12);
const header = Buffer.from([23, 3, 3, 64, 17]);

function seal(text) {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(header);
  const sealed = cipher.update(text);
  cipher.final();
  return [sealed, cipher.getAuthTag()];
}

function open(sealed, tag) {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce);
  decipher.setAuthTag(tag);
  decipher.setAAD(header);
  const text = decipher.update(sealed);
  decipher.final();
  return text;
}

const text = Buffer.alloc(16_385, 'x');
const [sealed, tag] = seal(text);
const [little, littleTag] = seal(text.subarray(0, 32));
const jobs = {
  'seal 16 KB': () => seal(text),
  'open 16 KB': () => open(sealed, tag),
  'seal 32 octets': () => seal(text.subarray(0, 32)),
  'open 32 octets': () => open(little, littleTag),
};

const cost = (job) => {
  const before = process.cpuUsage();
  for (let i = 0; i < records; i += 1) job();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / records;
};

const costs = Object.fromEntries(Object.keys(jobs).map((name) => [name, []]));
for (let round = -1; round < rounds; round += 1) {
  for (const [name, job] of Object.entries(jobs)) {
    const one = cost(job);
    if (round >= 0) costs[name].push(one);
  }
}
console.log(`Node ${process.versions.node}, OpenSSL ${process.versions.openssl}, AES-256-GCM`);
for (const [name, list] of Object.entries(costs))
  console.log(`${name.padEnd(16)} ${median(list).toFixed(1).padStart(6)} µs`);
