/** The document that `inspect --json` prints (docs/inspect.md). */
import { describeKey, describeParameters } from '../../lib/keys/describe.ts';
import { TlskitError } from '../../lib/errors.ts';
import type { Found, Inspection } from '../../lib/inspect/index.ts';
import { shortName } from '../../lib/registry/oids.ts';
import { spkacKey } from '../../lib/spkac/index.ts';
import { certificateJson, requestJson, timeJson } from '../json/certificate.ts';
import { crlJson } from '../json/crl.ts';
import { serialHex } from '../../lib/x509/serial.ts';
import { sessionNames } from './session.ts';
import type { Subject } from './subject.ts';
import { role } from './words.ts';

const DAY = 86_400_000;

/** The document of one input. */
export function subjectJson({ name, inspection, now, trust, server }: Subject): unknown {
  const { certificates, chains, findings } = inspection;
  const objectOf = (index: number): number => (certificates[index] as { object: number }).object;
  return {
    input: name,
    server: server ?? null,
    objects: inspection.objects.map((found, i) => ({
      ...placeJson(found),
      ...objectJson(found, i, { inspection, now, objectOf }),
    })),
    roots: chains.roots.map(({ index }) => objectOf(index)),
    findings: findings.map(({ id, severity, object, text }) => ({ id, severity, object: object ?? null, text })),
    trust: trust ? { ok: trust.ok, code: trust.error?.code ?? 0, text: trust.error?.text ?? 'ok' } : null,
  };
}

function placeJson({ kind, place }: Found): object {
  const { file, line, inside, alias } = place;
  return { kind, file: file ?? null, line: line ?? null, inside: inside ?? null, alias: alias ?? null };
}

interface Around {
  readonly inspection: Inspection;
  readonly now: number;
  readonly objectOf: (index: number) => number;
}

function objectJson(found: Found, object: number, { inspection, now, objectOf }: Around): object {
  switch (found.kind) {
    case 'certificate': {
      const index = inspection.certificates.findIndex((one) => one.object === object);
      const issuer = inspection.chains.issuerOf[index];
      const end = found.view.certificate.notAfter.ms;
      return {
        role: role(found.view),
        daysLeft: end === undefined ? null : Math.floor((end - now) / DAY),
        issuer: issuer === undefined ? null : objectOf(issuer),
        certificate: certificateJson(found.view.certificate),
      };
    }
    case 'request':
      return { request: requestJson(found.request) };
    case 'crl':
      return { crl: crlJson(found.crl) };
    case 'privateKey':
      return {
        form: found.form,
        encrypted: found.encrypted,
        key: describeKey(found.key),
        fits: inspection.keyFits.get(object) ?? [],
      };
    case 'publicKey':
      return { form: found.form, key: describeKey(found.key) };
    case 'parameters':
      return { parameters: describeParameters(found.parameters) };
    case 'cms':
      return {
        form: found.form,
        contentType: { oid: found.info.contentType, name: shortName(found.info.contentType) },
      };
    case 'pkcs12':
      return { protection: found.protection };
    case 'keystore':
      return { form: found.form, version: found.version, entries: found.entries };
    case 'ocspRequest':
      return { serials: found.request.requests.map(({ id }) => serialHex(id.serial).toLowerCase()) };
    case 'ocspResponse':
      return responseJson(found);
    case 'session':
      return { ...sessionNames(found.session), serverName: found.session.session.serverName };
    case 'spkac':
      return { key: describeKey(spkacKey(found.spkac)) };
    default:
      return { what: found.what, why: found.why };
  }
}

function responseJson({ response }: Extract<Found, { kind: 'ocspResponse' }>): object {
  const status = response.statusText;
  try {
    const { producedAt, responses } = response.basic;
    const answers = responses.map((one) => ({
      serial: serialHex(one.id.serial).toLowerCase(),
      status: one.status,
      thisUpdate: timeJson(one.thisUpdate),
      nextUpdate: one.nextUpdate ? timeJson(one.nextUpdate) : null,
    }));
    return { status, producedAt: timeJson(producedAt), answers };
  } catch (error) {
    if (error instanceof TlskitError) return { status, producedAt: null, answers: [] };
    throw error;
  }
}
