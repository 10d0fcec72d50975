/** Command lines of `ca` and `spkac` whose outcome is OpenSSL's: see golden.test.ts. */

export interface CaCase {
  readonly name: string;
  /** Values of [my_ca], over those below; null takes one away. */
  readonly conf?: Readonly<Record<string, string | null>>;
  /** Lines before the first section, and sections after the last. */
  readonly top?: string;
  readonly more?: string;
  readonly index?: string;
  /** Files that the CA has besides, or others than the usual. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** One after the other; `-config ca.cnf` is added to those of `ca` that have none. */
  readonly lines: readonly string[];
  readonly input?: string;
  /** Certificates hold the present time or a random number. */
  readonly varies?: boolean;
  /** Errors in our own words: of stderr only the exit code is compared, and that it has this text. */
  readonly says?: string;
}

const CONF: Readonly<Record<string, string>> = {
  dir: './demo',
  database: '$dir/index.txt',
  new_certs_dir: '$dir/newcerts',
  serial: '$dir/serial',
  crlnumber: '$dir/crlnumber',
  certificate: 'root.crt',
  private_key: 'root.key',
  default_md: 'sha256',
  default_startdate: '20200101000000Z',
  default_enddate: '20391231235959Z',
  default_days: '375',
  default_crl_days: '30',
  policy: 'loose',
  x509_extensions: 'usr_cert',
};

const SECTIONS = `
[strict]
countryName = match
organizationName = match
commonName = supplied
[loose]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = supplied
emailAddress = optional
[any]
commonName = optional
emailAddress = optional
[usr_cert]
basicConstraints = CA:FALSE
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid,issuer
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:www.example.org
[mail]
subjectAltName = email:copy
[moved]
subjectAltName = email:move
[bare]
[issuer]
authorityKeyIdentifier = keyid:always,issuer:always
[crl_ext]
authorityKeyIdentifier = keyid:always
[crl_more]
authorityKeyIdentifier = keyid:always,issuer:always
issuerAltName = issuer:copy
issuingDistributionPoint = critical,@idp
[crl_idp]
issuingDistributionPoint = critical,@idp
[idp]
fullname = URI:http://crl.example.org/x.crl
[wrong]
keyUsage = nonsense
`;

export function configOf({ conf = {}, top = '', more = '' }: CaCase): string {
  const values = Object.entries({ ...CONF, ...conf }).flatMap(([key, value]) =>
    value === null ? [] : [`${key} = ${value}`],
  );
  return `${top}\n[ca]\ndefault_ca = my_ca\n[my_ca]\n${values.join('\n')}\n${SECTIONS}${more}`;
}

const REVOKED = [
  'V\t391231235959Z\t\t01\tunknown\t/CN=a',
  'R\t391231235959Z\t200202000000Z\t0F\tunknown\t/CN=b',
  'R\t391231235959Z\t200203000000Z,keyCompromise\t02\tunknown\t/CN=c',
  'R\t391231235959Z\t200204000000Z,holdInstruction,holdInstructionReject\t1000\tunknown\t/CN=d',
  'R\t391231235959Z\t200205000000Z,CAkeyTime,20200101000000Z\t03\tunknown\t/CN=e',
  'R\t391231235959Z\t200205000000Z,keyTime,20200101000000Z\tFFFFFFFFFFFFFFFFFF\tunknown\t/CN=f',
  'R\t391231235959Z\t200205000000Z,removeFromCRL\t04\tunknown\t/CN=g',
  'R\t391231235959Z\t200205000000Z,unspecified\t05\tunknown\t/CN=h',
  'E\t200101000000Z\t\t06\tunknown\t/CN=a',
]
  .map((line) => `${line}\n`)
  .join('');
const PLAIN_REVOKED = REVOKED.split('\n').slice(0, 2).join('\n').concat('\n');
const CRL = 'ca -gencrl -crl_lastupdate 20200601000000Z -crl_nextupdate 20201201000000Z';
const SIGN = 'ca -batch -notext -out out.pem -in';

const sign = (name: string, request: string, conf?: CaCase['conf'], more: Partial<CaCase> = {}): CaCase => ({
  name,
  ...(conf ? { conf } : {}),
  lines: [`${SIGN} ${request}`],
  ...more,
});

const issuing: CaCase[] = [
  ...['leaf', 'plain', 'fr', 'multi', 'slash', 'bmp', 't61', 'umlaut', 'person', 'ec', 'self'].map((name) =>
    sign(`request ${name}`, `${name}.csr`),
  ),
  ...['leaf', 'plain', 'multi', 'umlaut', 'bmp'].map((name) =>
    sign(`request ${name} in the form for CAs`, `${name}.csr`, { name_opt: 'ca_default', cert_opt: 'ca_default' }),
  ),
  sign('names as RFC 2253 has them', 'multi.csr', { name_opt: 'RFC2253' }),
  sign('only cert_opt', 'leaf.csr', { cert_opt: 'no_pubkey', copy_extensions: 'copy' }),
  sign('everything of the certificate', 'leaf.csr', { cert_opt: 'compatible', name_opt: 'oneline' }),
  sign('compat names', 'multi.csr', { name_opt: 'compat' }),
  sign('an unknown name_opt', 'leaf.csr', { name_opt: 'nonsense' }, { says: 'nonsense' }),
  sign('an unknown cert_opt', 'leaf.csr', { cert_opt: 'nonsense' }, { says: 'nonsense' }),
  sign('to standard output with text', 'plain.csr', {}, { lines: ['ca -batch -in plain.csr'] }),
  sign('strict policy', 'leaf.csr', { policy: 'strict' }),
  sign('strict policy, another country', 'fr.csr', { policy: 'strict' }),
  sign('strict policy, no country', 'bare.csr', { policy: 'strict' }),
  sign('a common name is to be supplied', 'empty.csr'),
  sign('an empty subject', 'empty.csr', { policy: 'any', cert_opt: 'ca_default', name_opt: 'ca_default' }),
  sign(
    'a policy that the CA does not fit',
    'multi.csr',
    { policy: 'odd' },
    { more: '[odd]\norganizationalUnitName = match\n' },
  ),
  sign('an unknown rule', 'leaf.csr', { policy: 'odd' }, { more: '[odd]\ncommonName = whatever\n' }),
  sign('an unknown attribute', 'leaf.csr', { policy: 'odd' }, { more: '[odd]\ncommonNane = optional\n' }),
  sign('a policy section that is missing', 'leaf.csr', { policy: 'nowhere' }, { says: '[nowhere]' }),
  sign('no policy', 'leaf.csr', { policy: null }, { says: 'policy' }),
  sign(
    'many attributes matched',
    'multi.csr',
    { policy: 'odd' },
    { more: '[odd]\ncountryName = match\norganizationalUnitName = supplied\n' },
  ),
  sign('-policy', 'fr.csr', {}, { lines: [`${SIGN} fr.csr -policy any`] }),
  sign('-preserveDN', 'plain.csr', {}, { lines: [`${SIGN} plain.csr -preserveDN`] }),
  sign('-preserveDN keeps joined names', 'multi.csr', {}, { lines: [`${SIGN} multi.csr -preserveDN`] }),
  sign('preserve in the section of the CA', 'plain.csr', { preserve: 'yes' }),
  sign('preserve in [ca]', 'plain.csr', {}, { top: 'preserve = yes' }),
  sign('-noemailDN', 'leaf.csr', { copy_extensions: 'copy' }, { lines: [`${SIGN} leaf.csr -noemailDN`] }),
  sign('email_in_dn = no', 'leaf.csr', { email_in_dn: 'no', x509_extensions: 'mail' }),
  sign(
    'email_in_dn = no, joined names',
    'multi.csr',
    { email_in_dn: 'no' },
    { lines: [`${SIGN} multi.csr -preserveDN`] },
  ),
  sign('email:move', 'leaf.csr', { x509_extensions: 'moved' }),
  sign('msie_hack in [ca]', 'bmp.csr', {}, { top: 'msie_hack = yes' }),
  sign('-msie_hack', 't61.csr', {}, { lines: [`${SIGN} t61.csr -msie_hack`] }),
  sign('a wrong character', 'wrongchar.csr'),
  sign('a wrong type of an email address', 'wrongmail.csr'),
  sign('a wrong type that does not matter', 'wrongmail.csr', { email_in_dn: 'no' }),
  sign(
    'a wrong type that msie_hack does not mend',
    'wrongmail.csr',
    {},
    { lines: [`${SIGN} wrongmail.csr -msie_hack`] },
  ),
  sign('a signature that does not fit', 'badsig.csr'),
  sign('a request that is missing', 'nowhere.csr', {}, { says: 'nowhere.csr' }),
  sign('a request that is none', 'root.crt', {}, { says: 'root.crt' }),
  sign('copy_extensions = none', 'leaf.csr', { copy_extensions: 'none' }),
  sign('copy_extensions = copy', 'leaf.csr', { copy_extensions: 'copy' }),
  sign('copy_extensions = copyall', 'leaf.csr', { copy_extensions: 'copyall' }),
  sign('copy_extensions = some', 'leaf.csr', { copy_extensions: 'some' }, { says: 'copy_extensions' }),
  sign('no extensions', 'leaf.csr', { x509_extensions: null }),
  sign('no extensions but copied ones', 'leaf.csr', { x509_extensions: null, copy_extensions: 'copy' }),
  sign('-extensions', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -extensions server`] }),
  sign('an empty section', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -extensions bare`] }),
  sign('issuer and number in the key identifier', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -extensions issuer`] }),
  sign(
    'a wrong extension',
    'leaf.csr',
    {},
    { lines: [`${SIGN} leaf.csr -extensions wrong`], says: 'keyUsage = nonsense' },
  ),
  sign(
    'a section that is missing',
    'leaf.csr',
    {},
    { lines: [`${SIGN} leaf.csr -extensions nowhere`], says: '[nowhere]' },
  ),
  sign(
    '-extfile',
    'leaf.csr',
    {},
    { lines: [`${SIGN} leaf.csr -extfile own.ext`], files: { 'own.ext': 'keyUsage = keyAgreement\n' } },
  ),
  sign(
    '-extfile and its section',
    'leaf.csr',
    {},
    {
      lines: [`${SIGN} leaf.csr -extfile own.ext`],
      files: { 'own.ext': 'extensions = x\n[x]\nkeyUsage = keyAgreement\n' },
    },
  ),
  sign(
    '-extfile and -extensions',
    'leaf.csr',
    {},
    {
      lines: [`${SIGN} leaf.csr -verbose -extfile own.ext -extensions x`],
      files: { 'own.ext': '[x]\nkeyUsage = keyAgreement\n' },
    },
  ),
  sign('-subj', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -subj /C=DE/O=Test/CN=other`] }),
  sign(
    '-subj with joined names',
    'leaf.csr',
    {},
    { lines: [`${SIGN} leaf.csr -preserveDN -multivalue-rdn -subj /OU=a+CN=b`], says: '' },
  ),
  sign('-subj in Latin-1', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -subj /CN=ä`] }),
  sign('-subj in UTF-8', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -utf8 -subj /CN=ä`] }),
  sign(
    'utf8 = yes',
    'leaf.csr',
    { utf8: 'yes', string_mask: 'pkix' },
    { lines: [`${SIGN} leaf.csr -subj /CN=ä/OU=ab`] },
  ),
  sign('string_mask', 'leaf.csr', { string_mask: 'nombstr' }, { lines: [`${SIGN} leaf.csr -subj /CN=ä/OU=ab`] }),
  sign('a wrong string_mask', 'leaf.csr', { string_mask: 'x' }, { says: 'string_mask' }),
  sign('a wrong -subj', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -subj CN=x`], says: 'CN=x' }),
  sign(
    '-startdate and -enddate',
    'leaf.csr',
    {},
    { lines: [`${SIGN} leaf.csr -startdate 300101000000Z -enddate 20600101000000Z`] },
  ),
  sign(
    '-startdate in four digits',
    'leaf.csr',
    {},
    { lines: [`${SIGN} leaf.csr -startdate 20300101000000Z -enddate 491231235959Z`] },
  ),
  sign('-startdate without seconds', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -startdate 3001010000Z`] }),
  sign('-startdate with an offset', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -startdate 300101000000+0100`] }),
  sign('-enddate of no day', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -enddate 300230000000Z`] }),
  sign('-enddate in the past', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -enddate 210101000000Z`] }),
  sign('-dateopt', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -dateopt iso_8601`] }),
  sign('default_days', 'leaf.csr', { default_enddate: null }, { varies: true }),
  sign('-days', 'leaf.csr', { default_enddate: null }, { lines: [`${SIGN} leaf.csr -days 12`], varies: true }),
  sign('-days 0', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -days 0`], says: '-days' }),
  sign('no days', 'leaf.csr', { default_enddate: null, default_days: null }),
  sign('-md', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -md sha512`] }),
  sign('default_md = default', 'leaf.csr', { default_md: 'default' }),
  sign('an unknown digest', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -md sha257`], says: 'sha257' }),
  sign('no default_md', 'leaf.csr', { default_md: null }, { says: 'default_md' }),
  sign('Ed25519', 'leaf.csr', { certificate: 'ed.crt', private_key: 'ed.key', default_md: null }),
  sign(
    '-sigopt',
    'leaf.csr',
    {},
    { lines: [`${SIGN} leaf.csr -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:0`] },
  ),
  sign('a key of another certificate', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -keyfile leaf.key`] }),
  sign(
    '-cert and -keyfile',
    'leaf.csr',
    {},
    { lines: [`${SIGN} leaf.csr -cert ed.crt -keyfile ed.key -certform PEM -keyform PEM`] },
  ),
  sign('-key', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -keyfile locked.key -key secret`] }),
  sign('-passin', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -keyfile locked.key -passin pass:secret`] }),
  sign(
    'a wrong passphrase',
    'leaf.csr',
    {},
    { lines: [`${SIGN} leaf.csr -keyfile locked.key -passin pass:wrong`], says: 'locked.key' },
  ),
  sign('a request in DER', 'leaf.der', {}, { lines: [`${SIGN} leaf.der -inform DER`] }),
  sign(
    '-selfsign',
    'self.csr',
    {},
    { lines: [`${SIGN} self.csr -selfsign -extensions issuer`], says: 'subjectKeyIdentifier' },
  ),
  sign(
    '-selfsign without identifiers',
    'self.csr',
    { x509_extensions: null },
    { lines: [`${SIGN} self.csr -selfsign`] },
  ),
  sign('-selfsign of a stranger', 'leaf.csr', {}, { lines: [`${SIGN} leaf.csr -selfsign`] }),
  { name: '-ss_cert', lines: ['ca -batch -notext -out out.pem -ss_cert self.crt'] },
  { name: '-ss_cert that is not self-signed', lines: ['ca -batch -notext -out out.pem -ss_cert issued.crt'] },
  { name: '-ss_cert verbosely', lines: ['ca -batch -notext -out out.pem -verbose -ss_cert self.crt'] },
  { name: '-spkac', lines: ['ca -notext -out out.der -spkac spkac.txt'] },
  { name: '-spkac to standard output', lines: ['ca -batch -notext -spkac spkac.txt'] },
  { name: '-spkac, asked about', lines: ['ca -notext -spkac spkac.txt'], input: 'y\n' },
  { name: '-spkac that is broken', lines: ['ca -batch -notext -spkac spkac-broken.txt'] },
  { name: '-spkac without one', lines: ['ca -batch -notext -spkac spkac-none.txt'] },
  { name: '-spkac of an empty file', lines: ['ca -batch -notext -spkac no.txt'], files: { 'no.txt': '' } },
  {
    name: 'all kinds at once',
    lines: [
      'ca -batch -notext -out out.pem -verbose -spkac spkac.txt -ss_cert self.crt -in plain.csr -infiles fr.csr ec.csr',
    ],
  },
  { name: 'verbosely', lines: ['ca -batch -notext -out out.pem -verbose -in leaf.csr'], index: REVOKED },
  {
    name: 'another section',
    lines: ['ca -name other -batch -notext -in leaf.csr'],
    more: '[other]\ndatabase = demo/index.txt\n',
    says: '[other]',
  },
  {
    name: 'no section',
    lines: ['ca -config none.cnf -batch -in leaf.csr'],
    files: { 'none.cnf': '[x]\n' },
    says: 'default_ca',
  },
  { name: 'no configuration', lines: ['ca -config none.cnf -batch -in leaf.csr'], says: 'none.cnf' },
  { name: '-outdir', lines: ['ca -batch -notext -out out.pem -outdir . -in leaf.csr'] },
  {
    name: '-outdir that is missing',
    lines: ['ca -batch -notext -out out.pem -outdir nowhere -in leaf.csr'],
    says: 'nowhere',
  },
  {
    name: 'new_certs_dir that is missing',
    conf: { new_certs_dir: null },
    lines: [`${SIGN} leaf.csr`],
    says: 'new_certs_dir',
  },
  sign(
    'names from oid_section',
    'person.csr',
    { policy: 'odd' },
    {
      top: 'oid_section = oids',
      more: '[oids]\nmyType = 1.2.3.4.5\n[odd]\nmyType = optional\ncommonName = supplied\n',
      lines: [`ca -batch -out out.pem -subj /CN=x/myType=y -in person.csr`],
    },
  ),
  sign(
    'names from oid_file',
    'person.csr',
    {},
    {
      top: 'oid_file = own.oid',
      files: { 'own.oid': '1.2.3.4.5 myType My long type\n' },
      more: '[odd]\nmyType = optional\ncommonName = supplied\n',
      lines: [`ca -batch -out out.pem -policy odd -subj /CN=x/myType=y -in person.csr`],
    },
  ),
];

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

export const CASES: readonly CaCase[] = [...issuing, ...numbers, ...asking, ...revoking, ...crls, ...spkacs];
