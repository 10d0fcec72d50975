/** Workers of a cluster that serve one port (contract row A7): what Node's own server does in them, ours does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faceModule, played, writePki } from '../support/face-program.ts';
import { Workshop } from '../support/processes.ts';
import { issueFor, testCa } from '../support/tls-certificates.ts';

const workshop = new Workshop();
beforeAll(async () => {
  await writePki(workshop);
  const other = workshop.identity(
    'other',
    await issueFor({
      kind: 'p256',
      name: 'another',
      extensions: [['subjectAltName', 'DNS:localhost']],
      issuer: await testCa(),
    }),
  );
  expect(other.cert).toBe(workshop.path('other.pem'));
});
afterAll(() => workshop.close());

describe('A7: a cluster', () => {
  it('shares ticket keys, replaces workers and certificates, and takes connections that are handed over', async () => {
    const resumed = {
      other: true,
      first: { worker: '', paused: 'true', reused: 'false', name: 'test p256', session: '' },
      reused: 'true',
    };
    expect(await played(workshop, 'cluster', await faceModule())).toEqual({
      samePort: true,
      sameKeys: true,
      'TLSv1.2': resumed,
      'TLSv1.3': resumed,
      restarted: { sameKeys: true, workers: 2, reused: ['true', 'true'] },
      handed: { name: 'test p256', reused: 'false' },
      replaced: ['another', 'test p256'],
      closed: 'ECONNREFUSED',
    });
  });
});
