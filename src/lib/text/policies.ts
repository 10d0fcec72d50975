/** What the policies of a chain came to, as `openssl verify -policy_print` shows it. */
import type { DerNode } from '../der/index.ts';
import { TlskitError } from '../errors.ts';
import { longName } from '../registry/oids.ts';
import { qualifiersText } from './extensions/policies.ts';

/** A policy as a verification gives it. */
interface Policy {
  readonly policy: string;
  readonly critical: boolean;
  readonly qualifiers: DerNode | undefined;
}

/** OpenSSL's text of the policies that a verification found (`VerifyResult.policies`). */
export function policiesText(outcome: {
  readonly explicit: boolean;
  readonly authority: readonly Policy[] | undefined;
  readonly user: readonly Policy[] | undefined;
}): string {
  const { explicit, authority, user } = outcome;
  return `Require explicit Policy: ${explicit ? 'True' : 'False'}\n${list('Authority', authority)}${list('User', user)}`;
}

function list(title: string, policies: readonly Policy[] | undefined): string {
  if (!policies) return `${title} Policies: <empty>\n`;
  return `${title} Policies:\n${policies.map(policyText).join('')}`;
}

function policyText({ policy, critical, qualifiers }: Policy): string {
  const head = `  Policy: ${longName(policy)}\n    ${critical ? 'Critical' : 'Non Critical'}\n`;
  return `${head}${qualifiers ? `${shownQualifiers(qualifiers)}\n` : '    No Qualifiers\n'}`;
}

/** Qualifiers that cannot be read stand for nothing. */
function shownQualifiers(qualifiers: DerNode): string {
  try {
    return qualifiersText(qualifiers.bytes, 4);
  } catch (error) {
    if (error instanceof TlskitError) return '';
    throw error;
  }
}
