import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWith, openssl } from '../support/peers.ts';
import { tlskit } from '../support/tlskit.ts';

const cwd = join(import.meta.dirname, '../data/cms');

describeWith(['openssl'], 'K9 storeutl', () => {
  it.each(['ca.pem', '-noout rsa.key', '-text ec.pem', '-noout -text ca.crl', '-noout .'])('%s', (line) => {
    const args = ['storeutl', ...line.split(' ')];
    const [ours, theirs] = [tlskit(args, { cwd }), openssl(args, { cwd })];
    const lines = (text: string): string[] => text.replace(/^\d+: Name: /gm, '').split('\n');
    // a folder's files come in no order there
    if (line.endsWith(' .')) {
      const files = (text: string): string[] =>
        lines(text)
          .map((name) => name.replace(/^\.\//, ''))
          .sort();
      expect(files(ours.stdout)).toEqual(files(theirs.stdout));
    } else {
      expect(ours.stdout).toBe(theirs.stdout);
    }
    expect(ours.status).toBe(0);
  });
});
