/** Command lines of `ca` and `spkac` whose outcome is OpenSSL's: see golden.test.ts. */
import { CRL, PLAIN_REVOKED, REVOKED, SIGN, type CaCase } from './case.ts';
import { ISSUING } from './issuing.ts';

const numbers: CaCase[] = [
  { name: 'serial numbers go on', files: { 'demo/serial': 'FF\n' }, lines: [`${SIGN} leaf.csr`, `${SIGN} fr.csr`] },
  {
    name: 'a large serial number',
    files: { 'demo/serial': '00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\n' },
    lines: [`${SIGN} leaf.csr`, `${SIGN} fr.csr`],
  },
  {
    name: 'serial number 0',
    files: { 'demo/serial': '00\n' },
    lines: [`${SIGN} leaf.csr`, 'ca -revoke demo/newcerts/00.pem'],
  },
  {
    name: 'a negative serial number',
    files: { 'demo/serial': '-05\n' },
    lines: [`${SIGN} leaf.csr`],
    says: 'demo/serial',
  },
  { name: 'no serial number', files: { 'demo/serial': null }, lines: [`${SIGN} leaf.csr`], says: 'demo/serial' },
  {
    name: 'a wrong serial number',
    files: { 'demo/serial': 'xyz\n' },
    lines: [`${SIGN} leaf.csr`],
    says: 'demo/serial',
  },
  {
    name: '-create_serial',
    varies: true,
    files: { 'demo/serial': null },
    lines: [`${SIGN} leaf.csr -create_serial`, `${SIGN} fr.csr`],
  },
  { name: '-create_serial beside a number', lines: [`${SIGN} leaf.csr -create_serial`] },
  { name: '-rand_serial', varies: true, lines: [`${SIGN} leaf.csr -rand_serial`] },
  { name: 'rand_serial', varies: true, conf: { rand_serial: 'yes', serial: null }, lines: [`${SIGN} leaf.csr`] },
  { name: 'no serial', conf: { serial: null }, lines: [`${SIGN} leaf.csr`], says: '"serial"' },
  { name: 'a serial number that was issued', index: REVOKED, lines: [`${SIGN} leaf.csr`] },
  {
    name: 'a serial number that was revoked',
    index: REVOKED,
    files: { 'demo/serial': '0F\n' },
    lines: [`${SIGN} leaf.csr`],
  },
  {
    name: 'a serial number that expired',
    index: REVOKED,
    files: { 'demo/serial': '06\n' },
    lines: [`${SIGN} leaf.csr`],
  },
  { name: 'one subject twice', lines: [`${SIGN} leaf.csr`, `${SIGN} leaf.csr`] },
  { name: 'one subject twice in one run', lines: ['ca -batch -notext -out out.pem -infiles leaf.csr leaf.csr'] },
  {
    name: 'one subject again after it was revoked',
    lines: [`${SIGN} leaf.csr`, 'ca -revoke demo/newcerts/01.pem', `${SIGN} leaf.csr`],
  },
  { name: 'unique_subject = no', conf: { unique_subject: 'no' }, lines: [`${SIGN} leaf.csr`, `${SIGN} leaf.csr`] },
  {
    name: 'index.txt.attr counts more',
    conf: { unique_subject: 'no' },
    files: { 'demo/index.txt.attr': 'unique_subject = yes\n' },
    lines: [`${SIGN} leaf.csr`, `${SIGN} leaf.csr`],
  },
  {
    name: 'index.txt.attr says no',
    files: { 'demo/index.txt.attr': 'unique_subject = no\n' },
    lines: [`${SIGN} leaf.csr`, `${SIGN} leaf.csr`],
  },
  { name: 'no database', files: { 'demo/index.txt': null }, lines: [`${SIGN} leaf.csr`], says: 'demo/index.txt' },
  {
    name: 'a line too short',
    index: 'V\t391231235959Z\t01\tunknown\t/CN=a\n',
    lines: [`${SIGN} leaf.csr`],
    says: 'demo/index.txt:1',
  },
  {
    name: 'a bad reason',
    index: 'R\t391231235959Z\t200101000000Z,mood\t01\tunknown\t/CN=a\n',
    lines: [`${SIGN} leaf.csr`],
    says: 'demo/index.txt:1',
  },
  {
    name: 'comments and tabs',
    index: '# mine\nV\t391231235959Z\t\t11\tun\\\tknown\t/CN=a\\b\n',
    lines: [`${SIGN} leaf.csr`],
  },
];

const asking: CaCase[] = (
  [
    ['y\ny\n', 'yes'],
    ['Yes\nYES\n', 'a word'],
    ['n\n', 'no'],
    ['\n', 'nothing'],
    ['', 'end of input'],
    ['y\nn\n', 'no to the second'],
    ['y\n', 'end before the second'],
    ['y\nx\n', 'something else'],
  ] as const
).map(([input, name]): CaCase => ({ name: `asked: ${name}`, input, lines: ['ca -notext -out out.pem -in leaf.csr'] }));
asking.push(
  { name: 'asked: one of two', input: 'n\ny\ny\n', lines: ['ca -notext -out out.pem -infiles leaf.csr fr.csr'] },
  {
    name: 'asked: both',
    input: 'y\ny\ny\n',
    lines: ['ca -notext -infiles leaf.csr fr.csr'],
    conf: { name_opt: 'ca_default' },
  },
  { name: 'asked: one of two is bad', input: 'y\ny\n', lines: ['ca -notext -infiles badsig.csr fr.csr'] },
  { name: 'asked: one of two is refused', input: 'y\ny\n', lines: ['ca -notext -infiles fr.csr empty.csr'] },
);

const revoking: CaCase[] = [
  { name: 'revoke', lines: [`${SIGN} leaf.csr`, 'ca -revoke out.pem', 'ca -revoke out.pem', 'ca -status 01'] },
  ...['keyCompromise', 'cacompromise', 'unspecified', 'removeFromCRL', 'privilegeWithdrawn', 'x'].map(
    (reason): CaCase => ({
      name: `revoke: ${reason}`,
      lines: [`${SIGN} leaf.csr`, `ca -revoke out.pem -crl_reason ${reason}`],
    }),
  ),
  { name: 'revoke: hold', lines: [`${SIGN} leaf.csr`, 'ca -revoke out.pem -crl_hold holdInstructionCallIssuer'] },
  { name: 'revoke: hold by number', lines: [`${SIGN} leaf.csr`, 'ca -revoke out.pem -crl_hold 1.2.3'] },
  { name: 'revoke: hold of nothing', lines: [`${SIGN} leaf.csr`, 'ca -revoke out.pem -crl_hold what'] },
  {
    name: 'revoke: key compromised',
    lines: [`${SIGN} leaf.csr`, 'ca -revoke out.pem -crl_compromise 20200101000000Z'],
  },
  {
    name: 'revoke: CA compromised',
    lines: [`${SIGN} leaf.csr`, 'ca -revoke out.pem -crl_CA_compromise 20200101000000Z'],
  },
  {
    name: 'revoke: a time in two digits',
    lines: [`${SIGN} leaf.csr`, 'ca -revoke out.pem -crl_compromise 200101000000Z'],
  },
  {
    name: 'revoke: the last cause counts',
    lines: [`${SIGN} leaf.csr`, 'ca -revoke out.pem -crl_compromise 20200101000000Z -crl_reason superseded'],
  },
  { name: 'revoke a stranger', lines: ['ca -revoke issued.crt', 'ca -revoke nameless.crt -crl_reason superseded'] },
  { name: 'revoke another name', index: 'V\t391231235959Z\t\t0A\tunknown\t/CN=a\n', lines: ['ca -revoke issued.crt'] },
  {
    name: 'revoke a stranger of a known name',
    index: 'V\t391231235959Z\t\t0F\tunknown\t/C=DE/O=Test/CN=leaf/emailAddress=leaf@example.org\n',
    lines: ['ca -revoke issued.crt'],
  },
  {
    name: 'revoke what expired',
    index: 'E\t200101000000Z\t\t0A\tunknown\t/C=DE/O=Test/CN=leaf/emailAddress=leaf@example.org\n',
    lines: ['ca -revoke issued.crt'],
  },
  { name: 'revoke no certificate', lines: ['ca -revoke leaf.csr'], says: 'leaf.csr' },
  {
    name: 'valid',
    lines: [
      'ca -valid issued.crt',
      'ca -valid issued.crt',
      'ca -revoke issued.crt',
      'ca -valid other.crt -crl_reason superseded',
    ],
  },
  {
    name: 'status',
    index: REVOKED,
    lines: ['1', '01', '0f', '06', '99', 'x', '1000'].map((serial) => `ca -status ${serial}`),
  },
  {
    name: 'updatedb',
    index: REVOKED.replace('391231', '210101'),
    lines: ['ca -updatedb', 'ca -updatedb', 'ca -updatedb -verbose'],
  },
  {
    name: 'updatedb verbosely',
    index: REVOKED.replace('391231235959Z', '20210101000000Z'),
    lines: ['ca -updatedb -verbose'],
  },
  { name: 'nothing to do', index: REVOKED, lines: ['ca -verbose', 'ca'] },
];

const crls: CaCase[] = [
  { name: 'crl', index: REVOKED, lines: [`${CRL} -out out.crl`, `${CRL} -out out.crl`] },
  { name: 'crl to standard output', index: REVOKED, lines: [CRL] },
  { name: 'crl, nothing revoked', lines: [CRL] },
  { name: 'crl of version 1', index: PLAIN_REVOKED, conf: { crlnumber: null }, lines: [CRL] },
  { name: 'crl of version 2 by a reason', index: REVOKED, conf: { crlnumber: null }, lines: [CRL] },
  { name: 'crl_extensions', index: REVOKED, conf: { crl_extensions: 'crl_ext' }, lines: [CRL] },
  {
    name: 'crl extensions without a number',
    index: PLAIN_REVOKED,
    conf: { crl_extensions: 'crl_ext', crlnumber: null },
    lines: [CRL],
  },
  { name: '-crlexts', index: REVOKED, lines: [`${CRL} -crlexts crl_idp`] },
  {
    name: 'an empty section of crl extensions',
    index: PLAIN_REVOKED,
    conf: { crl_extensions: 'bare', crlnumber: null },
    lines: [CRL],
  },
  { name: 'a section of crl extensions that is missing', lines: [`${CRL} -crlexts nowhere`], says: '[nowhere]' },
  { name: 'a wrong crl extension', lines: [`${CRL} -crlexts wrong`], says: 'nonsense' },
  { name: 'no crl number', files: { 'demo/crlnumber': null }, lines: [CRL], says: 'demo/crlnumber' },
  { name: 'crl verbosely', index: PLAIN_REVOKED, lines: [`${CRL} -verbose`] },
  {
    name: 'crl with -md and Ed25519',
    index: PLAIN_REVOKED,
    lines: [`${CRL} -md sha384`, `${CRL} -cert ed.crt -keyfile ed.key`],
  },
  { name: 'crl, -sigopt', lines: [`${CRL} -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:0`] },
  { name: 'crl, a wrong time', lines: ['ca -gencrl -crl_lastupdate 2020', 'ca -gencrl -crl_nextupdate 2020'] },
  { name: 'crl, no time', conf: { default_crl_days: null }, lines: ['ca -gencrl'] },
  {
    name: 'crl and its number together with others',
    index: REVOKED.replace('391231', '210101'),
    lines: [`${CRL} -updatedb -revoke issued.crt -out out.crl`],
  },
];

const spkacs: CaCase[] = [
  {
    name: 'spkac made',
    lines: ['spkac -key leaf.key -challenge hello', 'spkac -key leaf.key -digest sha256 -out out.spkac'],
  },
  {
    name: 'spkac of an encrypted key',
    lines: ['spkac -key locked.key -passin pass:secret -challenge hello -keyform PEM'],
  },
  {
    name: 'spkac shown',
    lines: [
      'spkac -in spkac.txt',
      'spkac -in spkac.txt -noout -verify',
      'spkac -in spkac.txt -pubkey -verify',
      'spkac -in spkac.txt -noout -pubkey -out out.pem',
    ],
  },
  {
    name: 'spkac that is broken',
    lines: ['spkac -in spkac-broken.txt -verify', 'spkac -in spkac-broken.txt -noout -pubkey'],
  },
  { name: 'spkac that is missing', lines: ['spkac -in spkac-none.txt'], says: 'SPKAC called "SPKAC"' },
  {
    name: 'spkac by another name',
    files: { 'x.txt': '[s]\nKEY = AAAA\n' },
    lines: ['spkac -in x.txt -spkac KEY -spksect s'],
    says: 'SPKAC',
  },
  { name: 'spkac without a challenge', lines: ['spkac -key leaf.key'] },
];

export const CASES: readonly CaCase[] = [...ISSUING, ...numbers, ...asking, ...revoking, ...crls, ...spkacs];
