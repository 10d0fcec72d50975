/** The list of commands as `tlskit --help` shows it: by what people want to do. A command that stands nowhere here comes last. */
export const TOPICS: readonly { readonly title: string; readonly commands: readonly string[] }[] = [
  { title: 'Start here', commands: ['demo'] },
  {
    title: 'Keys',
    commands: [
      'genkey',
      'genrsa',
      'genpkey',
      'ecparam',
      'pkey',
      'pkeyparam',
      'rsa',
      'ec',
      'pkcs8',
      'dsa',
      'dsaparam',
      'gendsa',
    ],
  },
  {
    title: 'Requests and certificates',
    commands: ['req', 'x509', 'verify', 'rehash', 'pkcs12', 'pkcs12 export', 'spkac'],
  },
  {
    title: 'A CA',
    commands: [
      'ca init',
      'ca issue',
      'ca sign',
      'ca renew',
      'ca revoke',
      'ca crl',
      'ca list',
      'ca show',
      'ca ocsp-serve',
      'ca import',
      'ca export',
      'ca',
      'crl',
      'ocsp',
    ],
  },
  {
    title: 'Test certificates',
    commands: [
      'fixtures',
      'fixtures init',
      'fixtures generate',
      'fixtures check',
      'fixtures watch',
      'fixtures list',
      'fixtures explain',
      'fixtures clean',
    ],
  },
  {
    title: 'For servers',
    commands: ['dhparam', 'ticketkey', 'ticketkey generate', 'ticketkey inspect', 'ticketkey rotate'],
  },
  { title: 'Look at files', commands: ['inspect', 'lint', 'asn1parse', 'pkcs7', 'crl2pkcs7', 'cms', 'storeutl'] },
  { title: 'TLS', commands: ['s_client', 's_server', 'test-client', 'ciphers', 'sess_id'] },
  { title: 'Small tools', commands: ['dgst', 'enc', 'base64', 'rand', 'passwd', 'prime', 'list', 'version'] },
];

/** OpenSSL 3's commands that tlskit does not have: they get a line of their own instead of a guess. */
export const OPENSSL_COMMANDS: readonly string[] =
  `asn1parse ca ciphers cmp cms crl crl2pkcs7 dgst dsa dsaparam enc engine errstr fipsinstall gendsa info kdf list mac nseq ocsp passwd pkcs7
  pkeyparam pkeyutl prime rand rehash rsautl s_client s_server s_time sess_id smime speed spkac srp storeutl ts verify version`.split(
    /\s+/,
  );
