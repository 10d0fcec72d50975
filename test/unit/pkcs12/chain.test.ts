import { describe, expect, it } from 'vitest';
import { buildChain } from '../../../src/lib/pkcs12/chain.ts';
import { nameText } from '../../../src/lib/text/name.ts';
import { readCertificates, type Certificate } from '../../../src/lib/x509/certificate.ts';
import { TrustStore } from '../../../src/lib/verify/index.ts';
import { data } from './data.ts';

const ALL = readCertificates(data('chains.pem'), 'chains.pem');
const ORDER =
  'root sub1 sub2 leaf expired under-expired no-ca under-no-ca short too-deep under-too-deep critical other nokid forged';
const named = (name: string): Certificate => ALL[ORDER.split(' ').indexOf(name)] as Certificate;
const these = (names: string): Certificate[] => names.split(' ').filter(Boolean).map(named);

const chain = (leaf: string, trusted: string, untrusted = ''): string =>
  buildChain(named(leaf), { trusted: new TrustStore(these(trusted)), untrusted: these(untrusted) })
    .map((one) => nameText(one.subject).replace('CN = ', ''))
    .join(' ');

describe('chains', () => {
  it.each([
    ['leaf', 'root', 'sub1 sub2', 'leaf sub2 sub1 root'],
    ['leaf', 'root', 'sub2 other sub1 leaf', 'leaf sub2 sub1 root'],
    ['leaf', 'root sub1 sub2', '', 'leaf sub2 sub1 root'],
    ['root', 'root', '', 'root'],
    ['sub1', 'root', '', 'sub1 root'],
  ])('%s from %s over %s', (leaf, trusted, untrusted, expected) => {
    expect(chain(leaf, trusted, untrusted)).toBe(expected);
  });

  it.each([
    ['leaf', 'root', '', 'unable to get local issuer certificate'],
    ['leaf', 'sub2', 'sub1', 'unable to get issuer certificate'],
    ['leaf', '', 'sub2 sub1 root', 'self-signed certificate in certificate chain'],
    ['root', 'sub1', '', 'self-signed certificate'],
    ['leaf', 'root', 'other', 'unable to get local issuer certificate'],
    ['under-expired', 'root', 'expired', 'certificate has expired'],
    ['under-no-ca', 'root', 'no-ca', 'invalid CA certificate'],
    ['under-too-deep', 'root', 'short too-deep', 'path length constraint exceeded'],
    ['critical', 'root', '', 'unhandled critical extension'],
    ['forged', 'root', 'nokid', 'certificate signature failure'],
  ])('%s from "%s" over "%s" is refused', (leaf, trusted, untrusted, reason) => {
    expect(() => chain(leaf, trusted, untrusted)).toThrow(`Error getting chain: ${reason}`);
  });

  it('dates count at the time asked for', () => {
    const at = (now: number) => () => buildChain(named('sub1'), { trusted: new TrustStore(these('root')), now });
    expect(at(Date.UTC(2020, 0, 1))).toThrow('certificate is not yet valid');
    expect(at(Date.UTC(2090, 0, 1))).not.toThrow();
    expect(at(Date.UTC(2150, 0, 1))).toThrow('certificate has expired');
  });
});
