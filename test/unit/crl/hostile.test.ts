import { describe, expect, it } from 'vitest';
import { buildCrl, Crl, crlFieldsOf } from '../../../src/lib/crl/index.ts';
import { explicit, implicit, seq, universal } from '../../../src/lib/der/index.ts';
import { TlskitError } from '../../../src/lib/errors.ts';
import { crlText } from '../../../src/lib/text/crl.ts';
import { crlViewOf } from '../../../src/lib/verify/index.ts';
import { signatureFor } from '../../../src/lib/x509/sign.ts';
import { authority, issue, makeKey } from '../../support/chains.ts';
import { found, ours } from '../../support/verify.ts';
import { seeded } from '../../support/seeded.ts';
import { CRL_CASES } from './cases.ts';

/** FUZZ=20 changes twenty times as many. */
const COUNT = 600 * Number(process.env['FUZZ'] ?? 1);

describe('hostile CRLs [K10]', () => {
  it('that are changed somewhere are refused, or lead to a verdict', () => {
    const random = seeded('hostile CRLs');
    const pick = (n: number): number => random(4).readUInt32BE() % n;
    let read = 0;
    for (let i = 0; i < COUNT; i += 1) {
      const one = CRL_CASES[pick(CRL_CASES.length)];
      const crl = one?.crls?.[0];
      if (!one || !crl) continue;
      const der = Buffer.from(crl.der);
      for (let changes = 1 + pick(3); changes > 0; changes -= 1) {
        const at = pick(der.length);
        der[at] = (der[at] as number) ^ (1 + pick(255));
      }
      let changed: Crl;
      try {
        changed = Crl.read(der);
      } catch (error) {
        expect(error).toBeInstanceOf(TlskitError);
        continue;
      }
      read += 1;
      crlText(changed);
      crlViewOf(changed).ask(Buffer.from([1]), '');
      // the signature does not fit any more, so that a CRL that is about the certificate is never good
      const { errors } = ours({ ...one, crls: [changed], crlCheck: true, trustedCrls: [] });
      expect(errors.length, der.toString('base64')).toBeGreaterThan(0);
    }
    expect(read).toBeGreaterThan(COUNT / 6);
  }, 600_000);

  it('with twenty thousand names of a point take no longer than they are long', () => {
    const names = (word: string): Buffer =>
      seq(...Array.from({ length: 20_000 }, (_, i) => implicit(6, universal(22, Buffer.from(`http://${word}/${i}`)))));
    const point = (word: string): Buffer => explicit(0, implicit(0, names(word)));
    const ca = authority('/CN=CA');
    const points = seq(...Array.from({ length: 5 }, () => seq(point('a'))));
    const leaf = issue('/CN=leaf', ca, { extra: [{ oid: '2.5.29.31', critical: false, value: points }] });
    const fields = crlFieldsOf(CRL_CASES.find(({ crls = [] }) => crls.length > 0)?.crls?.[0] as Crl);
    const extension = { oid: '2.5.29.28', critical: true, value: seq(point('b')) };
    const crl = buildCrl({ ...fields, issuer: ca.certificate.subject, extensions: [extension] }, signatureFor(ca.key));
    const start = process.cpuUsage().user;
    const one = { leaf: leaf.certificate, trusted: [ca.certificate], crls: [crl], crlCheck: true };
    expect(found(ours(one))).toEqual(['44@0', '3@0']);
    expect((process.cpuUsage().user - start) / 1e6).toBeLessThan(5);
  });

  it('of many keys are chosen among, and all but one are not asked', () => {
    const ca = authority('/CN=CA');
    const leaf = issue('/CN=leaf', ca);
    const fields = crlFieldsOf(CRL_CASES.find(({ crls = [] }) => crls.length > 0)?.crls?.[0] as Crl);
    const signer = signatureFor(makeKey());
    const crls = Array.from({ length: 500 }, () => buildCrl({ ...fields, issuer: ca.certificate.subject }, signer));
    const one = { leaf: leaf.certificate, trusted: [ca.certificate], crls, crlCheck: true };
    expect(found(ours(one))).toEqual(['8@0']);
  });
});
