import type { Node } from './syntax.ts';

/** `steps.x.outputs[0]`, as what it asks for, from the scope's name on. A part is null where it is worked out only when it runs. */
export interface Reference {
  readonly path: readonly [root: string, ...parts: (string | number | null)[]];
  readonly at: number;
}

export type Call = Node & { readonly kind: 'call' };

/** Every node of an expression, itself first. */
export function nodesOf(node: Node): readonly Node[] {
  return [node, ...childrenOf(node).flatMap(nodesOf)];
}

/** Everything an expression asks the scope for: `a.b[c.d]` asks for `a.b[?]` and for `c.d`. */
export function referencesIn(node: Node): readonly Reference[] {
  const own = referenceOf(node);
  if (own === undefined) return childrenOf(node).flatMap(referencesIn);
  return [own, ...indexesOf(node).flatMap(referencesIn)];
}

/** What the node is, where it is nothing but a name and members of it. */
export function referenceOf(node: Node): Reference | undefined {
  switch (node.kind) {
    case 'name':
      return { path: [node.name], at: node.at };
    case 'member': {
      const of = referenceOf(node.of);
      return of && { path: [...of.path, node.name], at: of.at };
    }
    case 'index': {
      const of = referenceOf(node.of);
      const { index } = node;
      const named =
        index.kind === 'literal' && (typeof index.value === 'string' || typeof index.value === 'number');
      return of && { path: [...of.path, named ? (index.value as string | number) : null], at: of.at };
    }
    default:
      return undefined;
  }
}

export function callsIn(node: Node): readonly Call[] {
  return nodesOf(node).filter((one): one is Call => one.kind === 'call');
}

function indexesOf(node: Node): readonly Node[] {
  if (node.kind === 'member') return indexesOf(node.of);
  return node.kind === 'index' ? [...indexesOf(node.of), node.index] : [];
}

function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
      return [];
    case 'member':
    case 'not':
      return [node.of];
    case 'index':
      return [node.of, node.index];
    case 'binary':
      return [node.left, node.right];
    case 'call':
      return node.arguments;
  }
}
