/** What a case of golden.test.ts is, and the CA that it works on. */

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

/** A database with all kinds of entries. */
export const REVOKED: string = [
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
/** One without reasons. */
export const PLAIN_REVOKED: string = REVOKED.split('\n').slice(0, 2).join('\n').concat('\n');
export const CRL = 'ca -gencrl -crl_lastupdate 20200601000000Z -crl_nextupdate 20201201000000Z';
export const SIGN = 'ca -batch -notext -out out.pem -in';

/** A case of one certificate. */
export const sign = (name: string, request: string, conf?: CaCase['conf'], more: Partial<CaCase> = {}): CaCase => ({
  name,
  ...(conf ? { conf } : {}),
  lines: [`${SIGN} ${request}`],
  ...more,
});
