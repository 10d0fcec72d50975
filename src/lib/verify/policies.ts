/** Certificate policies (RFC 5280 sections 6.1.3 d to 6.1.5), with the answers of OpenSSL's X509_policy_check. */
import type { DerNode } from '../der/index.ts';
import type { CertificateView } from './certificate.ts';
import type { Verification, VerifyOptions } from './options.ts';
import { ANY_POLICY, Stack, type PolicyData } from './policy-data.ts';
import { authorityNodes, policyLevels, type PolicyNode, type PolicyStep } from './policy-graph.ts';

/** A policy that a path is valid for. */
export interface ValidPolicy {
  /** Dotted; `2.5.29.32.0` is anyPolicy. */
  readonly policy: string;
  /** Whether the extension that it comes from is critical. */
  readonly critical: boolean;
  /** Its qualifiers: a SEQUENCE OF PolicyQualifierInfo. */
  readonly qualifiers: DerNode | undefined;
}

/** What the policies of a path came to (RFC 5280 section 6.1.6). */
export interface PolicyOutcome {
  /** A policy was needed: the caller or a certificate asked for it. */
  readonly explicit: boolean;
  /** The authorities' policies; undefined: none. */
  readonly authority: readonly ValidPolicy[] | undefined;
  /** Those among them that the caller takes; undefined: none. */
  readonly user: readonly ValidPolicy[] | undefined;
}

/** Whether the options ask for policies to be looked at. */
export const checksPolicies = (options: VerifyOptions): boolean =>
  Boolean(
    options.strict ||
    options.policyCheck ||
    options.policies?.length ||
    options.explicitPolicy ||
    options.inhibitAnyPolicy ||
    options.inhibitPolicyMapping,
  );

/** Checks the policies of a chain, and notes what they come to. */
export function checkPolicies(state: Verification): void {
  const { chain, report, options } = state;
  if (state.parent || !checksPolicies(options)) return;
  const path = chain.slice(0, -1).reverse();
  const explicit = path.length > 0 ? explicitPolicy(path, options) : { needed: false, invalid: false };
  if (explicit.invalid) {
    for (const [depth, view] of chain.entries()) {
      // the trust anchor's are not looked at
      if (depth < path.length && view.policies.invalid) report.error('INVALID_POLICY_EXTENSION', depth, view);
    }
    return;
  }
  const { needed } = explicit;
  const found = path.length > 0 ? validPolicies(path, options) : undefined;
  const satisfied = !needed || (found?.user?.length ?? 0) > 0;
  report.policies = { explicit: needed, authority: undefined, user: undefined, ...(satisfied ? found : {}) };
  if (!satisfied) return report.errorOfChain('NO_EXPLICIT_POLICY');
  if (options.notifyPolicies) report.policiesKnown();
}

/** Whether the path needs a policy (6.1.4 h 1 and i 1, 6.1.5 a and b), and whether what it says of policies is valid, as far as that is looked at. */
function explicitPolicy(
  path: readonly CertificateView[],
  options: VerifyOptions,
): { needed: boolean; invalid: boolean } {
  let left = options.explicitPolicy ? 0 : path.length + 1;
  let empty = false;
  for (const [i, { policies, traits }] of path.entries()) {
    // nothing is valid, and something is needed: that decides it
    if (left === 0 && empty) break;
    if (policies.invalid) return { needed: left === 0, invalid: true };
    empty ||= policies.policies === undefined;
    if (left === 0) continue;
    // 6.1.5 a makes no exception for a self-issued target; OpenSSL does
    if (!traits.selfIssued || (options.strict && i === path.length - 1)) left -= 1;
    left = Math.min(left, policies.requireExplicit ?? left);
  }
  return { needed: left === 0, invalid: false };
}

function validPolicies(
  path: readonly CertificateView[],
  options: VerifyOptions,
): Pick<PolicyOutcome, 'authority' | 'user'> | undefined {
  if (path.some(({ policies }) => policies.policies === undefined)) return undefined;
  const levels = policyLevels(policySteps(path, options));
  if (!levels) return undefined;
  const children = new Stack<PolicyNode>(({ data }) => data.policy);
  for (const node of authorityNodes(levels)) if (!children.find(node.data.policy)) children.push(node);
  const any = levels.at(-1)?.any;
  const user = userPolicies(options, children, any);
  const authority = any ? [any.data] : dataOf(children);
  return { authority: listed(authority), user: user === 'any' ? listed(authority) : listed(user) };
}

const dataOf = ({ items }: Stack<PolicyNode>): PolicyData[] => items.map(({ data }) => data);
const listed = (policies: readonly PolicyData[]): readonly ValidPolicy[] | undefined =>
  policies.length > 0 ? policies : undefined;

/** Which of the policies the caller takes. */
function userPolicies(
  { policies = [], strict }: VerifyOptions,
  children: Stack<PolicyNode>,
  any: PolicyNode | undefined,
): readonly PolicyData[] | 'any' {
  if (policies.includes(ANY_POLICY)) return 'any';
  // RFC 5280 section 6.1.1 c: who names none takes any; OpenSSL then finds none to take
  if (policies.length === 0) return strict ? 'any' : [];
  return policies.flatMap((policy) => {
    const known = children.find(policy)?.data;
    if (known) return [known];
    return any ? [{ ...any.data, policy }] : [];
  });
}

/** When anyPolicy and mappings stop counting (6.1.4 h 2 and 3, i 2, j; 6.1.3 d 2). */
function policySteps(path: readonly CertificateView[], options: VerifyOptions): PolicyStep[] {
  let anyLeft = options.inhibitAnyPolicy ? 0 : path.length + 1;
  let mappingLeft = options.inhibitPolicyMapping ? 0 : path.length + 1;
  const next = (left: number, selfIssued: boolean, limit: number | undefined): number => {
    const then = left === 0 || selfIssued ? left : left - 1;
    return Math.min(then, limit ?? then);
  };
  return path.map(({ policies: facts, traits: { selfIssued } }, i) => {
    const step = {
      facts,
      anyAllowed: facts.anyPolicy !== undefined && (anyLeft > 0 || (selfIssued && i < path.length - 1)),
      mappingAllowed: mappingLeft > 0,
    };
    anyLeft = next(anyLeft, selfIssued, facts.inhibitAny);
    mappingLeft = next(mappingLeft, selfIssued, facts.inhibitMapping);
    return step;
  });
}
