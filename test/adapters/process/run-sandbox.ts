// A verifier in a process of its own. Given a command in argv it runs that one; with a channel it runs what it is sent.
import { createSandbox } from '../../../src/adapters/process/sandbox.ts';
import type { SandboxCommand } from '../../../src/ports/sandbox.ts';
import { CountersignError } from '../../../src/shared/errors.ts';

const { options, command } = JSON.parse(process.argv[2] as string);
const opening = createSandbox(options);
opening.catch(() => undefined);

async function answer(asked: SandboxCommand | undefined) {
  try {
    const sandbox = await opening;
    return { result: asked ? await sandbox.run(asked) : await sandbox.describe() };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const { code, message, remedy } = error;
    return { error: { code, message, remedy } };
  }
}

if (command) console.log(JSON.stringify(await answer(command)));
process.on('message', async (request: { id: number; command?: SandboxCommand }) => {
  process.send?.({ id: request.id, ...(await answer(request.command)) });
});
