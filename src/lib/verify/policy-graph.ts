/**
 * The valid policies of a path (RFC 5280 sections 6.1.3 d to 6.1.5 g) as the graph of RFC 9618, which has one node for a policy and depth where
 * the tree of RFC 5280 has one for every way to it: the outcome is the same, and the work is bounded by what the certificates hold.
 */
import { ANY_POLICY, type PolicyData, type PolicyFacts } from './policy-data.ts';

/** A policy that is valid at one depth. */
export interface PolicyNode {
  readonly data: PolicyData;
  readonly parents: readonly PolicyNode[];
}

/** What is valid at one depth. */
interface Level {
  readonly nodes: Map<string, PolicyNode>;
  /** The node of anyPolicy. */
  any: PolicyNode | undefined;
  /** Mappings of this certificate do not count. */
  readonly mapped: boolean;
}

/** A certificate of the path, as far as policies are concerned. */
export interface PolicyStep {
  readonly facts: PolicyFacts;
  /** Neither the certificate's own anyPolicy is inhibited nor is it absent. */
  readonly anyAllowed: boolean;
  readonly mappingAllowed: boolean;
}

const ANY: PolicyData = {
  policy: ANY_POLICY,
  critical: false,
  qualifiers: undefined,
  mappedTo: undefined,
  fromAny: false,
};

/**
 * Builds the graph for a path, from the certificate below the trust anchor down to the target. Gives its levels, the anchor's first, or
 * undefined when no policy is valid at the end.
 */
export function policyLevels(steps: readonly PolicyStep[]): readonly Level[] | undefined {
  const levels: Level[] = [{ nodes: new Map(), any: { data: ANY, parents: [] }, mapped: false }];
  for (const [i, step] of steps.entries()) {
    const level = nextLevel(levels[i] as Level, step, i === steps.length - 1);
    if (level.nodes.size === 0 && !level.any) return undefined;
    levels.push(level);
  }
  return levels;
}

function nextLevel(last: Level, { facts, anyAllowed, mappingAllowed }: PolicyStep, target: boolean): Level {
  const level: Level = { nodes: new Map(), any: undefined, mapped: mappingAllowed };
  const expecting = expectedPolicies(last);
  const { policies = [], anyPolicy } = facts;
  // 6.1.3 d 1
  for (const data of policies) {
    // mapped out of anyPolicy (6.1.4 b 1): only where that is valid; what the target maps concerns nobody
    if (data.fromAny && (!anyAllowed || target)) continue;
    const parents = expecting.get(data.policy) ?? (last.any ? [last.any] : []);
    if (parents.length > 0) level.nodes.set(data.policy, { data, parents });
  }
  // 6.1.3 d 2
  if (anyPolicy && anyAllowed) {
    const { critical, qualifiers } = anyPolicy;
    for (const [policy, parents] of expecting) {
      if (level.nodes.has(policy)) continue;
      const data = { policy, critical, qualifiers, mappedTo: undefined, fromAny: false };
      level.nodes.set(policy, { data, parents });
    }
    if (last.any) level.any = { data: anyPolicy, parents: [last.any] };
  }
  // 6.1.4 b 2: a policy that is mapped where that is not allowed is not valid below
  if (!mappingAllowed && !target) {
    for (const [policy, { data }] of level.nodes) if (data.mappedTo) level.nodes.delete(policy);
  }
  return level;
}

/** Which nodes of a level expect a policy in the certificate below. */
function expectedPolicies({ nodes, mapped }: Level): Map<string, PolicyNode[]> {
  const expecting = new Map<string, PolicyNode[]>();
  for (const node of nodes.values()) {
    const { policy, mappedTo } = node.data;
    for (const expected of new Set(mapped && mappedTo ? mappedTo : [policy])) {
      const known = expecting.get(expected);
      if (known) known.push(node);
      else expecting.set(expected, [node]);
    }
  }
  return expecting;
}

/** The nodes that have a descendant in the last level. */
function alive(levels: readonly Level[]): ReadonlySet<PolicyNode> {
  const last = levels.at(-1) as Level;
  const found = new Set<PolicyNode>([...last.nodes.values(), ...(last.any ? [last.any] : [])]);
  // a set is walked in the order of insertion, and grows on the way
  for (const node of found) for (const parent of node.parents) found.add(parent);
  return found;
}

/**
 * The policies under the authorities' names for them: children of anyPolicy at any depth (RFC 9618 section 5.6, step g). OpenSSL's order.
 */
export function* authorityNodes(levels: readonly Level[]): Generator<PolicyNode> {
  const living = alive(levels);
  for (const [i, level] of levels.entries()) {
    const above = levels[i - 1]?.any;
    if (i === 0) continue;
    if (!above || !living.has(above)) return;
    for (const node of level.nodes.values()) if (living.has(node) && node.parents.includes(above)) yield node;
  }
}
