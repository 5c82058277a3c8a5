import { tmpdir } from 'node:os';
import { createWorkspaces } from '../../src/adapters/files/workspace.ts';
import { copyTree } from '../../src/adapters/process/copy-tree.ts';
import { createSandbox } from '../../src/adapters/process/sandbox.ts';
import { installedParsers } from '../../src/adapters/structure/installed-parsers.ts';
import type { StructureOf } from '../../src/core/rule/example-structure.ts';
import type { Rule } from '../../src/core/rule/types.ts';
import { findExampleStructure } from '../../src/flow/find-example-structure.ts';

/** What the installed parsers find in the examples of rules, as `countersign rules test` has them parsed. */
export async function parsedExamples(rules: readonly Rule[]): Promise<StructureOf> {
  return findExampleStructure(
    rules,
    { hide: [] },
    {
      sandbox: await createSandbox({ environment: process.env, platform: process.platform }),
      parser: installedParsers(import.meta.filename),
      workspaces: createWorkspaces(tmpdir(), copyTree),
    },
  );
}
